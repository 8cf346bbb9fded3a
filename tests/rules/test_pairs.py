"""Two views of one moment: which prompt is which side, what belongs together, and when the second may be asked."""

from datetime import UTC, datetime, timedelta

import pytest

from foster_bond.library import prompts
from foster_bond.rules.ladder_gates import all_held, why_not_in_order
from foster_bond.rules.ladder_state import LadderPast, LadderState, PromptFacts, after_answer, after_sent
from foster_bond.rules.pairs import Told, first_of, side_of, together

NOON = datetime(2026, 11, 10, 19, tzinfo=UTC)
DAY = timedelta(days=1)


def facts(key: str) -> PromptFacts:
    one = prompts()[key]
    return PromptFacts(one.id, one.level, one.target, one.technique, one.reply)


def test_every_side_of_every_moment_is_known() -> None:
    sides = {key: side_of(key) for key in prompts() if side_of(key)}
    assert {pair for pair, _ in sides.values()} == {f"P{n}" for n in range(1, 7)}  # type: ignore[misc]  # none is None
    assert (side_of("TN7"), side_of("TN8"), side_of("P5D")) == (("P1", "D"), ("P2", "D"), ("P5", "D"))
    assert (side_of("S1"), side_of("TN2"), side_of("no-such")) == (None, None, None)
    assert [first_of(key) for key in ("P3B", "P3A", "P3D", "E1")] == ["P3A", None, None, None]


@pytest.mark.parametrize(
    ("asked", "answered", "why"),
    [
        (None, None, "only an answer to it opens"),
        (-2 * DAY, None, "only an answer to it opens"),
        (-timedelta(hours=3), -timedelta(hours=2), "a day after the own one"),
        (-DAY, -DAY, None),
    ],
)
def test_the_own_side_first_then_a_day_and_only_after_an_answer(
    asked: timedelta | None, answered: timedelta | None, why: str | None
) -> None:
    past = LadderPast()
    if asked is not None:
        past = after_sent(past, facts("P3A"), NOON + asked)
    if answered is not None:
        past = after_answer(past, "P3A", NOON + answered)
    state = LadderState(NOON.date() - 60 * DAY, "America/Denver", past)
    held = why_not_in_order(facts("P3B"), state, NOON)
    assert (held is None) if why is None else (held is not None and held.rule == 9 and why in held.why)
    assert why_not_in_order(facts("P3D"), state, NOON) is None  # the other is asked, whatever the carer wrote


def test_pairs_are_judged_one_by_one_though_they_look_alike() -> None:
    past = after_answer(after_sent(LadderPast(), facts("P3A"), NOON - DAY), "P3A", NOON - DAY)
    past = LadderPast(recent=past.recent, used=past.used, answered=(0, 2, 2, 1, 0, 0))
    state = LadderState(NOON.date() - 60 * DAY, "America/Denver", past)
    assert [one.prompt_id for one in all_held([facts("P3B"), facts("P4B")], state, NOON)] == ["P4B"]


def test_sides_of_two_moments_are_never_mixed() -> None:
    told = [
        Told("a1", "P3A", NOON), Told("b1", "P3B", NOON + DAY), Told("d1", "P3D", NOON + 2 * DAY),
        Told("a2", "P3A", NOON + 7 * DAY), Told("x", "P4A", NOON), Told("late", "P4D", NOON + 20 * DAY),
        Told("d2", "P3D", NOON + 8 * DAY), Told("other", "S1", NOON),
    ]  # fmt: skip
    found = [(pair, [one.key for one in sides]) for pair, sides in together(told)]
    assert found == [("P3", ["a2", "d2"]), ("P3", ["a1", "b1", "d1"])]
