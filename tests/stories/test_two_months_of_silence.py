"""Two months without a word: N1 asks, YES keeps and NO stops.

The same town and the same model as the whole conversation, which meets so long a silence by chance only.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.stories.conversation_model import DAY, HOUR, Saying
from tests.stories.conversation_town import GRACE, ROSA
from tests.stories.test_the_whole_conversation import Conversation


@pytest.fixture
def talk(new_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Conversation]:
    machine = type("Conversation", (Conversation,), {"new_database": staticmethod(new_database)})()
    machine.settle_in()
    machine.the_model_agrees()
    yield machine
    machine.teardown()


def has_n1(talk: Conversation, number: str) -> bool:
    return any(note.text_id == "N1" and note.to_bidx == talk.town.bidx[number] for note in talk.town.notes())


@pytest.mark.long
@pytest.mark.timeout(600)
def test_silence_is_asked_about_once_and_then_counts(talk: Conversation) -> None:
    for _ in range(13):
        talk.time_goes_by(4 * HOUR)  # two days in which everybody is asked; then the hour is noon or later everywhere
    for _ in range(8):
        talk.time_goes_by(7 * DAY)
        talk.the_model_agrees()
    answers = {GRACE: Saying("YES", "yes"), ROSA: Saying("No", "no")}
    for _ in range(20):
        talk.time_goes_by(DAY)
        for number in [one for one in answers if has_n1(talk, one)]:
            talk._say(number, answers.pop(number))
        talk.the_model_agrees()
    assert answers == {}
    assert [talk.town.consent(number) for number in (GRACE, ROSA)] == ["active", "stopped"]
