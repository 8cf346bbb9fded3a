"""Rules: how fast cries for help were told and taken, for those who answer for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Course:
    """One trouble: when it was raised, when somebody was told, and when somebody took it."""

    raised_at: datetime
    told_at: datetime | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Over some troubles. A time is None where there is nothing to time."""

    alerts: int
    never_told: int
    never_taken: int
    told_median: timedelta | None
    told_longest: timedelta | None
    taken_median: timedelta | None
    taken_longest: timedelta | None


def response_times(courses: Iterable[Course]) -> ResponseTimes:
    """Medians and the longest; the median of an even number is the longer of the two in the middle."""
    found = list(courses)
    told = sorted(one.told_at - one.raised_at for one in found if one.told_at is not None)
    taken = sorted(one.taken_at - one.raised_at for one in found if one.taken_at is not None)
    return ResponseTimes(
        alerts=len(found), never_told=len(found) - len(told), never_taken=len(found) - len(taken),
        told_median=_median(told), told_longest=told[-1] if told else None,
        taken_median=_median(taken), taken_longest=taken[-1] if taken else None,
    )  # fmt: skip


def _median(times: Sequence[timedelta]) -> timedelta | None:
    return times[len(times) // 2] if times else None
