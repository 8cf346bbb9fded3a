"""How long hand-overs took, and whether the promise about them is kept."""

from datetime import timedelta

from foster_bond.rules.hand_over import hand_over


def spans(*seconds: float) -> list[timedelta]:
    return [timedelta(seconds=one) for one in seconds]


def test_nothing_was_handed_over() -> None:
    assert hand_over([]) is None


def test_the_figures_are_those_of_the_nearest_rank() -> None:
    figures = hand_over(spans(*range(1, 101)))
    assert figures is not None
    assert (figures.texts, figures.p50, figures.p95, figures.p99) == (100, 50, 95, 99)


def test_the_promise_needs_both_shares() -> None:
    kept = hand_over(spans(*[1] * 999, 30))
    late = hand_over(spans(*[1] * 998, 70, 70))  # 99.8 % within a minute
    slow = hand_over(spans(*[1] * 94, *[11] * 6))  # 94 % within ten seconds
    assert kept is not None
    assert late is not None
    assert slow is not None
    assert (kept.kept, late.kept, slow.kept) == (True, False, False)


def test_a_text_that_left_early_counts_as_at_once() -> None:
    figures = hand_over(spans(-3))
    assert figures is not None
    assert figures.p99 == 0
