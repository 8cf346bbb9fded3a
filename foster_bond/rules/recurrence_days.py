"""Rules, under the schedule: the calendar days of a rule, found by jumping near them, not walked from the start."""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice

from foster_bond.rules.recurrence_rule import Rhythm, Rule

_WEEK = 7
_COUNT_HORIZON_YEARS = 100
LAST_DAY_OF_ALL = date(2999, 12, 31)  # far from date.max, so that a step past the end cannot overflow


def days(rhythm: Rhythm, first: date, last: date) -> Iterator[date]:
    """The days of `rhythm` from `first` to `last`, both included, in order.

    INTERVAL and COUNT are counted from `rhythm.starts`. An UNTIL with an hour is cut to its day plus one: its hour can
    only be judged once the slot's own hour is known.
    """
    rule, starts = rhythm.rule, rhythm.starts
    first, last = max(first, starts), min(last, _end(rhythm))
    if rule.by_set_pos or rule.freq in ("MONTHLY", "YEARLY"):
        found = _by_period(rule, starts, first, last)
    elif rule.freq == "WEEKLY":
        found = _weekly(rule, starts, first, last)
    else:
        found = _daily(rule, starts, first, last)
    return found


def _end(rhythm: Rhythm) -> date:
    end = rhythm.ends or LAST_DAY_OF_ALL
    until = rhythm.rule.until
    if isinstance(until, datetime):
        end = min(end, until.date() + timedelta(days=1))
    elif until is not None:
        end = min(end, until)
    if (count := rhythm.rule.count) is not None:
        end = min(end, _counted_end(rhythm.rule, rhythm.starts, count))
    return min(end, LAST_DAY_OF_ALL)


@lru_cache(maxsize=4096)
def _counted_end(rule: Rule, starts: date, count: int) -> date:
    """The day of the COUNT-th time."""
    endless = Rhythm(replace(rule, count=None), None, None, starts)
    horizon = min(date(starts.year + _COUNT_HORIZON_YEARS, 12, 31), LAST_DAY_OF_ALL)
    return next(islice(days(endless, starts, horizon), count - 1, None), LAST_DAY_OF_ALL)


def _daily(rule: Rule, starts: date, first: date, last: date) -> Iterator[date]:
    step = timedelta(days=rule.interval)
    day = first + timedelta(days=(starts - first).days % rule.interval)
    weekdays = {weekday for _, weekday in rule.by_day}
    plain = not (weekdays or rule.by_month or rule.by_month_day)
    while day <= last:
        if plain or _fits(rule, weekdays, day):
            yield day
        day += step


def _fits(rule: Rule, weekdays: set[int], day: date) -> bool:
    if weekdays and day.weekday() not in weekdays:
        return False
    if rule.by_month and day.month not in rule.by_month:
        return False
    return not rule.by_month_day or day.day in _month_days(rule.by_month_day, day.year, day.month)


