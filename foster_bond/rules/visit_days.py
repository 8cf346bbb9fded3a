"""Rules, beside the river: when a family is to be visited next, and where the reading after a visit begins.

A visit with each child at least once in a calendar month is the common US rule: domain.md section 8.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from foster_bond.errors import InvalidInput
from foster_bond.rules.local_time import local_day, local_instant

SOON = timedelta(days=7)  # a visit is "due" from a week before its day
ABOUT = timedelta(days=3)  # a visit made that much before its planned day is that visit
FURTHEST = timedelta(days=366)
OLDEST = timedelta(days=366)


class DueKind(StrEnum):
    """Why a visit is due."""

    PLANNED = "planned"  # a day was set and it is near, or today
    PASSED = "passed"  # the day that was set is over, and nobody has said that the visit was made
    MONTHLY = "monthly"  # none is planned, and a month ends soon
    OVERDUE = "overdue"  # none is planned, and the month is over
    FIRST = "first"  # no visit is on record, none is planned, and the family has been here for a month


@dataclass(frozen=True, slots=True)
class VisitDue:
    """A visit that should be thought of now. `day`: the planned day, or the one on which the month ends."""

    kind: DueKind
    day: date

    def waits(self, today: date) -> bool:
        """True where it is for today, or late."""
        return self.day <= today


def visit_due(*, last: date | None, planned: date | None, came: date, today: date) -> VisitDue | None:
    """What is due; None where nothing is within a week.

    `last`: the latest visit made; `planned`: the earliest one planned; `came`: the day the family came in.
    """
    if planned is not None:
        if planned < today:
            return VisitDue(DueKind.PASSED, planned)
        return VisitDue(DueKind.PLANNED, planned) if planned <= today + SOON else None
    by = a_month_after(came if last is None else last)
    if by > today + SOON:
        return None
    if last is None:
        return VisitDue(DueKind.FIRST, by) if by <= today else None
    return VisitDue(DueKind.OVERDUE if by < today else DueKind.MONTHLY, by)


def a_month_after(day: date) -> date:
    """The same day of the next month, or that month's last one."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def fulfils(planned: date, made: date) -> bool:
    """True where a visit made on that day is the planned one: it was set for that day, before, or just after."""
    return planned <= made + ABOUT


def begins_at(day: date, zone: str, now: datetime) -> datetime:
    """Where the reading after a visit begins: now, where it was today; else the first minute of its day.

    Nobody says at what hour they visited, and words of that day are better read twice than never.
    """
    return now if day >= local_day(now, zone) else local_instant(day, time(0), zone)


def read_visit_day(typed: str, *, today: date) -> date:
    """The day of a visit that was made, as typed. Raises: InvalidInput."""
    day = _day(typed)
    if day > today:
        raise InvalidInput("That day is still to come: plan the visit instead.")
    if day < today - OLDEST:
        raise InvalidInput("That day lies more than a year back.")
    return day


def read_coming_day(typed: str, *, today: date) -> date:
    """The day of something planned, as typed. Raises: InvalidInput."""
    day = _day(typed)
    if day < today:
        raise InvalidInput("That day is over.")
    if day > today + FURTHEST:
        raise InvalidInput("That day lies more than a year ahead.")
    return day


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise InvalidInput("Write a day like 2026-11-26.") from None
