"""Web: finds a sentence that was made in English in the catalogue again, gaps and all, and says it in another language.

The rules make whole English sentences, and some of them are kept with what happened: why a text was held, what stands
in the audit. The catalogue holds each with named gaps, "Held until %(a)s."; a sentence is found by what stands around
its gaps, and what stands in them is told the same way, unless it may be a name or stands in quotes: that is what
somebody typed. Nothing is guessed: what is not found stays as it was made.
"""

import re
from collections.abc import Mapping

_GAP = re.compile(r"%\((\w+)\)[sd]")
_WORD = re.compile(r"\w+")
_ENDED = re.compile(r"(?<=[.!?;:,])\s+")
_QUOTES = "\"'“‘«"
LONGEST, MOST = (
    1200,
    40,
)  # characters, and pieces of a row: what is longer somebody typed, and it is no sentence of ours
DEEPEST = 3  # a sentence in a gap of a sentence in a gap: nothing of ours goes further
FEWEST = 2  # words outside the gaps: "%(a)s and %(b)s" would be found in everything


class Sentences:
    """What one catalogue knows of sentences with gaps. Linear in the sentence for all but a few candidates."""

    def __init__(self, known: Mapping[str, str]) -> None:
        """`known`: the English, with its gaps as %(name)s, to the other language; an empty one counts as unknown."""
        self._whole = {_plain(english): _plain(other) for english, other in known.items() if other}
        self._by_word: dict[str, list[tuple[int, re.Pattern[str], str]]] = {}
        for english, other in self._whole.items():
            around = _WORD.findall(_GAP.sub(" ", english))
            if _GAP.search(english) and len(around) >= FEWEST:
                one = (-len(_GAP.sub("", english)), _pattern(english), other)
                self._by_word.setdefault(max(around, key=len), []).append(one)

    def tell(self, sentence: str, deep: int = 0) -> str:
        """The sentence in the other language, or as it is. Several in a row are told one by one."""
        if not sentence or deep > DEEPEST:
            return sentence
        told: list[str] = []
        while len(sentence) <= LONGEST and len(told) < MOST:
            one = self._as_one(sentence, deep)
            cut = _ENDED.search(sentence)
            if one is not None or cut is None:
                return "".join((*told, sentence if one is None else one))
            head = sentence[: cut.start()]
            told += [self._as_one(head, deep) or head, cut[0]]
            sentence = sentence[cut.end() :]
        return "".join((*told, sentence))

    def _as_one(self, sentence: str, deep: int) -> str | None:
        whole = self._whole.get(sentence)
        if whole is not None and not _GAP.search(sentence):
            return whole
        for _rank, pattern, other in self._candidates(sentence):
            found = pattern.fullmatch(sentence)
            if found:
                return self._filled(sentence, found, other, deep)
        return self._ended(sentence, deep)

    def _ended(self, sentence: str, deep: int) -> str | None:
        """A reason that stands at the end of a sentence is kept without its full stop."""
        if not sentence.endswith(".") or sentence.endswith(".."):
            return None
        told = self._as_one(sentence[:-1], deep)
        return None if told is None else f"{told}."

    def _filled(self, sentence: str, found: re.Match[str], other: str, deep: int) -> str:
        told = {name: self._in_gap(sentence, found, name, deep) for name in found.groupdict()}
        return _GAP.sub(lambda gap: told.get(gap[1], gap[0]), other)

    def _in_gap(self, sentence: str, found: re.Match[str], name: str, deep: int) -> str:
        value, begins = found[name], found.start(name)
        if name == "capitalize":  # a word of ours at the head of its sentence
            told = self.tell(value.lower(), deep + 1)
            return told[:1].upper() + told[1:]
        typed = begins > 0 and sentence[begins - 1] in _QUOTES
        return value if typed or (value[:1].isupper() and " " not in value) else self.tell(value, deep + 1)

    def _candidates(self, sentence: str) -> list[tuple[int, re.Pattern[str], str]]:
        """Those whose longest word stands in the sentence; what says most outside its gaps first."""
        words = set(_WORD.findall(sentence)) & self._by_word.keys()
        return sorted((one for word in words for one in self._by_word[word]), key=lambda one: one[0])


def _plain(words: str) -> str:
    return words.replace("%%", "%")  # as Python's own formatting leaves it


def _pattern(english: str) -> re.Pattern[str]:
    pieces, seen, at = [], set(), 0
    for gap in _GAP.finditer(english):
        pieces.append(re.escape(english[at : gap.start()]))
        pieces.append(f"(?P={gap[1]})" if gap[1] in seen else f"(?P<{gap[1]}>.*?)")
        seen.add(gap[1])
        at = gap.end()
    return re.compile("".join((*pieces, re.escape(english[at:]))), re.DOTALL)