def _weekly(rule: Rule, starts: date, first: date, last: date) -> Iterator[date]:
    anchor = _week_of(starts, rule.week_start)
    cycle = _WEEK * rule.interval
    week = anchor + timedelta(days=(first - anchor).days // cycle * cycle)
    offsets = _weekly_offsets(rule, starts)
    step = timedelta(days=cycle)
    while week <= last:
        for offset in offsets:
            day = week + offset
            if day > last:
                return
            if day >= first and (not rule.by_month or day.month in rule.by_month):
                yield day
        week += step


def _week_of(day: date, week_start: int) -> date:
    return day - timedelta(days=(day.weekday() - week_start) % _WEEK)


def _weekly_offsets(rule: Rule, starts: date) -> tuple[timedelta, ...]:
    weekdays = [weekday for _, weekday in rule.by_day] or [starts.weekday()]
    return tuple(timedelta(days=n) for n in sorted((weekday - rule.week_start) % _WEEK for weekday in weekdays))


def _by_period(rule: Rule, starts: date, first: date, last: date) -> Iterator[date]:
    """Days of one day, week, month or year after the other; BYSETPOS picks among the days of each."""
    number = _period_number(rule, starts)
    number += (_period_number(rule, first) - number) // rule.interval * rule.interval
    while _period_start(rule, number) <= last:
        found = _days_of_period(rule, starts, number)
        chosen = _picked(found, rule.by_set_pos) if rule.by_set_pos else found
        for day in chosen[bisect_left(chosen, first) :]:
            if day > last:
                return
            yield day
        number += rule.interval


def _period_number(rule: Rule, day: date) -> int:
    if rule.freq == "YEARLY":
        return day.year
    if rule.freq == "MONTHLY":
        return day.year * 12 + day.month - 1
    if rule.freq == "WEEKLY":
        return (day.toordinal() - 1 - rule.week_start) // _WEEK  # ordinal 1 was a Monday
    return day.toordinal()


def _period_start(rule: Rule, number: int) -> date:
    if rule.freq == "YEARLY":
        return date(number, 1, 1)
    if rule.freq == "MONTHLY":
        return date(number // 12, number % 12 + 1, 1)
    if rule.freq == "WEEKLY":
        return date.fromordinal(number * _WEEK + 1 + rule.week_start)
    return date.fromordinal(number)


def _days_of_period(rule: Rule, starts: date, number: int) -> list[date]:
    start = _period_start(rule, number)
    weekdays = {weekday for _, weekday in rule.by_day}
    if rule.freq == "DAILY":
        return [start] if _fits(rule, weekdays, start) else []
    if rule.freq == "WEEKLY":
        week = [start + offset for offset in _weekly_offsets(rule, starts)]
        return [day for day in week if not rule.by_month or day.month in rule.by_month]
    if rule.freq == "MONTHLY":
        months: tuple[int, ...] = (start.month,) if not rule.by_month or start.month in rule.by_month else ()
    else:
        months = rule.by_month or _months_of_a_year(rule, starts)
    found = [day for month in months for day in _days_of_month(rule, starts, start.year, month)]
    if rule.freq == "YEARLY" and rule.by_day and not rule.by_month:
        wanted = _counted_weekdays(rule.by_day, date(start.year, 1, 1), date(start.year, 12, 31))
        found = [day for day in found if day in wanted]
    return found


def _months_of_a_year(rule: Rule, starts: date) -> tuple[int, ...]:
    return tuple(range(1, 13)) if rule.by_day or rule.by_month_day else (starts.month,)


def _days_of_month(rule: Rule, starts: date, year: int, month: int) -> list[date]:
    length = monthrange(year, month)[1]
    month_days = rule.by_month_day or (() if rule.by_day else (starts.day,))
    numbers = _month_days(month_days, year, month) if month_days else range(1, length + 1)
    found = [date(year, month, number) for number in numbers]
    if not rule.by_day:
        return found
    if rule.freq == "YEARLY" and not rule.by_month:
        return found  # ordinals count within the year there, and are applied by the caller
    wanted = _counted_weekdays(rule.by_day, date(year, month, 1), date(year, month, length))
    return [day for day in found if day in wanted]


def _month_days(numbers: tuple[int, ...], year: int, month: int) -> list[int]:
    length = monthrange(year, month)[1]
    return sorted({n if n > 0 else length + 1 + n for n in numbers if abs(n) <= length})


def _counted_weekdays(by_day: tuple[tuple[int, int], ...], first: date, last: date) -> set[date]:
    """Every Monday, the second Tuesday, the last Friday … between two days."""
    found: set[date] = set()
    for ordinal, weekday in by_day:
        start = first + timedelta(days=(weekday - first.weekday()) % _WEEK)
        same = [start + timedelta(days=n) for n in range(0, (last - start).days + 1, _WEEK)]
        if not ordinal:
            found.update(same)
        elif abs(ordinal) <= len(same):
            found.add(same[ordinal - 1 if ordinal > 0 else ordinal])
    return found


def _picked(found: list[date], positions: tuple[int, ...]) -> list[date]:
    return sorted({found[n - 1 if n > 0 else n] for n in positions if abs(n) <= len(found)})
