"""LATER → when: two hours on where polite hours allow, else the next evening at the family's hour."""

from datetime import datetime, time, timedelta

from foster_bond.rules import polite_hours
from foster_bond.rules.local_time import local_day, local_instant
from foster_bond.rules.polite_hours import PoliteHours

SOON = timedelta(hours=2)


def again_at(now: datetime, hours: PoliteHours, zone: str, hour: time, closes_at: datetime) -> datetime | None:
    """When a question is asked once more; None where it closes before that.

    `hour` is the family's own on the wall in `zone`. Source: prompts.md section 9b, K1.
    """
    at = now + SOON
    if not polite_hours.is_open(hours, at, zone):
        at = _next_evening(at, hours, zone, hour)
    return at if at < closes_at else None


def _next_evening(after: datetime, hours: PoliteHours, zone: str, hour: time) -> datetime:
    """Their hour on the first day on which it is still to come and polite hours allow it, else the next opening."""
    day = local_day(after, zone)
    at = local_instant(day, hour, zone)
    if at <= after:
        at = local_instant(day + timedelta(days=1), hour, zone)
    return polite_hours.next_open(hours, at, zone)
