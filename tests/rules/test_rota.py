"""Who is on call at an moment, by the walls of the agency's zone."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.local_time import local_day, local_instant
from foster_bond.rules.rota import Leave, Rota, Stretch

DENVER = "America/Denver"
NIGHT = Stretch(time(18), time(8), "mina")
DAY = Stretch(time(8), time(18), "tom")
WEEK = Rota(DENVER, week=tuple((weekday, one) for weekday in range(7) for one in (DAY, NIGHT)))
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return local_instant(date(2026, month, day), time(hour, minute), DENVER)


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        (at(9, 7, 59), ("mina",)),  # the night of Sunday goes on into Monday
        (at(9, 8), ("tom",)),
        (at(9, 17, 59), ("tom",)),
        (at(9, 18), ("mina",)),
        (at(10, 0), ("mina",)),
        (at(1, 1, 30), ("mina",)),  # the night the clocks go back: 1:30, first pass
        (at(1, 1, 30) + HOUR, ("mina",)),  # and second
    ],
)
def test_the_weekly_pattern(moment: datetime, who: tuple[str, ...]) -> None:
    assert WEEK.on_call(moment) == who


def test_a_day_with_exceptions_follows_them_alone() -> None:
    rota = Rota(DENVER, week=WEEK.week, exceptions=((date(2026, 11, 26), Stretch(time(0), time(0), "ada")),))
    assert rota.on_call(at(26, 12)) == ("ada",)
    assert rota.on_call(at(26, 3)) == ("ada", "mina")  # Wednesday's night goes on beside it, the latest watch first
    assert rota.on_call(at(27, 3)) == ()  # Thursday's own night does not begin
    assert rota.on_call(at(27, 12)) == ("tom",)


def test_a_day_without_anybody_is_empty_and_a_gap() -> None:
    rota = Rota(DENVER, week=WEEK.week, days_without=frozenset({date(2026, 11, 26)}))
    assert rota.gaps(date(2026, 11, 26)) == ((at(26, 8), at(27, 8)),)


def test_time_off_takes_a_person_out_for_whole_local_days() -> None:
    rota = Rota(DENVER, week=WEEK.week, leaves=(Leave("mina", date(2026, 11, 10), date(2026, 11, 10)),))
    assert rota.on_call(at(9, 23, 59)) == ("mina",)
    assert rota.on_call(at(10, 0)) == ()
    assert rota.on_call(at(11, 0)) == ("mina",)
    assert rota.away(at(10, 12)) == {"mina"}
    assert rota.gaps(date(2026, 11, 10)) == ((at(10, 0), at(10, 8)), (at(10, 18), at(11, 0)))


def test_without_rows_there_is_no_rota() -> None:
    assert not Rota(DENVER).is_kept and WEEK.is_kept
    assert Rota(DENVER).gaps(date(2026, 11, 9)) == ((at(9, 0), at(16, 0)),)


ZONES = st.sampled_from([DENVER, "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo"])
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
HALF_HOURS = st.integers(0, 47).map(lambda number: time(number // 2, number % 2 * 30))


@given(
    ZONES, st.sets(HALF_HOURS, min_size=1, max_size=5), MOMENTS
)  # fmt: skip
def test_watches_that_follow_each_other_leave_no_gap_and_no_double_watch(
    zone: str, edges: set[time], moment: datetime
) -> None:
    hours = sorted(edges)
    watches = [
        Stretch(since, until, f"person {number}")
        for number, (since, until) in enumerate(zip(hours, [*hours[1:], hours[0]], strict=True))
    ]
    rota = Rota(zone, week=tuple((weekday, one) for weekday in range(7) for one in watches))
    assert len(rota.on_call(moment)) == 1
    assert rota.gaps(moment.date()) == ()


@given(ZONES, MOMENTS, st.integers(0, 6), HALF_HOURS, HALF_HOURS)
def test_a_gap_is_where_nobody_is(zone: str, moment: datetime, weekday: int, since: time, until: time) -> None:
    rota = Rota(zone, week=((weekday, Stretch(since, until, "mina")),))
    in_gap = any(first <= moment < end for first, end in rota.gaps(local_day(moment, zone)))
    assert in_gap == (rota.on_call(moment) == ())
