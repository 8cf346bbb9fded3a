"""Rules: one working day on, by the agency's own week: Monday to Friday without the days on which it is closed."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from foster_bond.rules.local_time import local_day, local_instant, zone_of

_SATURDAY = 5


def is_working_day(day: date, closed: Collection[date]) -> bool:
    """True from Monday to Friday, unless the agency is closed."""
    return day.weekday() < _SATURDAY and day not in closed


def a_working_day_later(at: datetime, zone: str, closed: Collection[date]) -> datetime:
    """The instant (UTC) at which one whole working day has passed since `at`.

    Said on a working day: the same hour of the next one. Said on a day off: when the next working day is over.
    """
    today = local_day(at, zone)
    following = _next_working_day(today, closed)
    if is_working_day(today, closed):
        return local_instant(following, at.astimezone(zone_of(zone)).time(), zone)
    return local_instant(following + timedelta(days=1), time(0), zone)


def _next_working_day(day: date, closed: Collection[date]) -> date:
    day += timedelta(days=1)
    while not is_working_day(day, closed):
        day += timedelta(days=1)
    return day
