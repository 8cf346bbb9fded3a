"""Rules: the hours in which a text may reach a family."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.rules.polite_hours import PoliteHours, closes_at, is_open, next_open
from tests.rules.test_local_time import ZONES

USUAL = PoliteHours()
DENVER = ZoneInfo("America/Denver")


def denver(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DENVER).astimezone(UTC)


CASES = [
    # local time, open?, opens, closes (2026-03-06 is a Friday; clocks go forward on Sunday the 8th)
    ("2026-03-06T08:59", False, "2026-03-06T09:00", "2026-03-06T20:00"),
    ("2026-03-06T09:00", True, "2026-03-06T09:00", "2026-03-06T20:00"),
    ("2026-03-06T19:59", True, "2026-03-06T19:59", "2026-03-06T20:00"),
    ("2026-03-06T20:00", False, "2026-03-07T09:00", "2026-03-07T20:00"),  # the end is already closed
    ("2026-03-07T23:59", False, "2026-03-08T12:00", "2026-03-08T20:00"),  # Sunday opens at noon
    ("2026-03-08T11:59", False, "2026-03-08T12:00", "2026-03-08T20:00"),
    ("2026-03-08T01:59", False, "2026-03-08T12:00", "2026-03-08T20:00"),  # across the missing hour
]


@pytest.mark.parametrize(("at", "opened", "opens", "closes"), CASES)
def test_the_usual_hours(at: str, opened: bool, opens: str, closes: str) -> None:
    instant = denver(at)
    assert is_open(USUAL, instant, "America/Denver") is opened
    assert next_open(USUAL, instant, "America/Denver") == denver(opens)
    assert closes_at(USUAL, instant, "America/Denver") == denver(closes)


def test_a_closed_day_is_passed_over() -> None:
    hours = PoliteHours(closed_days=frozenset({date(2026, 3, 6), date(2026, 3, 7)}))
    at = denver("2026-03-06T10:00")
    assert not is_open(hours, at, "America/Denver")
    assert next_open(hours, at, "America/Denver") == denver("2026-03-08T12:00")
    assert closes_at(hours, at, "America/Denver") == denver("2026-03-08T20:00")


def test_an_agency_may_keep_sundays_free() -> None:
    hours = PoliteHours(sunday_start=None)
    assert next_open(hours, denver("2026-03-07T21:00"), "America/Denver") == denver("2026-03-09T09:00")


REFUSED = [
    ({"start": time(7, 59)}, "between 8:00 and 21:00"),
    ({"end": time(21, 1)}, "between 8:00 and 21:00"),
    ({"sunday_start": time(7)}, "between 8:00 and 21:00"),
    ({"start": time(12), "end": time(12)}, "must end after they start"),
    ({"end": time(11)}, "on Sunday must start before"),
]


@pytest.mark.parametrize(("fields", "sentence"), REFUSED)
def test_hours_outside_the_law_are_refused(fields: dict[str, time], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        PoliteHours(**fields)  # type: ignore[arg-type]  # closed_days is not among the fields above


instants = st.integers(0, 7 * 365 * 24 * 60).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@given(instants, st.sampled_from(ZONES), st.integers(8 * 60, 12 * 60), st.integers(12 * 60 + 1, 21 * 60))
@example(datetime(2026, 4, 4, 15, 0, tzinfo=UTC), "Australia/Lord_Howe", 480, 1260)
@settings(max_examples=200)
def test_no_minute_is_open_outside_the_wall_hours(at: datetime, zone: str, start: int, end: int) -> None:
    hours = PoliteHours(time(start // 60, start % 60), time(end // 60, end % 60))
    opens, closes = next_open(hours, at, zone), closes_at(hours, at, zone)
    assert at <= opens < closes
    assert is_open(hours, at, zone) is (opens == at)
    for open_at in (opens, closes - timedelta(minutes=1)):
        wall = open_at.astimezone(ZoneInfo(zone))
        assert is_open(hours, open_at, zone)
        assert (time(12) if wall.weekday() == 6 else hours.start) <= wall.time() < hours.end
    assert not is_open(hours, closes, zone)
    minutes = int((opens - at).total_seconds() // 60)
    assert not any(is_open(hours, at + timedelta(minutes=n), zone) for n in range(0, minutes, 7))
