"""Rules of the pages: how long hand-overs took, and whether the promise about them is kept."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from foster_bond.rules.page_values.delivery import HandOver

IN_10, IN_60 = 0.95, 0.999  # the promise: so many within 10 s and within 60 s of the moment that pacing allowed


def hand_over(delays: Sequence[timedelta]) -> HandOver | None:
    """The figures over these delays; None where nothing was handed over."""
    if not delays:
        return None
    seconds = sorted(max(delay.total_seconds(), 0.0) for delay in delays)
    within_10 = _share(seconds, 10)
    within_60 = _share(seconds, 60)
    return HandOver(
        texts=len(seconds),
        p50=_at(seconds, 0.50),
        p95=_at(seconds, 0.95),
        p99=_at(seconds, 0.99),
        within_10=within_10,
        within_60=within_60,
        kept=within_10 >= IN_10 and within_60 >= IN_60,
    )


def _at(ordered: Sequence[float], share: float) -> float:
    """The delay that this share of texts stayed under (nearest rank)."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def _share(ordered: Sequence[float], limit: float) -> float:
    return sum(1 for delay in ordered if delay <= limit) / len(ordered)
