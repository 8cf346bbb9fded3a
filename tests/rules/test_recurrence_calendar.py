"""Rules: rhythms against a calendar written here on its own, day by day, and against dateutil."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise

import pytest
from dateutil import rrule as dateutil_rrule
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.rules.recurrence import next_slot, parse_rhythm, parse_rule, slots
from foster_bond.rules.recurrence_rule import WEEKDAYS, Rhythm, Rule
from tests.rules.test_local_time import ZONES, searched_instant

FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
CLOCKS = (time(0), time(1, 30), time(2, 30), time(9), time(19), time(23, 59))


@st.composite
def rule_texts(draw: st.DrawFn) -> str:
    """Any rule a schedule may have, leap days and fifth Fridays included."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 6))}")
    if draw(st.booleans()):
        ordinals = st.sampled_from(["", "1", "2", "5", "-1", "-2"] if freq in ("MONTHLY", "YEARLY") else [""])
        days = draw(
            st.lists(st.builds(lambda n, d: n + d, ordinals, st.sampled_from(WEEKDAYS)), min_size=1, max_size=3)
        )
        parts.append(f"BYDAY={','.join(days)}")
    if freq != "WEEKLY" and draw(st.integers(0, 3)) == 0:
        numbers = draw(st.lists(st.sampled_from([1, 15, 28, 29, 30, 31, -1, -2, -31]), min_size=1, max_size=3))
        parts.append(f"BYMONTHDAY={','.join(map(str, numbers))}")
    if draw(st.integers(0, 3)) == 0:
        months = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3))
        parts.append(f"BYMONTH={','.join(map(str, months))}")
    if len(parts) > 2 and any(part.startswith("BY") for part in parts) and draw(st.integers(0, 2)) == 0:
        parts.append(f"BYSETPOS={draw(st.sampled_from(['1', '-1', '2', '1,-1']))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    return ";".join(parts)


def in_turn(rule: Rule, starts: date, day: date) -> bool:
    """INTERVAL: is this day's period one of those that count?"""
    if rule.freq == "DAILY":
        apart = (day - starts).days
    elif rule.freq == "WEEKLY":
        shift = timedelta(days=rule.week_start)
        apart = ((day - shift).toordinal() - 1) // 7 - ((starts - shift).toordinal() - 1) // 7
    elif rule.freq == "MONTHLY":
        apart = (day.year - starts.year) * 12 + day.month - starts.month
    else:
        apart = day.year - starts.year
    return apart % rule.interval == 0


def in_parts(rule: Rule, starts: date, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_month_day and not {day.day, day.day - length - 1} & set(rule.by_month_day):
        return False
    if rule.by_day:
        return any(weekday == day.weekday() and ordinal in (0, *nth(rule, day)) for ordinal, weekday in rule.by_day)
    if rule.by_month_day:
        return True
    if rule.freq == "WEEKLY":
        return day.weekday() == starts.weekday()
    if rule.freq == "MONTHLY":
        return day.day == starts.day
    if rule.freq == "YEARLY":
        return day.day == starts.day and (bool(rule.by_month) or day.month == starts.month)
    return True


def nth(rule: Rule, day: date) -> tuple[int, int]:
    """Which Monday of its month (or year) a Monday is, from the front and from the back."""
    if rule.freq == "YEARLY" and not rule.by_month:
        of_year = day.timetuple().tm_yday
        return (of_year - 1) // 7 + 1, -((date(day.year, 12, 31).timetuple().tm_yday - of_year) // 7 + 1)
    return (day.day - 1) // 7 + 1, -((monthrange(day.year, day.month)[1] - day.day) // 7 + 1)


def period(rule: Rule, day: date) -> object:
    if rule.freq == "WEEKLY":
        return day - timedelta(days=(day.weekday() - rule.week_start) % 7)
    return {"DAILY": day, "MONTHLY": (day.year, day.month), "YEARLY": day.year}[rule.freq]


def calendar(rule: Rule, starts: date, first: date, last: date) -> list[date]:
    """The independent calendar: walk every day and keep those that fit; BYSETPOS picks in whole periods."""
    walk_from = date(starts.year, 1, 1) - timedelta(days=7)
    walk_to = date(last.year, 12, 31) + timedelta(days=7)
    days = [walk_from + timedelta(days=n) for n in range((walk_to - walk_from).days + 1)]
    found = [day for day in days if in_turn(rule, starts, day) and in_parts(rule, starts, day)]
    if rule.by_set_pos:
        picked = []
        for _, group in groupby(found, key=lambda day: period(rule, day)):
            whole = list(group)
            places = {n - 1 if n > 0 else len(whole) + n for n in rule.by_set_pos}
            picked += [day for n, day in enumerate(whole) if n in places]
        found = picked
    return [day for day in found if max(starts, first) <= day <= last]


def rhythm_of(text: str, starts: date, at: time = time(19)) -> Rhythm:
    try:
        return parse_rhythm(text, at=at, between=None, starts=starts, ends=None)
    except InvalidInput:
        assert not calendar(parse_rule(text), starts, starts, date(starts.year + 12, 12, 31))
        assume(False)
        raise


def compare(text: str, starts: date, zone: str, at: time, *, first: date, last: date) -> None:
    """Same days, same wall time, once each."""
    rhythm = rhythm_of(text, starts, at)
    found = list(slots(rhythm, zone, first=first, last=last, seed="s"))
    assert [slot.local_date for slot in found] == calendar(rhythm.rule, starts, first, last)
    assert [slot.due_at for slot in found] == [searched_instant(slot.local_date, at, zone) for slot in found]
    assert {slot.local_time for slot in found} <= {at}
    assert len({(slot.local_date, slot.number) for slot in found}) == len(found)


cases = given(
    rule_texts(), st.dates(date(2022, 1, 1), LAST), st.sampled_from(ZONES), st.sampled_from(CLOCKS),
    st.dates(FIRST, LAST), st.integers(0, 120),
)  # fmt: skip


@cases
@settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much])
def test_a_rhythm_equals_the_calendar(text: str, starts: date, zone: str, at: time, first: date, span: int) -> None:
    compare(text, starts, zone, at, first=first, last=min(LAST, first + timedelta(days=span)))


