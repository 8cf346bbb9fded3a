"""Words found in what was said: whatever the capitals, accents and apostrophes; what is shown is the text itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.word_search import SHOWN, sought


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("play", "We PLAYED outside.", True), ("play", "A display.", False), ("played out", "We played outside.", True),
        ("out played", "We played outside.", True), ("nina", "La niña durmió.", True), ("NIÑA", "la nina", True),
        ("didnt", "He didn’t eat.", True), ("didn't", "he didnt eat", True), ("ate late", "He ate.", False),
        ("4", "A 4 today", True), ("4", "At 14:00", False), ("b", "<b>bold</b>", True), ("mom's", "my mom`s car", True),
    ],
)  # fmt: skip
def test_words_are_found(typed: str, text: str, found: bool) -> None:
    assert sought(typed).found_in(text) is found


def test_nothing_is_looked_for_where_there_are_no_words() -> None:
    assert not sought(" .,;!? ") and not sought("")
    assert len(sought(" ".join(map(str, range(99)))).words) == 8


@given(text=st.text(max_size=900), typed=st.text(min_size=1, max_size=20))
def test_what_is_shown_is_a_piece_of_the_text_and_marks_only_what_was_sought(text: str, typed: str) -> None:
    words = sought(typed)
    if not words:
        return
    pieces = words.pieces(text)
    shown = "".join(piece.text for piece in pieces).removeprefix("… ").removesuffix(" …")
    assert shown in text and len(shown) <= SHOWN
    assert all(words.found_in(piece.text) or len(words.words) > 1 for piece in pieces if piece.found)


def test_the_first_word_found_is_shown_in_a_long_text() -> None:
    pieces = sought("zebra").pieces("a word " * 200 + "the Zebras came " + "b word " * 200)
    assert [piece.text for piece in pieces if piece.found] == ["Zebras"]
    assert pieces[0].text == "… " and pieces[-1].text.endswith(" …")
