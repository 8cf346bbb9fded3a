"""Rules: every number that a text of ours names is called once a month by a person, who says that it works."""

from collections.abc import Mapping
from datetime import datetime, timedelta

GOOD_FOR = timedelta(days=30)
OWN_LINES: Mapping[str, str] = {
    "phone": "Office line",
    "oncall": "Line that is answered now",
    "hotline": "Reporting line of the state",
}


def last_checked(
    checked_at: datetime | None, changed_at: datetime | None, all_marked: datetime | None
) -> datetime | None:
    """When somebody last called it. `all_marked`: earlier versions marked all numbers of an agency at once."""
    return checked_at if checked_at is not None or changed_at is not None else all_marked


def is_due(checked: datetime | None, changed_at: datetime | None, since: datetime, now: datetime) -> bool:
    """Not called for a month, or not since it was changed; one that was never called counts from the agency's start."""
    if checked is None and changed_at is not None:
        return True
    return now - (checked or since) > GOOD_FOR
