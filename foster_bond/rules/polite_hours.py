"""Rules, under the gate: the hours in which a text may reach a family, on the family's own wall."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from foster_bond.errors import InvalidInput
from foster_bond.rules.local_time import local_day, local_instant, zone_of

EARLIEST, LATEST = time(8), time(21)
"""The hours US law leaves open to calls and texts; an agency may narrow them, never widen them."""

_SUNDAY = 6
_STEPS = 60  # openings looked at; zones that share no polite hour at all give an instant that is not open, never a loop


@dataclass(frozen=True, slots=True)
class PoliteHours:
    """From `start` up to `end`, the end itself excluded; Sundays from `sunday_start`, or not at all where it is None.

    Raises: InvalidInput for hours outside 8:00-21:00 or a day that ends before it starts.
    """

    start: time = time(9)
    end: time = time(20)
    sunday_start: time | None = time(12)
    closed_days: frozenset[date] = field(default=frozenset())
    also_in: frozenset[str] = field(default=frozenset())  # further zones in which it must be a polite hour, too

    def __post_init__(self) -> None:
        problems = []
        if self.start < EARLIEST or self.end > LATEST or (self.sunday_start or EARLIEST) < EARLIEST:
            problems.append("Polite hours must lie between 8:00 and 21:00.")
        if self.start >= self.end:
            problems.append("Polite hours must end after they start.")
        elif self.sunday_start is not None and self.sunday_start >= self.end:
            problems.append("Polite hours on Sunday must start before they end.")
        if problems:
            raise InvalidInput(" ".join(problems), tuple(problems))


@lru_cache(maxsize=16_384)
def is_open(hours: PoliteHours, at: datetime, zone: str) -> bool:
    """True when a text may reach a phone in `zone` at that instant, and in every zone that the hours name beside it."""
    return _is_open_there(hours, at, zone) and all(_is_open_there(hours, at, other) for other in hours.also_in)


def _is_open_there(hours: PoliteHours, at: datetime, zone: str) -> bool:
    local = at.astimezone(zone_of(zone))
    start = _start_on(hours, local.date())
    return start is not None and start <= local.time() < hours.end


def next_open(hours: PoliteHours, at: datetime, zone: str) -> datetime:
    """`at` itself when it is open, else the instant the next opening begins (UTC)."""
    for _ in range(_STEPS):
        if is_open(hours, at, zone):
            return at
        shut = (one for one in (zone, *sorted(hours.also_in)) if not _is_open_there(hours, at, one))
        at = max(_opening(hours, at, one)[0] for one in shut)
    return at


def closes_at(hours: PoliteHours, at: datetime, zone: str) -> datetime:
    """The end (UTC) of the opening `at` lies in, or of the next one."""
    opens = next_open(hours, at, zone) if hours.also_in else at
    return min(_opening(hours, opens, one)[1] for one in (zone, *hours.also_in))


def _start_on(hours: PoliteHours, day: date) -> time | None:
    if day in hours.closed_days:
        return None
    return hours.sunday_start if day.weekday() == _SUNDAY else hours.start


@lru_cache(maxsize=16_384)  # thousands of texts leave at the same minute of the same zone
def _opening(hours: PoliteHours, at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The first opening that ends after `at`. Ends: closed days are finitely many, and no week is all Sundays."""
    day = local_day(at, zone)
    while True:
        start = _start_on(hours, day)
        if start is not None and (closes := local_instant(day, hours.end, zone)) > at:
            return local_instant(day, start, zone), closes
        day += timedelta(days=1)
