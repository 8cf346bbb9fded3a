"""The phrase matcher: each sign of the pattern language, and patterns that would be a mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.rules.phrases import Match, PhraseBook
from foster_bond.rules.words import words_of

CLASSES = {"child": ["him", "her", "kid*"]}


def matched(pattern: str, text: str) -> list[str]:
    words = words_of(text)
    scan = PhraseBook({"p": pattern}, CLASSES).scan(words)
    return [" ".join(words.folded[match.start : match.end]) for match in scan.matches]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("hit him", "They hit him", ["hit him"]),
        ("hit him", "hit by him", []),
        ("hit|slap him|her", "slap her", ["slap her"]),
        ("hit <child>", "hit kiddo", ["hit kiddo"]),  # a class may hold a beginning
        ("hit hard? him", "hit him", ["hit him"]),
        ("hit hard? him", "hit hard him", ["hit hard him"]),
        ("hit ~2 him", "hit and then him", ["hit and then him"]),
        ("hit ~2 him", "hit and then again him", []),
        ("hit ~2 him", "He hit. And him too", []),  # a gap does not reach over a sentence
        ("hit him", "He hit. Him", ["hit him"]),  # words side by side do
        ("suicid*", "suicidal", ["suicidal"]),
        ("bruise* on", "bruises on", ["bruises on"]),
        ("bruises on", "bruises on", ["bruises on"]),
        ("^ stop", "Please. Stop now", ["stop"]),
        ("^ stop", "we stop now", []),
        ("stop $", "now stop", ["stop"]),
        ("stop $", "stop. Now", ["stop"]),
        ("stop $", "stop now", []),
        ("stop now|$", "stop", ["stop"]),
        ("die", "diiiie", ["diiiie"]),  # a long run
        ("die", "d i e", ["die"]),  # letters set apart
        ("di", "d i", []),  # two of them are two words
    ],
)
def test_each_sign_of_a_pattern(pattern: str, text: str, found: list[str]) -> None:
    assert matched(pattern, text) == found


def test_a_known_misspelling_counts_as_its_word() -> None:
    book = PhraseBook({"p": "not breathing"}, spelt=lambda vocabulary: {"breething": "breathing", "not": "x"})
    assert book.scan(words_of("not breething")).matches == (Match("p", 0, 2),)


def test_a_listed_word_also_goes_where_its_beginning_goes() -> None:
    book = PhraseBook({"long": "abuse her", "short": "abus* him"})
    assert [match.pattern for match in book.scan(words_of("abuse him, abuse her, abused him")).matches] == [
        "short",
        "long",
        "short",
    ]


@pytest.mark.parametrize("pattern", ["please?", "hit ~2", "~1", "hit <nobody>"])
def test_a_pattern_that_cannot_be_meant_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput):
        PhraseBook({"p": pattern}, CLASSES)


def test_a_pattern_that_repeats_for_ever_is_reported_a_few_times() -> None:
    scan = PhraseBook({"p": "hit him"}).scan(words_of("hit him " * 5_000))
    assert len(scan.matches) == 16


@given(st.text(max_size=200))
def test_words_have_their_place_in_the_original(text: str) -> None:
    words = words_of(text)
    assert all(0 <= start < end <= len(text) for start, end in zip(words.starts, words.ends, strict=True))
    assert list(words.starts) == sorted(words.starts)
    assert not words or words.stops[-1]
