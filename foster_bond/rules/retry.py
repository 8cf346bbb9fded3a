"""Rules, outbox → carrier: when to try again, and how fast texts may leave."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from foster_bond.errors import InvalidInput

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(minutes=5)
BELIEVED = timedelta(
    minutes=4
)  # the most a carrier's Retry-After counts, so that room is left to spread out below 5 min
RESTED = timedelta(seconds=1)  # a sender later than this had nothing to send, or was down: it catches nothing up


def next_try(attempt: int, seed: str, now: datetime, retry_after: timedelta | None = None) -> datetime:
    """When to try again: at least 1 s, at most 5 min from `now`, spread at random from `seed` ("full jitter").

    `attempt` counts from 0; each doubles the range. `retry_after` is the carrier's own word and comes first.
    """
    doubled = timedelta(seconds=2 << min(max(attempt, 0), 10))
    told = min(max(retry_after or timedelta(), timedelta()), BELIEVED)
    room = min(doubled, LONGEST - told)
    return now + max(SHORTEST, told + room * _fraction(f"{seed}|{attempt}"))


def _fraction(seed: str) -> float:
    """A number in [0, 1) that is the same in every process."""
    return int.from_bytes(blake2b(seed.encode(), digest_size=6).digest()) / 2**48


def seconds_needed(segments: int, per_second: float) -> float:
    """How long that many segments take to leave at that rate. Units: seconds. Raises: InvalidInput for a rate of 0."""
    return segments / Pace(per_second).per_second


@dataclass(frozen=True, slots=True)
class Pace:
    """A sender's rate. Units: segments a second. Raises: InvalidInput unless it is above 0."""

    per_second: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.per_second) and self.per_second > 0):
            raise InvalidInput("A sender's pace must be above 0 segments a second.")

    @property
    def most(self) -> float:
        """The most that a sender on a busy machine may have to catch up: one, and a second's worth. Units: segments."""
        return 1 + self.per_second * RESTED.total_seconds()


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a sender has left at an instant. Below 0 after a long text: it pays back before the next one leaves."""

    segments: float
    at: datetime


def allowance(pace: Pace, bucket: Bucket, now: datetime) -> Bucket:
    """The bucket, filled up to `now`. A clock that stepped back fills nothing and loses nothing.

    A sender that wakes up late gets what it missed, so that a busy machine keeps the rate; one that has rested starts
    with a single segment, so that no stretch of sending ever passes the rate.
    """
    passed = max(now - bucket.at, timedelta())
    filled = bucket.segments + passed.total_seconds() * pace.per_second
    rested = passed - wait_for(pace, bucket) > RESTED
    return Bucket(min(filled, 1.0 if rested else pace.most), max(now, bucket.at))


def wait_for(pace: Pace, bucket: Bucket) -> timedelta:
    """How long after `bucket.at` the next text may leave, however long it is; zero = now."""
    return timedelta(seconds=max(1 - bucket.segments, 0.0) / pace.per_second)


def spend(bucket: Bucket, segments: int) -> Bucket:
    """The bucket after a text of that many segments has left."""
    return replace(bucket, segments=bucket.segments - segments)