@pytest.mark.long
@cases
@settings(max_examples=3000, suppress_health_check=[HealthCheck.filter_too_much])
def test_many_rhythms_equal_the_calendar(text: str, starts: date, zone: str, at: time, first: date, span: int) -> None:
    compare(text, starts, zone, at, first=first, last=min(LAST, first + timedelta(days=span * 5)))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(0), time(1, 30), time(2, 30), time(19)])
def test_seven_years_of_every_day_hold_every_day_once(zone: str, at: time) -> None:
    rhythm = rhythm_of("FREQ=DAILY", FIRST, at)
    found = list(slots(rhythm, zone, first=FIRST, last=LAST, seed="s"))
    assert [slot.local_date for slot in found] == [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert all(early.due_at < late.due_at for early, late in pairwise(found))
    for slot in found:
        if slot.note or slot.local_date.day == 1:
            assert slot.due_at == searched_instant(slot.local_date, at, zone)


@given(rule_texts(), st.dates(date(2024, 1, 1), date(2029, 12, 31)))
@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
def test_a_rhythm_equals_dateutil(text: str, starts: date) -> None:
    rule = parse_rule(text)
    kinds = {bool(ordinal) for ordinal, _ in rule.by_day}
    assume(len(kinds) < 2)  # dateutil asks for both where RFC 5545 asks for either: BYDAY=MO,2TU
    assume(not (rule.by_set_pos and rule.freq == "WEEKLY"))  # it cuts the first week at its start before it picks
    rhythm = rhythm_of(text, starts)
    horizon = date(2030, 12, 31)
    ours = [slot.local_date for slot in slots(rhythm, "UTC", first=starts, last=horizon, seed="s")]
    begin, end = datetime.combine(starts, time()), datetime.combine(horizon, time())
    theirs = dateutil_rrule.rrulestr(text, dtstart=begin).between(begin, end, inc=True)
    assert ours == [at.date() for at in theirs]


@given(rule_texts(), st.dates(FIRST, date(2029, 1, 1)), st.integers(1, 40))
@settings(max_examples=100, suppress_health_check=[HealthCheck.filter_too_much])
def test_a_count_ends_after_that_many(text: str, starts: date, count: int) -> None:
    endless = rhythm_of(text, starts)
    counted = parse_rhythm(f"{text};COUNT={count}", at=time(19), between=None, starts=starts, ends=None)
    horizon = date(2035, 12, 31)
    every = [slot.local_date for slot in slots(endless, "UTC", first=starts, last=horizon, seed="s")]
    assert [slot.local_date for slot in slots(counted, "UTC", first=starts, last=horizon, seed="s")] == every[:count]
    if len(every) > count:
        late = list(slots(counted, "UTC", first=every[count - 1], last=horizon, seed="s"))
        assert [slot.local_date for slot in late] == [every[count - 1]]


@given(
    rule_texts(),
    st.sampled_from(ZONES),
    st.sampled_from(CLOCKS),
    st.integers(0, 2 * 365 * 24 * 60),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.filter_too_much])
def test_the_next_slot_is_the_first_one_later_than_now(text: str, zone: str, at: time, minute: int) -> None:
    rhythm, now = rhythm_of(text, date(2025, 6, 1), at), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    window = slots(rhythm, zone, first=now.date() - timedelta(days=3), last=date(2066, 12, 31), seed="s")
    assert next_slot(rhythm, zone, after=now, seed="s") == next((slot for slot in window if slot.due_at > now), None)
