"""Rules, under the gate: the dates of a family or an agency that hold challenging prompts and what else must wait.

Source: domain.md section 2 rule 5; prompts.md section 14.2 for the days around a visit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from foster_bond.rules.local_time import local_day, local_instant

BEFORE, AFTER = timedelta(hours=24), timedelta(hours=72)
_MIDNIGHT = time()


class DateKind(StrEnum):
    """What a date is: a kind of rule 5, or one that the agency set for all its families."""

    FAMILY_VISIT = "family_visit"
    HEARING = "hearing"
    PLACEMENT_MOVE = "placement_move"
    CANCELLED_VISIT = "cancelled_visit"
    SCHOOL_EXCLUSION = "school_exclusion"
    BEREAVEMENT = "bereavement"
    BIRTHDAY = "birthday"
    AGENCY_DATE = "agency_date"


class VisitManner(StrEnum):
    """How a family visit was held; whoever asks after it has to know."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    CUT_SHORT = "cut_short"


VISIT_KINDS = frozenset({DateKind.FAMILY_VISIT, DateKind.CANCELLED_VISIT})
SPOKEN = {
    DateKind.FAMILY_VISIT: "a family visit",
    DateKind.HEARING: "a hearing",
    DateKind.PLACEMENT_MOVE: "a placement move",
    DateKind.CANCELLED_VISIT: "a cancelled visit",
    DateKind.SCHOOL_EXCLUSION: "a school exclusion",
    DateKind.BEREAVEMENT: "a bereavement",
    DateKind.BIRTHDAY: "the child's birthday",
    DateKind.AGENCY_DATE: "a date that the agency marked for everybody",
}
"""How staff pages say a kind. The date itself and these words never stand in a text to a family."""


@dataclass(frozen=True, slots=True)
class MarkedDate:
    """One date on a calendar: whole days on the family's wall, or some hours of one. A birthday comes every year."""

    kind: DateKind
    day: date
    last_day: date
    at: time | None = None
    until: time | None = None
    manner: VisitManner | None = None  # of a visit; None where it is not over or went as it should


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one date covers without margins, from `starts` up to `ends`. Units: aware UTC instants."""

    kind: DateKind
    starts: datetime
    ends: datetime
    manner: VisitManner | None = None

    @property
    def name(self) -> str:
        """What it is, as staff say it."""
        return SPOKEN[self.kind]

    @property
    def through_the_door(self) -> bool:
        """True for a visit in person that was not cut short: the only kind that the questions about its door fit."""
        return self.kind is DateKind.FAMILY_VISIT and self.manner in (None, VisitManner.IN_PERSON)

    @property
    def is_visit(self) -> bool:
        return self.kind in VISIT_KINDS

    @property
    def holds_from(self) -> datetime:
        return self.starts - BEFORE

    @property
    def holds_until(self) -> datetime:
        return self.ends + AFTER

    def holds_at(self, at: datetime) -> bool:
        """True from 24 hours before to 72 hours after."""
        return self.holds_from <= at < self.holds_until


def stretches(dates: Iterable[MarkedDate], zone: str, around: datetime) -> tuple[Stretch, ...]:
    """What these dates cover on walls in `zone`, a birthday in the years around that instant, in order of time."""
    year = local_day(around, zone).year
    found = [_stretch(one, zone) for date_ in dates for one in _each_year(date_, year)]
    return tuple(sorted(found, key=lambda one: (one.starts, one.ends, one.kind)))


def in_force(found: Sequence[Stretch], at: datetime) -> Stretch | None:
    """The date that holds at that instant; of several, the one that holds longest."""
    return max((one for one in found if one.holds_at(at)), key=lambda one: one.holds_until, default=None)


def holds_until(found: Sequence[Stretch], at: datetime) -> datetime | None:
    """When the dates that hold at that instant let go, those that follow without a gap counted in; None: none holds."""
    until = None
    while (one := in_force(found, until or at)) is not None:
        until = one.holds_until
    return until


def _each_year(one: MarkedDate, year: int) -> list[MarkedDate]:
    if one.kind is not DateKind.BIRTHDAY:
        return [one]
    return [MarkedDate(one.kind, day, day) for day in (_in_year(one.day, n) for n in (year - 1, year, year + 1))]


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)


def _stretch(one: MarkedDate, zone: str) -> Stretch:
    if one.at is None:
        starts = local_instant(one.day, _MIDNIGHT, zone)
        ends = local_instant(one.last_day + timedelta(days=1), _MIDNIGHT, zone)
        return Stretch(one.kind, starts, ends, one.manner)
    starts = local_instant(one.day, one.at, zone)
    ends = starts if one.until is None else local_instant(one.last_day, one.until, zone)
    return Stretch(one.kind, starts, max(starts, ends), one.manner)
