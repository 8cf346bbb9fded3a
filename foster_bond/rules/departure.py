"""Rules, beside the river: why somebody is texted no more, when a teen comes of age, and when the last notes leave."""

from datetime import date, timedelta
from enum import StrEnum


class Why(StrEnum):
    """Why every text about a placement, or to one person, has stopped."""

    ENDED = "ended"  # the placement has ended
    MOVED = "moved"  # the child has moved to another home
    LEFT = "left"  # one person takes part no more
    OF_AGE = "of_age"  # a teen turned 18: the consent of whoever held custody carries no further


WHOLE_PLACEMENT = frozenset({Why.ENDED, Why.MOVED})
AFTERCARE_FROM = timedelta(days=7)  # prompts.md, N4: 7 to 14 days after N3
AFTERCARE_UNTIL = timedelta(days=14)
CLOSING_WITHIN = timedelta(days=7)  # N3 waits this long for polite hours and caps; then it is not sent any more
WARNED_BEFORE = timedelta(days=31)  # staff hear of a birthday a month ahead


def of_age_on(month: date) -> date:
    """The first day on which a teen counts as of age: of the birthday only its month is stored, so its first day."""
    return month.replace(day=1)


def is_of_age(month: date | None, today: date) -> bool:
    """Whether the month of the 18th birthday has begun."""
    return month is not None and of_age_on(month) <= today
