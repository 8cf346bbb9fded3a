"""Rules, visits → occurrence: which texts a programme timed by family visits asks for, and when each is due.

Source: prompts.md section 14.2
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum

from foster_bond.library import CARERS
from foster_bond.rules.blackout import VISIT_KINDS, DateKind, MarkedDate, VisitManner
from foster_bond.rules.ladder_programme import visit_weeks
from foster_bond.rules.local_time import local_day, local_instant, place, zone_of
from foster_bond.rules.recurrence import Rhythm, Slot, clock_on

REST = timedelta(hours=2)  # nobody is asked sooner after the end of a visit
LATEST = time(20)  # where that ends later in the evening, the question waits for the next one
_DAY = timedelta(days=1)
GENTLE = {"foster_parent": "S1", "kin_carer": "S1", "birth_parent": "S5", "teen": "TN1"}
"""Asked once after a visit that was cancelled, cut short or held by video, in place of what the table says."""

Row = list[str | None]


class Part(IntEnum):
    """Where around a visit a text stands. The number is the slot's own; a rhythm's slots have 0."""

    BEFORE = 1  # the evening before
    AFTER = 2  # that evening
    LATER = 3  # a day after that


PART_WORDS = {"before": Part.BEFORE, "after": Part.AFTER, "later": Part.LATER}  # as a programme's table says them
AROUND_A_VISIT = frozenset(PART_WORDS)


class How(StrEnum):
    """How a visit goes, as far as the questions around it depend on it."""

    USUAL = "usual"
    OTHER = "other"  # cut short or held by video
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Visit:
    """One family visit on a calendar. `ends`: the hour on its last day, None where nobody wrote it down."""

    day: date
    last_day: date
    ends: time | None
    how: How


@dataclass(frozen=True, slots=True)
class Around:
    """A visit that is asked about. `week`: how many were asked about before it, cancelled ones not counted."""

    visit: Visit
    week: int


def visits_of(dates: Iterable[MarkedDate]) -> tuple[Visit, ...]:
    """The visits among marked dates, in order, one a day: of two on the same day the one that is to be held."""
    found: dict[date, Visit] = {}
    for one in sorted(dates, key=lambda one: (one.day, one.kind is DateKind.CANCELLED_VISIT)):
        if one.kind in VISIT_KINDS:
            found.setdefault(one.day, Visit(one.day, one.last_day, one.until, _how(one)))
    return tuple(found.values())


def _how(one: MarkedDate) -> How:
    if one.kind is DateKind.CANCELLED_VISIT:
        return How.CANCELLED
    return How.USUAL if one.manner in (None, VisitManner.IN_PERSON) else How.OTHER


def to_rows(visits: Iterable[Visit]) -> list[Row]:
    """As a family keeps them."""
    return [
        [one.day.isoformat(), one.last_day.isoformat(), None if one.ends is None else f"{one.ends:%H:%M}", one.how]
        for one in visits
    ]


def from_rows(rows: Iterable[Row] | None) -> tuple[Visit, ...]:
    """What a family keeps."""
    return tuple(
        Visit(date.fromisoformat(str(day)), date.fromisoformat(str(last)), _clock(ends), How(str(how)))
        for day, last, ends, how in rows or ()
    )


def _clock(words: str | None) -> time | None:
    return None if words is None else time.fromisoformat(words)


def asked_about(visits: Sequence[Visit], began: date, ends: date | None = None) -> list[Around]:
    """The visits that somebody is asked about: one in each of their own visit weeks, of visits every week every second.

    A cancelled one counts only where its week has no other, and the table's week then waits for the next visit.
    """
    mine = [one for one in visits if one.day >= began and (ends is None or one.day <= ends)]
    if not mine:
        return []
    held = [one.day for one in mine if one.how is not How.CANCELLED]
    weeks = visit_weeks(began, held, mine[-1].day)
    by_week: dict[int, Visit] = {}
    for one in sorted(mine, key=lambda one: (one.how is How.CANCELLED, one.day)):
        week = (one.day - began).days // 7
        if week + 1 in weeks or (one.how is How.CANCELLED and week not in weeks):
            by_week.setdefault(week, one)
    found: list[Around] = []
    count = 0
    for _, one in sorted(by_week.items()):
        found.append(Around(one, count))
        count += one.how is not How.CANCELLED
    return found


def parts_of(visit: Visit, role: str) -> tuple[Part, ...]:
    """What is asked around this visit: carers before it, after and later, others after it only."""
    if visit.how is How.CANCELLED or role not in CARERS:
        return (Part.AFTER,)
    if visit.how is How.OTHER:
        return (Part.BEFORE, Part.AFTER)
    return (Part.BEFORE, Part.AFTER, Part.LATER)


def visit_slots(
    rhythm: Rhythm, visits: Sequence[Visit], *, began: date, role: str, zone: str, seed: str, hour: time | None = None
) -> list[Slot]:
    """Every slot around these visits, in order of time. Its key is the day of the visit and the part.

    `rhythm` gives the hour and the first and last day of a visit that is asked about; `hour` is the member's own.
    """
    found = []
    for around in asked_about(visits, max(began, rhythm.starts), rhythm.ends):
        for part in parts_of(around.visit, role):
            day, ready = _day_of(around.visit, part, zone)
            clock = clock_on(rhythm, seed, day, part, hour)
            due, note = place(day, clock, zone_of(zone))
            found.append(Slot(around.visit.day, int(part), clock, due if ready is None else max(due, ready), note))
    return sorted(found, key=lambda one: (one.due_at, one.number))


def _day_of(visit: Visit, part: Part, zone: str) -> tuple[date, datetime | None]:
    """On which day a part falls, and the instant before which it must not leave."""
    if part is Part.BEFORE:
        return visit.day - _DAY, None
    if visit.how is How.CANCELLED:
        return visit.day, None
    day, ready = _evening_after(visit, zone)
    return (day, ready) if part is Part.AFTER else (day + _DAY, None)


def _evening_after(visit: Visit, zone: str) -> tuple[date, datetime | None]:
    if visit.ends is None:  # it may last until night
        return visit.last_day + _DAY, None
    ready = local_instant(visit.last_day, visit.ends, zone) + REST
    if local_day(ready, zone) == visit.last_day and ready < local_instant(visit.last_day, LATEST, zone):
        return visit.last_day, ready
    return visit.last_day + _DAY, None
