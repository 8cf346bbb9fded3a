"""Marked dates: which instants they hold on the family's own wall, and until when a note of the service waits."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.blackout import AFTER, BEFORE, DateKind, MarkedDate, holds_until, in_force, stretches
from foster_bond.rules.local_time import local_instant

DENVER, KATHMANDU = "America/Denver", "Asia/Kathmandu"
THURSDAY = date(2026, 11, 5)
HEARING = MarkedDate(DateKind.HEARING, THURSDAY, THURSDAY, time(14))
WEEKEND = MarkedDate(DateKind.FAMILY_VISIT, date(2026, 11, 6), date(2026, 11, 8), time(17), time(18))
BIRTHDAY = MarkedDate(DateKind.BIRTHDAY, date(2024, 2, 29), date(2024, 2, 29))


def denver(day: int, hour: int, minute: int = 0) -> datetime:
    return local_instant(date(2026, 11, day), time(hour, minute), DENVER)


CASES = [
    # a date; an instant; whether it holds then
    (HEARING, denver(4, 13, 59), False),
    (HEARING, denver(4, 14), True),  # 24 hours before
    (HEARING, denver(8, 13, 59), True),
    (HEARING, denver(8, 14), False),  # 72 hours after
    # without an hour the whole day counts, its margins from both of its midnights
    (MarkedDate(DateKind.BEREAVEMENT, THURSDAY, THURSDAY), denver(4, 0), True),
    (MarkedDate(DateKind.BEREAVEMENT, THURSDAY, THURSDAY), denver(3, 23, 59), False),
    (MarkedDate(DateKind.BEREAVEMENT, THURSDAY, THURSDAY), denver(8, 23, 59), True),
    (MarkedDate(DateKind.BEREAVEMENT, THURSDAY, THURSDAY), denver(9, 0), False),
    # a visit over a weekend, from Friday five o'clock to Sunday six
    (WEEKEND, denver(11, 17, 59), True),
    (WEEKEND, denver(11, 18), False),
    # an end that lies before its start is no end
    (MarkedDate(DateKind.FAMILY_VISIT, THURSDAY, THURSDAY, time(17), time(9)), denver(8, 16, 59), True),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "at", "holds"), CASES)
def test_a_date_holds_from_a_day_before_to_three_days_after(marked: MarkedDate, at: datetime, holds: bool) -> None:
    assert (in_force(stretches([marked], DENVER, at), at) is not None) is holds


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2028])
def test_a_birthday_comes_every_year(year: int) -> None:
    day = date(year, 2, 29) if year % 4 == 0 else date(year, 3, 1)
    noon = local_instant(day, time(12), DENVER)
    found = in_force(stretches([BIRTHDAY], DENVER, noon), noon)
    assert found is not None and found.starts <= noon < found.ends and found.name == "the child's birthday"
    june = datetime(year, 6, 1, tzinfo=UTC)
    assert in_force(stretches([BIRTHDAY], DENVER, june), june) is None


def test_the_new_year_is_no_gap() -> None:
    born = MarkedDate(DateKind.BIRTHDAY, date(2010, 1, 1), date(2010, 1, 1))
    eve = local_instant(date(2026, 12, 31), time(12), DENVER)
    assert in_force(stretches([born], DENVER, eve), eve) is not None


def test_the_same_day_is_another_instant_on_another_wall() -> None:
    (here,), (there,) = (stretches([HEARING], zone, denver(5, 12)) for zone in (DENVER, KATHMANDU))
    assert here.starts - there.starts == timedelta(hours=12, minutes=45)


def test_a_note_waits_for_all_dates_that_follow_without_a_gap() -> None:
    later = MarkedDate(
        DateKind.HEARING, date(2026, 11, 9), date(2026, 11, 9), time(10)
    )  # begins to hold on the 8th, 10:00
    assert holds_until(stretches([HEARING, later], DENVER, denver(5, 9)), denver(5, 9)) == denver(12, 10)
    assert holds_until(stretches([HEARING, later], DENVER, denver(12, 10)), denver(12, 10)) is None
    assert holds_until([], denver(5, 9)) is None


INSTANTS = st.integers(0, 3 * 366 * 24).map(lambda hours: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
ZONES = st.sampled_from([DENVER, KATHMANDU, "Pacific/Honolulu", "Australia/Lord_Howe", "America/Santiago"])
HOURS = st.none() | st.times().map(lambda clock: clock.replace(microsecond=0))
DATES = st.builds(
    lambda kind, day, more, at: MarkedDate(kind, day, day + timedelta(days=more), at),
    st.sampled_from(list(DateKind)), DAYS, st.integers(0, 3), HOURS,
)  # fmt: skip


@given(st.lists(DATES, max_size=5), ZONES, INSTANTS)
def test_a_note_waits_exactly_as_long_as_something_holds(dates: list[MarkedDate], zone: str, at: datetime) -> None:
    found = stretches(dates, zone, at)
    until = holds_until(found, at)
    if until is None:
        assert in_force(found, at) is None
        return
    assert until > at and in_force(found, until) is None
    step = at
    while step < until:  # every hour of the wait is held by some date
        assert in_force(found, step) is not None
        step += timedelta(hours=1)


@given(DATES, ZONES, INSTANTS)
def test_margins_are_measured_in_hours_and_not_in_days(marked: MarkedDate, zone: str, at: datetime) -> None:
    for one in stretches([marked], zone, at):
        assert one.starts <= one.ends
        assert (one.holds_from, one.holds_until) == (one.starts - BEFORE, one.ends + AFTER)
        assert one.holds_at(one.holds_from) and not one.holds_at(one.holds_until)
