"""The timeline folds one activity into one moment and sets the sides of a moment next to each other."""

from collections.abc import Iterator

import pytest

from foster_bond.rules.page_values.moments import Moment, Reflection, SaidMoment, SentMoment, ViewsMoment, WalkMoment
from foster_bond.steps.reading.read_timeline import read_family
from tests.steps.asking.house import GRACE, open_house
from tests.stories.flow_evenings import Evenings, on


@pytest.fixture
def home(database_url: str) -> Iterator[Evenings]:
    evenings = Evenings(open_house(database_url, on(1, 12)))
    evenings.move_in(on(2, 9))
    evenings.join(GRACE, on(2, 9))
    yield evenings
    evenings.house.store.close()


def moments(home: Evenings) -> list[Moment]:
    page = read_family(home.house.store, home.boss, home.family, on(9, 12))
    return [one for week in page.weeks for one in week.moments]


def test_one_journey_is_one_moment_with_all_that_was_said_in_it(home: Evenings) -> None:
    home.offer("dream_journey", on(2, 11))
    at = home.soon(on(2, 11))
    for words in ("by the lake", "BASE", "GO", "pines"):
        home.say(words, at)
        at = home.soon(at)
    home.say("and the smell of rain", on(8, 12))  # late: filed to its step, and told that it has closed
    walks = [one for one in moments(home) if isinstance(one, WalkMoment)]
    assert len(walks) == 1 and walks[0].number == 3 and walks[0].why == "silence"
    inside = walks[0].inside
    assert [type(one) for one in inside] == [
        Reflection, SentMoment, SaidMoment, SaidMoment, Reflection, Reflection, SentMoment,
    ]  # fmt: skip
    replies = [one for one in inside if isinstance(one, Reflection)]
    assert [one.parts[0].text for one in replies] == ["by the lake", "pines", "and the smell of rain"]
    assert all(one.asked is not None and one.delivery is not None for one in replies)
    assert not [one for one in moments(home) if isinstance(one, Reflection | SentMoment | SaidMoment)]


def test_sides_stand_together_where_the_newest_was_said_and_a_guess_stays_marked(home: Evenings) -> None:
    home.offer("P2", on(2, 11))
    home.soon(on(2, 11))
    home.say("relief", on(2, 12))
    home.pass_by(on(3, 11, 55), on(3, 13))
    assert [type(one) for one in moments(home) if isinstance(one, ViewsMoment)] == []  # one side is no pair
    home.say("she hoped; she worried", on(3, 14))
    (views,) = [one for one in moments(home) if isinstance(one, ViewsMoment)]
    assert (views.pair, [letter for letter, _ in views.sides]) == ("P2", ["A", "B"])
    assert [side.guess for _, side in views.sides if isinstance(side, Reflection)] == [False, True]
    assert not [one for one in moments(home) if isinstance(one, Reflection | SentMoment)]
