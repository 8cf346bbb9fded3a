"""Rules: trying again, and the pace at which texts leave."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.rules.retry import (
    BELIEVED,
    LONGEST,
    SHORTEST,
    Bucket,
    Pace,
    allowance,
    next_try,
    seconds_needed,
    spend,
    wait_for,
)

NOW = datetime(2026, 3, 2, 19, tzinfo=UTC)
told = st.none() | st.integers(-5, 4000).map(lambda n: timedelta(seconds=n))


@given(st.integers(-1, 60), st.text(max_size=12), told)
def test_every_wait_lies_between_a_second_and_five_minutes(attempt: int, seed: str, after: timedelta | None) -> None:
    wait = next_try(attempt, seed, NOW, after) - NOW
    assert SHORTEST <= wait <= LONGEST
    assert wait >= min(after or timedelta(), BELIEVED)
    assert next_try(attempt, seed, NOW, after) - NOW == wait


def test_waits_grow_and_spread() -> None:
    waits = [[(next_try(n, str(seed), NOW) - NOW).total_seconds() for seed in range(400)] for n in range(9)]
    means = [sum(row) / len(row) for row in waits]
    assert all(late > early * 1.5 for early, late in pairwise(means[:8]))
    assert max(waits[8]) - min(waits[8]) > 270  # full jitter: from a second to five minutes
    assert len(set(waits[8])) > 390


def test_senders_told_the_same_do_not_come_back_at_once() -> None:
    back = {next_try(0, str(seed), NOW, timedelta(hours=1)) for seed in range(50)}
    assert len(back) == 50


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_a_pace_of_nothing_is_refused(rate: float) -> None:
    with pytest.raises(InvalidInput, match="above 0"):
        seconds_needed(10, rate)


def test_the_arithmetic_of_a_schedule() -> None:
    assert seconds_needed(400, 2.5) == 160


@given(st.floats(0.5, 60), st.lists(st.integers(1, 6), min_size=200, max_size=300), st.integers(0, 900))
def test_a_paced_sender_never_passes_its_rate_and_hardly_falls_below(
    rate: float, texts: list[int], late_ms: int
) -> None:
    pace, bucket, now = Pace(rate), Bucket(0, NOW), NOW
    for segments in texts:
        bucket = allowance(pace, bucket, now)
        while (wait := wait_for(pace, bucket)) > timedelta(microseconds=10):
            now += wait + timedelta(milliseconds=late_ms)  # a sender wakes up a little late
            bucket = allowance(pace, bucket, now)
        bucket = spend(bucket, segments)
    owed = max(-bucket.segments, 0) / rate
    needed, took = sum(texts) / rate, (now - NOW).total_seconds() + owed
    assert needed <= took * 1.001
    assert needed >= 0.97 * (took - late_ms / 1000)  # the last lateness is made up for by nobody any more


def test_a_long_idle_sender_saves_up_no_burst() -> None:
    pace = Pace(1)
    bucket = allowance(pace, Bucket(0, NOW), NOW + timedelta(days=1))
    assert bucket.segments == 1
    bucket = spend(bucket, 3)  # a text of three segments may leave, and is paid back before the next
    assert wait_for(pace, bucket).total_seconds() == pytest.approx(3)


def test_a_busy_machine_catches_up_what_it_missed_and_no_more() -> None:
    pace = Pace(10)
    late = allowance(pace, Bucket(0, NOW), NOW + timedelta(milliseconds=900))
    assert late.segments == pytest.approx(9)
    assert allowance(pace, late, NOW + timedelta(milliseconds=1700)).segments == pytest.approx(11)


def test_a_clock_that_steps_back_gives_nothing_twice() -> None:
    pace = Pace(1)
    full = allowance(pace, Bucket(0, NOW), NOW + timedelta(seconds=1))
    spent = spend(full, 1)
    assert allowance(pace, spent, NOW) == spent
