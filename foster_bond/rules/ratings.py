"""Reply → the person's own rating, where the text gives one beyond doubt; else none, and a person reads the words."""

import re
from functools import cache

from foster_bond.library.keywords import keyword_words, rating_words
from foster_bond.rules.folding import bare, plain

# A number, a word, or one mark; `4.5`, `7:30` and `4/5` stay whole.
_PIECES = re.compile(r"\d+(?:[.:,/]\d+)+|\d+[^\W\d_]+|\d+|[^\W\d_]+|[^\w\s]|\n")
_ENDS = frozenset(',.;:!?()-\u2013\u2014\n"*')
_MOST_LEADING = 5  # words that may stand before the figure: "I would say about a 4"


def rating(text: str, low: int, high: int) -> int | None:
    """The figure a reply gives, from `low` to `high`; None where there is none or more than one reading.

    Read: "4", "a 4", "4, she hugged me", "4 because", "cuatro", "4/5", "4 out of 5", "Long day. 3".
    Not read: "4 times", "4 or 5", "4.5", "3-4", figures out of range, another scale, a figure amid words.
    """
    pieces = _PIECES.findall(bare(plain(text)))[:400]
    found = _leading(pieces, low, high)
    return (
        found if found is not None or _number(pieces[0] if pieces else "") is not None else _closing(pieces, low, high)
    )


def _leading(pieces: list[str], low: int, high: int) -> int | None:
    """The figure at the beginning, perhaps behind a few words that lead up to it."""
    words = _words()
    at = 0
    while at < len(pieces) and at <= _MOST_LEADING and (pieces[at] in words["leading"] or pieces[at] in '"*('):
        at += 1
    if at >= len(pieces):
        return None
    return _figure(pieces[at:], low, high)


def _closing(pieces: list[str], low: int, high: int) -> int | None:
    """A figure that is the last sentence or line by itself, and the only figure of the text."""
    cuts = [at for at, piece in enumerate(pieces[:-1]) if piece in (".", "!", "?", ":", "\n")]
    figures = [piece for piece in pieces if piece[0].isdigit() or piece in keyword_words()["numbers"]]
    last = pieces[cuts[-1] + 1 :] if cuts else []
    if cuts and last and last[-1] in (".", "!") and len(last) > 1:
        last = last[:-1]
    return _leading(last, low, high) if len(figures) == 1 and len(last) <= _MOST_LEADING else None


def _figure(pieces: list[str], low: int, high: int) -> int | None:
    first, rest = pieces[0], pieces[1:]
    share = first.split("/")
    if len(share) == 2 and share[1] == str(high):
        first = share[0]
    value = _number(first)
    if value is None or not low <= value <= high:
        return None
    if rest[:2] in (["out", "of"],) or rest[:1] == ["de"]:
        scale = rest[2:3] if rest[0] == "out" else rest[1:2]
        return value if scale and _number(scale[0]) == high else None
    return value if _stands_alone(first, rest) else None


def _stands_alone(first: str, rest: list[str]) -> bool:
    """Nothing behind the figure makes it a count, a range or part of something else."""
    if not rest:
        return True
    words = _words()
    behind = [piece for piece in rest[:4] if piece not in _ENDS and piece not in words["joining"]]
    joined = any(piece in words["joining"] or piece in "-\u2013\u2014/+," for piece in rest[:3])
    if joined and behind and (_number(behind[0]) is not None or behind[0] in words["halves"]):
        return False
    if rest[0] in _ENDS:
        return True
    allowed = words["behind_a_word"] if first.isalpha() else words["behind_a_figure"]
    return rest[0] in allowed or not rest[0].isalnum()


def _number(piece: str) -> int | None:
    if piece.isascii() and piece.isdigit() and len(piece) <= 3:
        return int(piece)
    if piece in ("zero", "cero"):
        return 0
    value = keyword_words()["numbers"].get(piece) if piece not in ("a", "an", "un", "una") else None
    return int(value) if value is not None else None


@cache
def _words() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in rating_words().items()}
