"""Rules: the wall clock and the instant, compared with a search that knows nothing of gaps and folds."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.rules.local_time import check_zone, is_zone, local_day, local_instant, week_start

ZONES = (
    "America/New_York",
    "America/Phoenix",
    "America/Denver",
    "Pacific/Honolulu",
    "America/Anchorage",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/London",
    "America/Santiago",
    "Africa/Casablanca",
)
QUARTER = timedelta(minutes=15)  # every offset from UTC in use today is a multiple of it
zones = st.sampled_from(ZONES)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
minutes = st.integers(0, 1439).map(lambda n: time(n // 60, n % 60))


def instants_showing(wall: datetime, zone: str) -> list[datetime]:
    """Every instant at which walls in that zone show `wall`, by trying all offsets there are."""
    guesses = [wall.replace(tzinfo=UTC) + QUARTER * n for n in range(-56, 57)]
    return sorted(at for at in guesses if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall)


def searched_instant(day: date, clock: time, zone: str) -> datetime:
    """The first pass of that wall time, or of the first one after it that exists: the independent answer."""
    wall = datetime.combine(day, clock)
    while not (found := instants_showing(wall, zone)):
        wall += timedelta(minutes=1)
    return found[0]


@given(days, minutes, zones)
@example(date(2026, 3, 8), time(2, 30), "America/New_York")  # missing
@example(date(2026, 11, 1), time(1, 30), "America/New_York")  # twice
@example(date(2026, 10, 4), time(2, 0), "Australia/Lord_Howe")  # a gap of half an hour
@example(date(2026, 4, 5), time(1, 45), "Australia/Lord_Howe")  # a fold of half an hour
@example(date(2026, 9, 6), time(0, 0), "America/Santiago")  # midnight is missing
@example(date(2026, 4, 4), time(23, 30), "America/Santiago")  # the last hour comes twice
@example(date(2026, 3, 22), time(2, 30), "Africa/Casablanca")  # back to +01 after Ramadan
@settings(max_examples=300, deadline=None)
def test_a_wall_time_is_found_once_and_as_the_search_finds_it(day: date, clock: time, zone: str) -> None:
    instant = local_instant(day, clock, zone)
    assert instant == searched_instant(day, clock, zone)
    assert instant.tzinfo is UTC


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_every_day_for_seven_years(zone: str) -> None:
    day = date(2024, 1, 1)
    while day <= date(2030, 12, 31):
        for hour in range(24):
            clock = time(hour, 30 if hour % 2 else 0)
            assert local_instant(day, clock, zone) == searched_instant(day, clock, zone)
        day += timedelta(days=1)


CLOCK_CHANGES = [
    # day, wall, zone, instant and why
    (date(2026, 3, 8), time(2, 30), "America/New_York", "2026-03-08T07:00"),  # 03:00, not 03:30: the first valid minute
    (date(2026, 3, 8), time(1, 59), "America/New_York", "2026-03-08T06:59"),  # the minute before the gap
    (date(2026, 3, 8), time(3, 0), "America/New_York", "2026-03-08T07:00"),  # the minute after it
    (date(2026, 11, 1), time(1, 30), "America/New_York", "2026-11-01T05:30"),  # first pass, not 06:30
    (date(2026, 11, 1), time(2, 0), "America/New_York", "2026-11-01T07:00"),  # after both passes
    (date(2026, 9, 6), time(0, 0), "America/Santiago", "2026-09-06T04:00"),  # missing midnight becomes 01:00
    (date(2026, 10, 4), time(2, 10), "Australia/Lord_Howe", "2026-10-03T15:30"),  # 02:30
    (date(2011, 12, 30), time(19, 0), "Pacific/Apia", "2011-12-30T10:00"),  # a whole day that never was
]


@pytest.mark.parametrize(("day", "wall", "zone", "instant"), CLOCK_CHANGES)
def test_clock_changes(day: date, wall: time, zone: str, instant: str) -> None:
    assert local_instant(day, wall, zone) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@given(days, minutes, zones)
@settings(max_examples=100, deadline=None)
def test_the_local_day_of_an_instant_is_the_day_it_was_made_from(day: date, clock: time, zone: str) -> None:
    instant = local_instant(day, clock, zone)
    assert local_day(instant, zone) == day  # gaps of these zones never reach past midnight


@given(days)
def test_weeks_start_on_the_monday_before(day: date) -> None:
    start = week_start(day)
    assert start.weekday() == 0
    assert 0 <= (day - start).days < 7


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "America", "/etc/localtime", "Denver\0"])
def test_an_unknown_zone_is_refused_in_words_and_stands_nothing_still(zone: str) -> None:
    with pytest.raises(InvalidInput, match="not a time zone"):
        check_zone(zone)
    assert not is_zone(zone)
    assert local_day(datetime(2026, 1, 1, tzinfo=UTC), zone) == date(
        2026, 1, 1
    )  # in UTC; the gate holds what goes there
