"""The second net: learnt from the labelled lines, adds a sign where no phrase does, never takes one away."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.library.learnt_weights import learnt_weights
from foster_bond.rules.learnt_signs import MARKED, WINDOW, resemblance
from foster_bond.rules.warning_signs import find
from foster_bond.rules.words import words_of
from tests.rules.learning import FILE, ours, written

HEARD_BY_WORDS_ALONE = "grandpa is on the floor his lips are blue and he is not waking up"


def test_the_shipped_weights_are_what_the_labelled_lines_teach() -> None:
    assert FILE.read_text(encoding="utf-8") == written(ours())  # `make learn` writes them anew
    assert json.loads(FILE.read_text(encoding="utf-8"))["version"] == learnt_weights().version


def test_a_cry_in_a_long_letter_weighs_no_less() -> None:
    alone = resemblance(words_of(HEARD_BY_WORDS_ALONE))
    letter = "we had pancakes and then went to the park with the dog " * 12
    around = resemblance(words_of(f"{letter}. {HEARD_BY_WORDS_ALONE}. {letter}"))
    assert alone is not None and around is not None
    assert alone.priority is not None and around.priority is not None


def test_what_no_phrase_says_is_put_before_a_person_and_marked() -> None:
    signs = find("my foster daughters arms is all sliced up fresh ones I just saw")
    assert signs and signs[0].end > signs[0].start


def test_a_joke_beside_it_wakes_nobody() -> None:
    learnt = [sign for sign in find(HEARD_BY_WORDS_ALONE + " lol") if sign.pattern_id.startswith("learnt.")]
    assert all(sign.priority == "review" for sign in learnt)


@pytest.mark.parametrize("text", ["", " ", "?!", "🙂"])
def test_a_text_without_words_resembles_nothing(text: str) -> None:
    assert resemblance(words_of(text)) is None


@given(st.text(max_size=600))
def test_its_place_lies_among_the_words(text: str) -> None:
    words = words_of(text)
    found = resemblance(words)
    if found is not None:
        assert 0 <= found.first < found.end <= len(words)
        assert found.end - found.first <= min(MARKED, WINDOW)
