"""Reply → a mark for whoever reads it: words that are neither English nor Spanish. Certain, or silent."""

import unicodedata
from functools import cache

from foster_bond.library.keywords import other_languages
from foster_bond.rules.folding import fold

_LEAST = 4  # letters; a shorter text may be a name or a sign
_DIFFERENT = 2  # words of one language; a single one may be a name, a dish or a greeting
_SHARE = 4  # at least every fourth word: a sentence quoted in a long text is no other language
_READ = 2000  # characters


def is_other_language(text: str) -> bool:
    """True where a text is written in other letters than Latin ones, or in small words of a language that is not ours.

    Told apart: French, Portuguese, Haitian Creole, Tagalog, German, Swahili and Vietnamese. A text of which it is not
    sure is not marked: a guess that is wrong would mislead.
    """
    return is_foreign_script(text) or _is_foreign_speech(text[:_READ])


def language_of(text: str, usual: str) -> str:
    """English or Spanish, by the small words of a text; `usual` where they do not say, "" in another language."""
    if is_other_language(text):
        return ""
    words = fold(text[:_READ]).split()
    english, spanish = (sum(word in known for word in words) for known in _ours())
    if english == spanish:
        return usual
    return "en" if english > spanish else "es"


def is_foreign_script(text: str) -> bool:
    """True where most letters of the text are of another script than the Latin one."""
    letters = [character for character in unicodedata.normalize("NFKC", text[:_READ]) if character.isalpha()]
    latin = sum(unicodedata.name(character, "").startswith("LATIN") for character in letters)
    return len(letters) >= _LEAST and latin * 2 < len(letters)


def _is_foreign_speech(text: str) -> bool:
    words = fold(text).split()
    lists, ours = _lists()
    own = sum(word in ours for word in words)
    marked = sum(not _letters().isdisjoint(word) for word in text.casefold().split())
    counted = [(sum(word in known for word in words), len(known.intersection(words))) for known in lists]
    counted.append((marked, marked))
    return any(different >= _DIFFERENT and found > own and found * _SHARE >= len(words) for found, different in counted)


@cache
def _lists() -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    """The words of each other language, and those that English or Spanish has."""
    ours = frozenset().union(*_of("ours"))
    return tuple(words - ours for words in _of("words")), ours


@cache
def _ours() -> tuple[frozenset[str], frozenset[str]]:
    """The words of English alone, and of Spanish alone."""
    english, spanish = _of("ours")
    return english - spanish, spanish - english


def _of(section: str) -> list[frozenset[str]]:
    return [frozenset(words.split()) for words in other_languages()[section].values()]


@cache
def _letters() -> frozenset[str]:
    return frozenset(other_languages()["letters"])
