"""Inbound text → its words, folded, each with its place in the original: what phrase patterns are matched on."""

import re
import unicodedata
from dataclasses import dataclass

from foster_bond.rules.folding import bare

# A word may hold apostrophes, accents written apart and invisible characters, so that none of them splits it.
_JOINERS = "'\u2018\u2019\u201b\u02bc\u00b4`\u0300-\u036f\u00ad\u034f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff"
_PIECE = re.compile(rf"[^\W_](?:[^\W_]|[{_JOINERS}])*|[.!?;\n\u2026\u3002\uff01\uff1f\u00bf\u00a1]+")
_NOT_LETTERS = re.compile(r"[\W_]+")
_SPELT_WITH_DIGITS = str.maketrans("013457", "oieast")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_RUN = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words side by side with their place in the original text.

    starts, ends: positions in the original, end exclusive.
    stops: for each word, True where a sentence ends behind it (also behind the last word).
    """

    folded: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    stops: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.folded)

    def sentence(self, at: int, reach: int = 40) -> tuple[int, int]:
        """First and end (exclusive) index of the sentence that holds word `at`, at most `reach` words either side."""
        first = at
        while first > max(0, at - reach) and not self.stops[first - 1]:
            first -= 1
        end = at
        while end < min(len(self.folded) - 1, at + reach) and not self.stops[end]:
            end += 1
        return first, end + 1


def words_of(text: str) -> Words:
    """The folded words of a text; three or more single letters apart are one word."""
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    stops: list[bool] = []
    for piece in _PIECE.finditer(text):
        said = piece.group()
        if said[0].isalnum():
            folded.append(fold_word(said))
            start, end = piece.span()
            starts.append(start)
            ends.append(end)
            stops.append(False)
        elif stops and _ends_sentence(text, piece):
            stops[-1] = True
    if stops:
        stops[-1] = True
    return _letters_joined(folded, starts, ends, stops)


def _ends_sentence(text: str, piece: re.Match[str]) -> bool:
    """A dot ends a sentence unless it stands alone between single letters (`k.i.l.l`) or figures (`7.30`)."""
    if piece.group() != ".":
        return True
    before, after = text[piece.start() - 1 : piece.start()], text[piece.end() : piece.end() + 1]
    return not (after.isalnum() and before.isalnum() and not text[max(0, piece.start() - 2)].isalpha())


def fold_word(said: str) -> str:
    """One word: casefolded, without accents, apostrophes and invisible characters."""
    if said.isascii():
        word = said.lower()
        return word if word.isalnum() else _NOT_LETTERS.sub("", word)
    return _NOT_LETTERS.sub("", bare(unicodedata.normalize("NFKC", said)))


def _letters_joined(folded: list[str], starts: list[int], ends: list[int], stops: list[bool]) -> Words:
    if [*map(len, folded)].count(1) <= 2:
        return Words(tuple(folded), tuple(starts), tuple(ends), tuple(stops))
    kept: list[tuple[str, int, int, bool]] = []
    at = 0
    while at < len(folded):
        end = at
        while end < len(folded) and _goes_on(folded[end], end > at and stops[end - 1]):
            end += 1
        if end - at > 2:
            kept.append(("".join(folded[at:end]), starts[at], ends[end - 1], stops[end - 1]))
        else:
            end = max(end, at + 1)
            kept.extend(zip(folded[at:end], starts[at:end], ends[at:end], stops[at:end], strict=True))
        at = end
    a, b, c, d = zip(*kept, strict=True)
    return Words(a, b, c, d)


def _goes_on(word: str, sentence_ended: bool) -> bool:
    return len(word) == 1 and word.isalpha() and not sentence_ended


def spellings(word: str) -> tuple[str, ...]:
    """Other ways to read a word no list holds: long runs shortened (`diiie`), figures for letters (`su1cide`)."""
    found: list[str] = []
    if not word.isalpha() and any(c.isdigit() for c in word) and any(c.isalpha() for c in word):
        found.append(word.translate(_SPELT_WITH_DIGITS))
    if _LONG_RUN.search(word):
        found.append(_LONG_RUN.sub(r"\1\1", word))
        found.append(_LONG_RUN.sub(r"\1", word))
        found.append(_RUN.sub(r"\1", word))
    elif len(word) > 2 and word[-1] == word[-2]:
        found.append(word[:-1])
    return tuple(found)
