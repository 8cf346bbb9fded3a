"""Since the last visit: facts of what people wrote themselves, each against that person's own past and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.own_ratings import RatedAnswer, RatingKind, RatingPoint
from foster_bond.rules.since_visit import Asked, Compared, Heard, PersonSince, SinceVisit, compare, since_visit

NOW = datetime(2026, 11, 17, 23, 0, tzinfo=UTC)
DAY = timedelta(days=1)
VISIT = NOW - 14 * DAY
GRACE, BEN = "grace", "ben"

days = st.integers(min_value=-5, max_value=140)
heard_texts = st.lists(
    st.builds(
        lambda number, who, ago, hard, other: Heard(f"r{number}", who, NOW - ago * DAY, hard, other),
        st.integers(0, 10_000), st.sampled_from([GRACE, BEN, "gone"]), days, st.booleans(), st.booleans(),
    ),
    max_size=40, unique_by=lambda one: one.reflection_id,
)  # fmt: skip
asked_prompts = st.lists(
    st.builds(
        lambda who, ago, yes: Asked(who, NOW - ago * DAY, yes), st.sampled_from([GRACE, BEN]), days, st.booleans()
    ),
    max_size=30,
)


def rated(who: str, *values: int, first: int = 60, every: int = 5) -> list[RatedAnswer]:
    return [
        RatedAnswer(who, 1, "self", "1-5", RatingPoint(value, NOW - (first - number * every) * DAY, f"n{number}"))
        for number, value in enumerate(values)
    ]


def of_grace(found: SinceVisit) -> PersonSince:
    return next(one for one in found.people if one.member_id == GRACE)


@given(heard_texts, asked_prompts, st.integers(min_value=0, max_value=60))
def test_every_fact_rests_on_texts_of_that_person_since_then(heard: list[Heard], asked: list[Asked], ago: int) -> None:
    since = NOW - ago * DAY
    found = since_visit(heard, asked, [], members=[GRACE, BEN], since=since, now=NOW)
    written = {one.reflection_id: one for one in heard}
    for person in found.people:
        mine = {key for key, one in written.items() if one.member_id == person.member_id and since < one.at <= NOW}
        assert {one.reflection_id for one in person.wrote} == mine
        assert {one.reflection_id for one in person.hard} == {key for key in mine if written[key].hard_day}
        assert {one.reflection_id for one in person.wondered} == {key for key in mine if written[key].about_other}
        assert list(person.wrote) == sorted(person.wrote, key=lambda one: one.at)
    assert 0 <= found.answered <= found.asked <= len(asked)


@given(heard_texts, asked_prompts, st.randoms())
def test_the_order_in_which_texts_are_read_changes_nothing(
    heard: list[Heard], asked: list[Asked], chance: object
) -> None:
    turned, sent = list(heard), list(asked)
    chance.shuffle(turned)  # type: ignore[attr-defined]  # Hypothesis hands in a random.Random
    chance.shuffle(sent)  # type: ignore[attr-defined]  # the same
    first = since_visit(heard, asked, [], members=[GRACE, BEN], since=VISIT, now=NOW)
    assert since_visit(turned, sent, [], members=[GRACE, BEN], since=VISIT, now=NOW) == first


@given(heard_texts, asked_prompts)
def test_one_person_is_never_held_against_another(heard: list[Heard], asked: list[Asked]) -> None:
    """Whatever Ben writes, what is said of Grace stays the same."""
    both = since_visit(heard, asked, [], members=[GRACE, BEN], since=VISIT, now=NOW)
    only = since_visit(
        [one for one in heard if one.member_id == GRACE], [one for one in asked if one.member_id == GRACE], [],
        members=[GRACE, BEN], since=VISIT, now=NOW,
    )  # fmt: skip
    assert [one for one in both.people if one.member_id == GRACE] == [
        one for one in only.people if one.member_id == GRACE
    ]


@given(st.integers(0, 50), st.floats(min_value=0, max_value=50), st.integers(1, 20))
def test_writing_more_is_never_called_less(count: int, usual: float, more: int) -> None:
    order = list(Compared)
    assert order.index(compare(count, usual)) <= order.index(compare(count + more, usual))


@pytest.mark.parametrize(
    ("wrote", "before", "compared"),
    [(4, 24, Compared.USUAL), (5, 24, Compared.LITTLE_MORE), (7, 24, Compared.MORE), (3, 24, Compared.LITTLE_LESS),
     (0, 24, Compared.LESS), (1, 0, Compared.MORE), (0, 0, Compared.USUAL)],
)  # fmt: skip
def test_how_often_against_their_own_usual(wrote: int, before: int, compared: Compared) -> None:
    """24 times in twelve weeks are four in the two weeks since the visit."""
    heard = [Heard(f"b{number}", GRACE, VISIT - (number * 3 + 1) * DAY) for number in range(before)]
    heard += [Heard(f"l{number}", GRACE, VISIT + (number + 1) * DAY) for number in range(wrote)]
    found = since_visit(heard, [Asked(GRACE, NOW - 150 * DAY, True), Asked(GRACE, NOW - DAY, False)], [],
                        members=[GRACE], since=VISIT, now=NOW)  # fmt: skip
    assert (of_grace(found).compared, len(of_grace(found).wrote)) == (compared, wrote)


@pytest.mark.parametrize(("first_asked", "since"), [(27, 14), (100, 2)])
def test_too_little_to_compare_says_nothing(first_asked: int, since: int) -> None:
    """Thirteen days of usual, or two days of since, are chance."""
    found = since_visit([Heard("r", GRACE, NOW - DAY)], [Asked(GRACE, NOW - first_asked * DAY, True)], [],
                        members=[GRACE], since=NOW - since * DAY, now=NOW)  # fmt: skip
    assert of_grace(found).compared is None and of_grace(found).usual is None


def test_the_numbers_they_gave_beside_the_one_they_usually_give() -> None:
    answers = rated(GRACE, 3, 3, 4, 2, 2, 1, first=40, every=7)
    found = since_visit([], [], answers, members=[GRACE, BEN], since=VISIT, now=NOW)
    (ratings,) = of_grace(found).ratings
    assert (ratings.kind, [one.value for one in ratings.last], ratings.usual) == (RatingKind.THERMOMETER, [2, 2, 1], 3)
    assert [one.member_id for one in found.people] == [GRACE]


def test_old_numbers_are_not_the_last_ones() -> None:
    found = since_visit([], [], rated(GRACE, 2, first=60), members=[GRACE], since=VISIT, now=NOW)
    assert found.people == ()


def test_who_was_asked_and_did_not_write_is_named() -> None:
    found = since_visit([], [Asked(BEN, NOW - DAY, False)], [], members=[GRACE, BEN], since=VISIT, now=NOW)
    assert [(one.member_id, one.wrote) for one in found.people] == [(BEN, ())]
    assert (found.asked, found.answered, found.last_words) == (1, 0, None)


def test_the_last_words_may_be_older_than_the_visit() -> None:
    old = Heard("r", GRACE, VISIT - 9 * DAY)
    found = since_visit([old, replace(old, reflection_id="x", member_id="gone", at=NOW)], [], [], members=[GRACE],
                        since=VISIT, now=NOW)  # fmt: skip
    assert found.last_words is not None and found.last_words.reflection_id == "r"
