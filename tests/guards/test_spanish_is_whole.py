"""Guard: whatever staff pages say has its Spanish, gaps and all, and the catalogue holds nothing that nobody says."""

import re

from babel.messages.catalog import Message

from tests.web.staff_words import FILE, merged, open_in, written

GAP = re.compile(r"%\((\w+)\)[sd]")


def both(words: object) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, tuple | list) else (str(words or ""),)


def gaps(words: str) -> set[str]:
    return set(GAP.findall(words))


def odd(one: Message) -> bool:
    """Whether a gap went missing or came in. A singular may say its one as a word: "Una familia"."""
    english, spanish = both(one.id), both(one.string)
    whole = set().union(*map(gaps, english))
    counted = {"n", "num"} if len(english) == 2 else set()
    return not all(
        whole - (counted if place == 0 else set()) <= gaps(said) <= whole for place, said in enumerate(spanish)
    )


def test_everything_is_said_in_spanish_and_nothing_else() -> None:
    catalogue = merged()
    assert open_in(catalogue) == [], "make words lists it; the catalogue is edited by hand"
    assert written(catalogue) == FILE.read_bytes(), "make words brings it up to date"


def test_every_gap_is_filled_in_spanish_too() -> None:
    assert [one.id for one in merged() if one.id and odd(one)] == []
