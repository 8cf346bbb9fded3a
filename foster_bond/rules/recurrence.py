"""Rules, schedule → occurrence: which local days and hours a rhythm asks for, and at which instants they fall."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from foster_bond.errors import InvalidInput
from foster_bond.rules.local_time import CLOCK_BACK, CLOCK_FORWARD, place, zone_of
from foster_bond.rules.recurrence_days import LAST_DAY_OF_ALL, days
from foster_bond.rules.recurrence_rule import Rhythm, Rule, parse_rule
from foster_bond.rules.recurrence_words import words

__all__ = ["CLOCK_BACK", "CLOCK_FORWARD", "Rhythm", "Rule", "Slot", "clock_on", "next_slot", "parse_hour",
           "parse_rhythm", "parse_rule", "slots", "words"]  # fmt: skip

SEARCH_YEARS = 12
"""How far a new rule is searched for its first day: 29 February, the rarest anyone asks for, waits 8 years at most."""

_NEXT_YEARS = 40  # the days of the week come round on every date within 28 years, or 40 over the year 2100

_HOUR = re.compile(r"([0-9]{1,2}):([0-9]{2})", re.ASCII)
_EARLIEST, _LATEST = date(1990, 1, 1), date(2900, 12, 31)


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned time. `local_date` and `number` are its key; `local_time` is what was wanted on the wall."""

    local_date: date
    number: int
    local_time: time
    due_at: datetime
    note: str | None = None  # CLOCK_FORWARD or CLOCK_BACK where the clocks change under it


def parse_hour(text: str) -> time:
    """The local hour written as 24-hour time, "19:00".

    Raises: InvalidInput
    """
    match = _HOUR.fullmatch(text.strip())
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    raise InvalidInput(f"{text!r} is not an hour; write it like 19:00.")


def parse_rhythm(
    rule: str, *, at: time | None, between: tuple[time, time] | None, starts: date, ends: date | None
) -> Rhythm:
    """The rhythm of a schedule. Exactly one of `at` and `between`; `starts` anchors INTERVAL and COUNT.

    Raises: InvalidInput with every problem, one plain sentence each.
    """
    problems = _hour_problems(at, between)
    if not _EARLIEST <= starts <= _LATEST:
        problems.append(f"The start {starts} is too far away.")
    elif ends is not None and ends < starts:
        problems.append(f"The end {ends} is before the start {starts}.")
    try:
        rhythm = Rhythm(parse_rule(rule), at, between, starts, ends)
    except InvalidInput as off:
        raise InvalidInput(" ".join([*off.problems, *problems]), (*off.problems, *problems)) from None
    if not problems and next(days(rhythm, starts, _years_on(starts, SEARCH_YEARS)), None) is None:
        problems.append(_why_never(rhythm))
    if problems:
        raise InvalidInput(" ".join(problems), tuple(problems))
    return rhythm


def _why_never(rhythm: Rhythm) -> str:
    starts, until = rhythm.starts, _years_on(rhythm.starts, SEARCH_YEARS)
    first = None if rhythm.ends is None else next(days(replace(rhythm, ends=None), starts, until), None)
    if first is None:
        return f"This rule never comes due: no day from {starts} on fits it. Choose other days."
    return f"The end {rhythm.ends} comes before the first day that fits, {first}. Choose a later end, or other days."


def _hour_problems(at: time | None, between: tuple[time, time] | None) -> list[str]:
    if (at is None) == (between is None):
        return ["Give either an hour (at) or a window of hours (between), one of the two."]
    clocks = (at,) if at is not None else between or ()
    if any(clock.tzinfo or clock.fold or clock.second or clock.microsecond for clock in clocks):
        return ["Hours are local hours and whole minutes, like 19:00."]
    if between is not None and between[0] >= between[1]:
        return ["The window must end after it starts, on the same day."]
    return []


def _years_on(day: date, years: int) -> date:
    return min(date(day.year + years, 12, 31), LAST_DAY_OF_ALL)


def slots(rhythm: Rhythm, zone: str, *, first: date, last: date, seed: str, hour: time | None = None) -> Iterator[Slot]:
    """Every slot from local day `first` to `last`, both included, in order of time.

    `hour` is the member's own and overrides the rhythm's. A random minute of a window depends on `seed` and the slot's
    day and number only: the same in every zone, process and version, so a preview shows the minute that will be used.
    A time that does not exist moves to the first valid minute after it; one that comes twice is its first pass.

    Raises: InvalidInput for an unknown zone, at once and not on the first slot.
    """
    own = hour.replace(tzinfo=None, fold=0) if hour is not None else rhythm.at
    return _slots(rhythm, zone_of(zone), days(rhythm, first, last), seed, own)


def _slots(rhythm: Rhythm, zone: ZoneInfo, when: Iterator[date], seed: str, own: time | None) -> Iterator[Slot]:
    until = rhythm.rule.until if isinstance(rhythm.rule.until, datetime) else None
    for day in when:
        clock = clock_on(rhythm, seed, day, 0, own)
        due_at, note = place(day, clock, zone)
        if until is not None and (due_at if until.tzinfo else datetime.combine(day, clock)) > until:
            return
        yield Slot(day, 0, clock, due_at, note)


def clock_on(rhythm: Rhythm, seed: str, day: date, number: int, own: time | None = None) -> time:
    """The hour of one slot of a day: the member's own, else the rhythm's, else its minute in the window."""
    clock = own if own is not None else rhythm.at
    return (
        clock if clock is not None else _minute_in_window(rhythm.between or (time(), time(23, 59)), seed, day, number)
    )


def _minute_in_window(window: tuple[time, time], seed: str, day: date, number: int) -> time:
    """A minute in [start, end): the end itself is when polite hours may close."""
    start, end = (clock.hour * 60 + clock.minute for clock in window)
    digest = blake2b(f"{seed}|{day.isoformat()}|{number}".encode(), digest_size=8).digest()
    minute = start + int.from_bytes(digest) % (end - start)
    return time(minute // 60, minute % 60)


def next_slot(rhythm: Rhythm, zone: str, *, after: datetime, seed: str, hour: time | None = None) -> Slot | None:
    """The first slot that is due later than `after`; None when the rhythm has ended."""
    today = after.astimezone(zone_of(zone)).date()
    first = today - timedelta(days=1)  # a time that does not exist may move past midnight into today
    last = _years_on(max(today, rhythm.starts), _NEXT_YEARS)
    found = slots(rhythm, zone, first=first, last=last, seed=seed, hour=hour)
    instant = after.astimezone(UTC)
    return next((slot for slot in found if slot.due_at > instant), None)
