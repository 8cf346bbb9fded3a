"""When a family is to be visited, and from where the texts after a visit are read: by the calendar of its own wall."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.rules.local_time import local_day
from foster_bond.rules.visit_days import (
    DueKind,
    VisitDue,
    a_month_after,
    begins_at,
    read_coming_day,
    read_visit_day,
    visit_due,
)

TODAY = date(2026, 11, 17)
CAME = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("last", "planned", "came", "due"),
    [
        (date(2026, 10, 20), None, CAME, VisitDue(DueKind.MONTHLY, date(2026, 11, 20))),
        (date(2026, 10, 17), None, CAME, VisitDue(DueKind.MONTHLY, TODAY)),
        (date(2026, 10, 16), None, CAME, VisitDue(DueKind.OVERDUE, date(2026, 11, 16))),
        (date(2026, 10, 25), None, CAME, None),
        (date(2026, 10, 1), date(2026, 11, 24), CAME, VisitDue(DueKind.PLANNED, date(2026, 11, 24))),
        (date(2026, 10, 1), date(2026, 11, 25), CAME, None),
        (date(2026, 11, 1), date(2026, 11, 16), CAME, VisitDue(DueKind.PASSED, date(2026, 11, 16))),
        (None, TODAY, CAME, VisitDue(DueKind.PLANNED, TODAY)),
        (None, None, CAME, VisitDue(DueKind.FIRST, date(2026, 10, 1))),
        (None, None, date(2026, 10, 18), None),
    ],
)
def test_what_is_due(last: date | None, planned: date | None, came: date, due: VisitDue | None) -> None:
    assert visit_due(last=last, planned=planned, came=came, today=TODAY) == due


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_month_after_is_the_next_month_and_never_skips_one(day: date) -> None:
    after = a_month_after(day)
    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == 1
    assert after.day == day.day or (after + timedelta(days=1)).day == 1


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_a_family_that_nobody_visits_is_due_and_stays_due(came: date, last: int, planned: int, more: int) -> None:
    visited, set_for = came + timedelta(days=last), came + timedelta(days=last + planned)
    long_after = set_for + timedelta(days=40 + more)
    assert visit_due(last=visited, planned=None, came=came, today=long_after) is not None
    found = visit_due(last=visited, planned=set_for, came=came, today=long_after)
    assert found == VisitDue(DueKind.PASSED, set_for) and found.waits(long_after)


@given(
    st.integers(0, 3_000_000), st.integers(0, 300),
    st.sampled_from(["America/Denver", "Pacific/Auckland", "America/Los_Angeles", "UTC"]),
)  # fmt: skip
def test_reading_begins_on_the_day_of_the_visit_and_not_later_than_now(minute: int, ago: int, zone: str) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    day = local_day(now, zone) - timedelta(days=ago)
    since = begins_at(day, zone, now)
    assert local_day(since, zone) == day and since <= now
    assert since == now or local_day(since - timedelta(minutes=1), zone) < day


@pytest.mark.parametrize("typed", ["", "3 November", "2026-11-31", "2026-11-18", "2025-01-01", "20261117T"])
def test_a_visit_lies_within_the_last_year(typed: str) -> None:
    with pytest.raises(InvalidInput):
        read_visit_day(typed, today=TODAY)


@pytest.mark.parametrize("typed", ["", "soon", "2026-11-16", "2028-01-01"])
def test_a_plan_lies_within_the_next_year(typed: str) -> None:
    with pytest.raises(InvalidInput):
        read_coming_day(typed, today=TODAY)


def test_today_can_be_both() -> None:
    assert read_visit_day(" 2026-11-17 ", today=TODAY) == read_coming_day("2026-11-17", today=TODAY) == TODAY
