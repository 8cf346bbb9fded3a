"""Rules of the pages: finding words in what was said: one case, no accents, every word at the beginning of a word."""

import re
from dataclasses import dataclass

from foster_bond.rules.folding import bare

MOST_WORDS, LONGEST = 8, 200
AROUND = 90  # letters before the first word that was found
SHOWN = 280
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u00b4`\u2032]")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `found`: it is one of the words looked for."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: every one of these words, or the beginnings of longer ones."""

    words: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.words)

    def found_in(self, text: str) -> bool:
        """Whether the text has all of them."""
        seen = _plain(text)
        # The plain look-up first: nearly every text is left after it, at a tenth of the price.
        return all(word in seen for word in self.words) and all(_begins(word, seen) for word in self.words)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The part of the text around the first word that was found, with every found word marked."""
        marks = [run.span() for run in _WORDS.finditer(text) if _plain(run[0]).startswith(self.words)]
        start = max(0, (marks[0][0] if marks else 0) - AROUND)
        start = 0 if start < AROUND // 3 else text.find(" ", start) + 1 or start
        end = min(len(text), start + SHOWN)
        pieces, at = [Piece("… " if start else "")], start
        for first, last in marks:
            if start <= first and last <= end:
                pieces += [Piece(text[at:first]), Piece(text[first:last], found=True)]
                at = last
        pieces.append(Piece(text[at:end] + (" …" if end < len(text) else "")))
        return tuple(piece for piece in pieces if piece.text)


def _plain(text: str) -> str:
    return bare(_APOSTROPHES.sub("", text)) if not text.isascii() or "'" in text or "`" in text else text.lower()


def _begins(word: str, seen: str) -> bool:
    at = seen.find(word)
    while at >= 0:
        if at == 0 or not (seen[at - 1].isalnum() or seen[at - 1] == "_"):
            return True
        at = seen.find(word, at + 1)
    return False


def sought(typed: str) -> Sought:
    """The words of a search, each once; empty where there is nothing to look for."""
    words = _WORDS.findall(_plain(typed[:LONGEST]))
    return Sought(tuple(dict.fromkeys(words))[:MOST_WORDS])
