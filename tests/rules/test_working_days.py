"""One working day on: what "within one business day" means in the agency's own week."""

from datetime import UTC, date, datetime

import pytest

from foster_bond.rules.working_days import a_working_day_later, is_working_day

DENVER = "America/Denver"


@pytest.mark.parametrize(
    ("said", "closed", "due"),
    [
        ("2026-11-02T20:00", (), "2026-11-03T20:00"),  # Monday 1 pm → Tuesday 1 pm
        ("2026-11-06T22:00", (), "2026-11-09T22:00"),  # Friday 3 pm → Monday 3 pm
        ("2026-11-07T17:00", (), "2026-11-10T07:00"),  # Saturday 10 am → Monday is over
        ("2026-11-08T17:00", (), "2026-11-10T07:00"),  # Sunday alike
        ("2026-11-09T03:30", (), "2026-11-10T07:00"),  # Sunday 8:30 pm in Denver, Monday in UTC
        ("2026-11-25T22:00", ((11, 26), (11, 27)), "2026-11-30T22:00"),  # before Thanksgiving, closed on both days
        ("2026-11-26T22:00", ((11, 26),), "2026-11-28T07:00"),  # on the holiday → Friday is over
    ],
)
def test_one_working_day_passes(said: str, closed: tuple[tuple[int, int], ...], due: str) -> None:
    at = datetime.fromisoformat(said).replace(tzinfo=UTC)
    days = {date(2026, month, day) for month, day in closed}
    assert a_working_day_later(at, DENVER, days) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_the_clock_change_keeps_the_hour_on_the_wall() -> None:
    friday = datetime(2026, 10, 30, 21, 0, tzinfo=UTC)  # 3 pm, summer time
    assert a_working_day_later(friday, DENVER, ()) == datetime(2026, 11, 2, 22, 0, tzinfo=UTC)  # 3 pm, winter time


def test_a_day_of_work_is_monday_to_friday_without_closed_days() -> None:
    week = [date(2026, 11, day) for day in range(2, 9)]
    assert [is_working_day(day, {date(2026, 11, 4)}) for day in week] == [True, True, False, True, True, False, False]
