"""Who is called when, until somebody takes the alert."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.alert_ladder import rung_at

RAISED = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("minutes", "told", "rung"),
    [
        (0.5, False, None),  # the first notice is on its way
        (1, False, (-1, False, False)),  # no channel took it: said again to the same people
        (3, False, (-3, False, False)),
        (3, True, None),  # they know; they have a quarter of an hour
        (15, True, (2, True, False)),
        (29.9, True, (2, True, False)),
        (30, True, (3, True, True)),
        (39.9, True, (3, True, True)),
        (40, True, (4, True, True)),  # then every ten minutes
        (600, True, (60, True, True)),
    ],
)
def test_each_age_has_its_rung(minutes: float, told: bool, rung: tuple[int, bool, bool] | None) -> None:
    found = rung_at(RAISED, RAISED if told else None, RAISED + minutes * MINUTE)
    assert (None if found is None else (found.number, found.supervisors, found.everyone)) == rung


@given(st.integers(min_value=30, max_value=100_000))
def test_it_never_falls_silent(minutes: int) -> None:
    earlier = rung_at(RAISED, RAISED, RAISED + minutes * MINUTE)
    later = rung_at(RAISED, RAISED, RAISED + (minutes + 10) * MINUTE)
    assert earlier is not None and later is not None and later.number == earlier.number + 1
