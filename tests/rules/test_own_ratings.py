"""What may be said of the numbers people give themselves: their own past, in order, and no line too soon."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond import library
from foster_bond.rules.own_ratings import SCALES, RatedAnswer, RatingKind, RatingPoint, kind_of, own_ratings

BEGAN = datetime(2026, 3, 2, 19, tzinfo=UTC)
GRACE, BEN = "grace", "ben"


def gave(value: int, week: int, *, who: str = GRACE, reply: str = "1-5", level: int = 1) -> RatedAnswer:
    return RatedAnswer(who, level, "self", reply, RatingPoint(value, BEGAN + timedelta(weeks=week), f"r{week}"))


def weekly(*values: int) -> list[RatedAnswer]:
    return [gave(value, week) for week, value in enumerate(values)]


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("S2", RatingKind.THERMOMETER),
        ("R1", RatingKind.CLOSENESS),
        ("R2", RatingKind.HARD_MOMENTS),
        ("H2", None),  # "how sure are you" is no rating of oneself
        ("S1", None),  # words
    ],
)
def test_which_shipped_prompts_ask_for_an_own_rating(prompt: str, kind: RatingKind | None) -> None:
    shipped = library.prompts()[prompt]
    assert kind_of(level=shipped.level, target=shipped.target, reply=shipped.reply) is kind


@pytest.mark.parametrize(
    ("values", "last", "usual", "line"),
    [
        ((4,), (4,), None, False),
        ((3, 3, 2), (3, 3, 2), None, False),
        ((3, 4, 2, 2), (4, 2, 2), None, True),  # four points: a line, but one earlier answer is nobody's usual
        ((3, 3, 4, 2, 2, 1), (2, 2, 1), 3, True),
        ((2, 5, 4, 3, 2, 2, 1), (2, 2, 1), 3, True),  # an even number before: a number they really gave
    ],
)
def test_last_answers_and_their_usual(
    values: tuple[int, ...], last: tuple[int, ...], usual: int | None, line: bool
) -> None:
    found = own_ratings(weekly(*values))[GRACE][RatingKind.THERMOMETER]
    assert tuple(one.value for one in found.last) == last
    assert (found.usual, found.may_draw_line) == (usual, line)


def test_people_and_questions_are_never_mixed() -> None:
    mixed = [*weekly(2, 2), gave(7, 1, reply="1-7"), gave(5, 1, who=BEN), gave(9, 2), gave(4, 3, reply="1-5+text")]
    found = own_ratings(reversed(mixed))
    assert [one.value for one in found[GRACE][RatingKind.THERMOMETER].points] == [2, 2]
    assert [one.value for one in found[GRACE][RatingKind.CLOSENESS].points] == [7]
    assert [one.value for one in found[BEN][RatingKind.THERMOMETER].points] == [5]
    assert set(found) == {GRACE, BEN} and set(found[GRACE]) == {RatingKind.THERMOMETER, RatingKind.CLOSENESS}


@given(st.lists(st.tuples(st.integers(-2, 12), st.integers(0, 60), st.sampled_from(["1-5", "1-7", "0-10", "text"]))))
def test_whatever_comes_is_in_order_inside_its_scale_and_said_by_them(given_: list[tuple[int, int, str]]) -> None:
    found = own_ratings(gave(value, week, reply=reply) for value, week, reply in given_).get(GRACE, {})
    for kind, mine in found.items():
        values = [one.value for one in mine.points]
        assert all(SCALES[kind][0] <= value <= SCALES[kind][1] for value in values)
        assert [one.at for one in mine.points] == sorted(one.at for one in mine.points)
        assert mine.usual is None or mine.usual in values[:-3]
        assert mine.may_draw_line is (len(values) >= 4)
