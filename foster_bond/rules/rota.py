"""Rules of the river: who is on call at an instant, by the agency's weekly pattern, its exceptions and time off.

A stretch belongs to the local day it begins on and is placed by the walls of the agency's zone, so that a night on
which clocks change has neither a gap nor a double watch.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from foster_bond.rules.local_time import local_day, local_instant, week_start

_DAY = timedelta(days=1)
MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one hour to another; `until` at or before `since` is an hour of the next day."""

    since: time
    until: time
    staff_id: str

    def held(self, day: date, zone: str) -> tuple[datetime, datetime]:
        """Its first instant and its end (exclusive), begun on that day."""
        last = day if self.until > self.since else day + _DAY
        return local_instant(day, self.since, zone), local_instant(last, self.until, zone)


@dataclass(frozen=True, slots=True)
class Leave:
    """Whole local days on which a person is not called; both ends count."""

    staff_id: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Rota:
    """One agency's rota. A day that has exceptions follows them alone; the weekly pattern rests on that day."""

    zone: str
    week: tuple[tuple[int, Stretch], ...] = ()  # 0 = Monday
    exceptions: tuple[tuple[date, Stretch], ...] = ()
    days_without: frozenset[date] = frozenset()  # exceptions that say: nobody on this day
    leaves: tuple[Leave, ...] = field(default=())

    @property
    def is_kept(self) -> bool:
        """False where nobody ever wrote a rota: the mark "on call" on each person decides then."""
        return bool(self.week or self.exceptions or self.days_without)

    def begun_on(self, day: date) -> tuple[Stretch, ...]:
        """The stretches that begin on a local day."""
        own = tuple(stretch for when, stretch in self.exceptions if when == day)
        if own or day in self.days_without:
            return own
        return tuple(stretch for weekday, stretch in self.week if weekday == day.weekday())

    def away(self, at: datetime) -> frozenset[str]:
        """Who has time off on the local day of that instant."""
        today = local_day(at, self.zone)
        return frozenset(leave.staff_id for leave in self.leaves if leave.first <= today <= leave.last)

    def on_call(self, at: datetime) -> tuple[str, ...]:
        """Who is on call at that instant, each once, without those who are away; the latest watch first."""
        away, found = self.away(at), dict[str, datetime]()
        for stretch, since, until in self._around(at):
            if since <= at < until and stretch.staff_id not in away:
                found[stretch.staff_id] = since
        return tuple(sorted(found, key=lambda person: (-found[person].timestamp(), person)))

    def gaps(self, of_week: date) -> tuple[tuple[datetime, datetime], ...]:
        """The times of the week of that day at which nobody is on call, in order."""
        monday = week_start(of_week)
        start = local_instant(monday, MIDNIGHT, self.zone)
        end = local_instant(monday + 7 * _DAY, MIDNIGHT, self.zone)
        changes = sorted({start, end, *self._changes(monday, start, end)})
        empty = [(one, two) for one, two in pairwise(changes) if not self.on_call(one)]
        return tuple(_joined(empty))

    def _changes(self, monday: date, start: datetime, end: datetime) -> Iterator[datetime]:
        """Every instant of the week at which the answer may change: watches and, for time off, midnights."""
        for number in range(-1, 8):
            day = monday + number * _DAY
            edges = [local_instant(day, MIDNIGHT, self.zone)]
            for stretch in self.begun_on(day):
                edges += stretch.held(day, self.zone)
            yield from (edge for edge in edges if start < edge < end)

    def _around(self, at: datetime) -> Iterator[tuple[Stretch, datetime, datetime]]:
        """The stretches that could hold an instant: begun on its day or on the one before."""
        today = local_day(at, self.zone)
        for day in (today - _DAY, today):
            for stretch in self.begun_on(day):
                yield stretch, *stretch.held(day, self.zone)


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for since, until in spans:
        if joined and joined[-1][1] == since:
            joined[-1] = (joined[-1][0], until)
        else:
            joined.append((since, until))
    return joined
