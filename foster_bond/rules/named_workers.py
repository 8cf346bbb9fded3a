"""Inbound text → alert: does the text name somebody who works at the agency? Then another person reads it first."""

from collections.abc import Iterable, Mapping

from foster_bond.rules.words import Words, fold_word, words_of

_SHORTEST = 3  # letters of a first name that stands alone; "Al" and "Jo" are too often something else
_TITLES = frozenset("mr mrs ms miss mx sr sra srta senor senora senorita maestra maestro".split())
# First names that are words: they count only with a capital letter inside a sentence.
_ALSO_WORDS = frozenset(
    "will mark hope joy may grace faith art bill rose angel amor luz paz sol mar rich drew pat sue don rob chase dawn "
    "april june august summer autumn sky star reina leal blanca clara rosa".split()
)


def named_in(text: str, workers: Mapping[str, str], family_names: Iterable[str] = ()) -> frozenset[str]:
    """The ids of the workers that the text names: by first name, by both names, or by title and last name.

    `workers` are names by id; a first name that somebody of the family bears too says nothing.
    """
    words = words_of(text)
    own = {fold_word(word) for name in family_names for word in name.split()}
    return frozenset(staff_id for staff_id, name in workers.items() if _is_named(words, text, name, own))


def _is_named(words: Words, text: str, name: str, own: set[str]) -> bool:
    parts = [folded for part in name.split() if (folded := fold_word(part))]
    if not parts:
        return False
    first, last = parts[0], parts[-1]
    for at, word in enumerate(words.folded):
        before = words.folded[at - 1] if at else ""
        if word == last and len(parts) > 1 and (before in _TITLES or before == parts[-2]):
            return True
        if word == first and first not in own and len(first) >= _SHORTEST and _is_meant(words, text, at, first):
            return True
    return False


def _is_meant(words: Words, text: str, at: int, first: str) -> bool:
    if first not in _ALSO_WORDS:
        return True
    return at > 0 and not words.stops[at - 1] and text[words.starts[at]].isupper()
