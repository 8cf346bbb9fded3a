"""The keyword table, folded: which meanings a phrase has, in which language, and how they rank."""

from enum import StrEnum
from functools import cache

from foster_bond.library.keywords import keyword_words
from foster_bond.rules.folding import fold


class Meaning(StrEnum):
    """What a text asks of us. The order is the order of precedence: of several, the first one is answered."""

    TAKE_ALERT = "take_alert"
    STOP = "stop"
    WRONG_NUMBER = "wrong_number"
    START = "start"
    YES = "yes"
    NO = "no"
    HELP = "help"
    UNCLEAR_STOP = "unclear_stop"
    BASE = "base"
    PAUSE = "pause"
    BACK = "back"
    LESS = "less"
    MORE = "more"
    TIME = "time"
    LANGUAGE = "language"
    WHY = "why"
    STORY = "story"
    DELETE = "delete"
    GO = "go"
    DONE = "done"
    SKIP = "skip"
    LATER = "later"
    REPLY = "reply"


RANK = {meaning: rank for rank, meaning in enumerate(Meaning)}


@cache
def _table() -> dict[str, tuple[tuple[Meaning, str], ...]]:
    """Folded words → their meanings with the language they belong to."""
    table: dict[str, list[tuple[Meaning, str]]] = {}
    for name, languages in keyword_words()["meanings"].items():
        for language, words in languages.items():
            for word in words:
                table.setdefault(fold(word), []).append((Meaning(name), language))
    return {folded: tuple(entries) for folded, entries in table.items()}


def meanings_of(folded: str) -> tuple[Meaning, ...]:
    """The meanings these folded words have somewhere in the table."""
    return tuple(dict.fromkeys(meaning for meaning, _ in _table().get(folded, ())))


def language_of(folded: str, meaning: Meaning) -> str | None:
    """The one language that has these words for the meaning; None where several do."""
    languages = {language for entry, language in _table().get(folded, ()) if entry is meaning}
    return languages.pop() if len(languages) == 1 else None


@cache
def polite_words() -> tuple[str, ...]:
    """Polite words folded, longest first, so that `thank you` goes before `you` could stand alone."""
    words = {fold(word) for language in keyword_words()["polite"].values() for word in language}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def without_polite(folded: str) -> tuple[str, ...]:
    """The words without one polite word at the end, at the start, at both; only versions that leave something."""
    at_end = next((folded[: -len(word) - 1] for word in polite_words() if folded.endswith(f" {word}")), folded)
    at_start = next((folded[len(word) + 1 :] for word in polite_words() if folded.startswith(f"{word} ")), folded)
    both = next((at_end[len(word) + 1 :] for word in polite_words() if at_end.startswith(f"{word} ")), folded)
    return tuple(trimmed for trimmed in dict.fromkeys((at_end, at_start, both)) if trimmed != folded)


@cache
def listed(section: str, name: str) -> frozenset[str]:
    """A smaller list of the word file, folded."""
    return frozenset(fold(word) for word in keyword_words()[section][name])
