"""How many segments a text takes, against the standard's vectors and a slow count of our own."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.segments import BASIC, EXTENDED, Measure, foreign_signs, is_gsm, measure, plain

GSM_TEXT = st.text(alphabet=sorted(BASIC | EXTENDED), max_size=700)
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("Tú", "UCS-2", 2, 1),
        ("¿Qué?", "GSM-7", 5, 1),
        ("[ok]", "GSM-7", 6, 1),  # brackets take two septets each
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("á" * 70, "UCS-2", 70, 1),
        ("á" * 71, "UCS-2", 71, 2),
        ("á" * 134, "UCS-2", 134, 2),
        ("á" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("€" * 80, "GSM-7", 160, 1),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),  # the pair moves on whole, so one septet stays empty
        ("á" * 66 + "😀" + "á" * 66, "UCS-2", 134, 3),  # a surrogate pair likewise
        ("e\u0301", "GSM-7", 1, 1),  # é written as two signs is one once composed
        ("a\u0301", "UCS-2", 1, 1),
        ("`", "UCS-2", 1, 1),  # an ASCII sign that GSM-7 lacks
        ("ç", "UCS-2", 1, 1),  # only the capital is in the alphabet
    ],
)
def test_known_lengths(text: str, encoding: str, units: int, parts: int) -> None:
    assert measure(text) == Measure(encoding, units, parts)


def test_the_alphabet_is_whole() -> None:
    assert len(BASIC) == 127  # 128 codes, one of which is the escape itself
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


def slow_parts(text: str) -> int:
    """Cut the encoded text as a carrier would: fill a part, step back where a pair would be cut."""
    whole = unicodedata.normalize("NFC", text)
    if all(sign in BASIC or sign in EXTENDED for sign in whole):
        stream = "".join("<>" if sign in EXTENDED else "." for sign in whole)
        single, room = 160, 153
    else:
        stream = "".join("<>" if len(sign.encode("utf-16-be")) == 4 else "." for sign in whole)
        single, room = 70, 67
    if len(stream) <= single:
        return 1
    parts = 0
    while stream:
        cut = min(room, len(stream))
        if cut < len(stream) and stream[cut - 1] == "<":
            cut -= 1
        stream, parts = stream[cut:], parts + 1
    return parts


@given(GSM_TEXT)
def test_gsm_parts_agree_with_the_slow_count(text: str) -> None:
    assert measure(text).encoding == "GSM-7"
    assert measure(text).parts == slow_parts(text)


@given(ANY_TEXT)
def test_parts_agree_with_the_slow_count_for_any_text(text: str) -> None:
    assert measure(text).parts == slow_parts(text)


@given(st.integers(0, 400), st.integers(0, 160), st.sampled_from(["€", "😀"]))
def test_a_pair_at_every_edge(before: int, after: int, pair: str) -> None:
    text = "a" * before + pair * 3 + "a" * after
    assert measure(text).parts == slow_parts(text)


@given(ANY_TEXT)
def test_a_text_never_measures_less_than_the_part_before_it(text: str) -> None:
    assert measure(text + "a").parts >= measure(text).parts


@pytest.mark.parametrize(
    ("typed", "text", "changes"),
    [
        ("It’s “fine”", 'It\'s "fine"', 2),
        ("wait… – ok — then", "wait... - ok - then", 2),
        ("a\u00a0b\tc", "a b c", 1),
        ("st\u200bop", "stop", 1),
        ("«hola»", '"hola"', 1),
        ("plain text", "plain text", 0),
        ("está más", "está más", 0),  # accents are spelling: never stripped
    ],
)
def test_costly_signs_become_plain_and_the_author_is_told(typed: str, text: str, changes: int) -> None:
    made = plain(typed)
    assert made.text == text
    assert len(made.changes) == changes


@given(ANY_TEXT)
def test_making_plain_twice_changes_nothing_more(text: str) -> None:
    once = plain(text)
    assert plain(once.text).text == once.text
    assert plain(once.text).changes == ()


def test_the_signs_that_cost_are_named_once_each() -> None:
    assert foreign_signs("mamá está aquí 😀") == ("á", "í", "😀")
    assert is_gsm("mañana é ü") and not is_gsm("día")
