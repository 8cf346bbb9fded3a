"""A number at home in several zones: a polite hour is one in all of them."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.polite_hours import PoliteHours, closes_at, is_open, next_open

NEW_YORK, DENVER, HONOLULU = "America/New_York", "America/Denver", "Pacific/Honolulu"
BOTH = PoliteHours(also_in=frozenset({NEW_YORK, DENVER}))


def denver(hour: int, day: int = 2) -> datetime:
    """November 2026 in Denver."""
    return datetime(2026, 11, day, hour, tzinfo=UTC) + timedelta(hours=7)


def test_the_strictest_morning_and_the_strictest_evening_hold() -> None:
    open_hours = [hour for hour in range(24) if is_open(BOTH, denver(hour), DENVER)]
    assert open_hours == list(range(9, 18))  # 9 in Denver, and before 8 pm in New York
    assert next_open(BOTH, denver(8), DENVER) == denver(9)
    assert next_open(BOTH, denver(18), DENVER) == denver(9, 3)
    assert closes_at(BOTH, denver(12), DENVER) == denver(18)
    assert closes_at(BOTH, denver(19), DENVER) == denver(18, 3)


def test_sunday_begins_at_noon_in_the_last_of_them() -> None:
    assert next_open(BOTH, denver(10, 8), DENVER) == denver(12, 8)


def test_one_zone_is_as_it_was() -> None:
    alone = PoliteHours()
    for hour in range(24):
        assert is_open(alone, denver(hour), DENVER) == (9 <= hour < 20)


def test_zones_without_a_shared_hour_are_never_open_and_never_a_loop() -> None:
    short = PoliteHours(start=time(9), end=time(10), sunday_start=None, also_in=frozenset({NEW_YORK, HONOLULU}))
    assert not any(is_open(short, denver(hour), DENVER) for hour in range(24))
    assert not is_open(short, next_open(short, denver(9), DENVER), DENVER)


@given(st.integers(0, 365 * 24 * 60))
def test_the_next_opening_is_open_and_closes_after_it(minute: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    opens = next_open(BOTH, at, DENVER)
    assert opens >= at and is_open(BOTH, opens, DENVER) and is_open(BOTH, opens, NEW_YORK)
    closes = closes_at(BOTH, at, DENVER)
    assert closes > opens and not is_open(BOTH, closes, DENVER)
