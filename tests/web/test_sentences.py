"""Sentences that the rules make in English, in the reader's language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.web.sentences import Sentences
from tests.web.staff_words import sentences

KNOWN = {
    "Held until %(day)s.": "Retenido hasta %(day)s.",
    "Held until %(day)s by %(who)s.": "Retenido hasta %(day)s por %(who)s.",
    "noon": "el mediodía",
    "An alert is open.": "Hay una alerta abierta.",
    "Not yet in Spanish.": "",
    "Hope": "Esperanza",
    "three": "tres",
    "%(capitalize)s texts have come.": "%(capitalize)s textos han llegado.",
    "%(a)s and %(b)s": "%(a)s y %(b)s",
    "A good %% of %(all)s texts": "Un buen %% de %(all)s textos",
}


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("An alert is open.", "Hay una alerta abierta."),
        ("Held until 19:00.", "Retenido hasta 19:00."),
        ("Held until noon.", "Retenido hasta el mediodía."),
        ("Held until 19:00 by Tom.", "Retenido hasta 19:00 por Tom."),
        ("noon.", "el mediodía."),
        ("noon..", "noon.."),
        ("An alert is open. Held until 19:00.", "Hay una alerta abierta. Retenido hasta 19:00."),
        ("A good % of 40 texts", "Un buen % de 40 textos"),
        ("Not yet in Spanish.", "Not yet in Spanish."),
        ('Held until "noon".', 'Retenido hasta "noon".'),
        ("Held until 19:00 by Hope.", "Retenido hasta 19:00 por Hope."),
        ("Three texts have come.", "Tres textos han llegado."),
        ("She said: held until he slept", "She said: held until he slept"),
        ("salt and pepper", "salt and pepper"),
        ("", ""),
    ],
)
def test_a_sentence_is_found_by_what_stands_around_its_gaps(english: str, told: str) -> None:
    assert Sentences(KNOWN).tell(english) == told


def test_a_long_row_that_somebody_typed_stays_as_it_is() -> None:
    for typed in ("a, " * 2000, "Held until " * 2000, "An alert is open; " * 100):
        assert Sentences(KNOWN).tell(typed) == typed


@given(st.text(max_size=60))
def test_what_is_not_ours_stays_as_it_is(words: str) -> None:
    told = Sentences(KNOWN).tell(words)
    assert told == words or any(other and other.split("%")[0] in told for other in KNOWN.values())


@given(st.text(st.characters(exclude_characters="%"), min_size=1, max_size=30))
def test_what_stands_in_a_gap_arrives_whole(words: str) -> None:
    told = Sentences({"Held until %(day)s for good.": "Retenido hasta %(day)s sin fin."}).tell(
        f"Held until {words} for good."
    )
    assert told == f"Retenido hasta {words} sin fin."


def test_sentences_are_read_from_code_with_their_gaps_named() -> None:
    code = '''
"""A module's own words."""
WHY = "Somebody wrote about {who} today"
def why(day, at):
    """Not this."""
    log.get_logger("nor this one")
    return f"Held until {day} at {at(day)}." if day else "x"
'''
    assert sorted(sentences(code)) == ["Held until %(day)s at %(at)s.", "Somebody wrote about %(who)s today"]
