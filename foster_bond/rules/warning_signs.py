"""Inbound text → warning signs: where it may tell of danger, how sure, and how soon a person must look.

Never a verdict. Every text is read in both languages, whatever its sender, state or keyword. Source: the crisis
categories of the programme (suicide, abuse, missing, violence, medical) and the hard day, which wakes nobody.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from foster_bond.library.learnt_weights import learnt_weights
from foster_bond.rules.learnt_signs import resemblance
from foster_bond.rules.phrases import Match
from foster_bond.rules.warning_lists import Pattern, warning_lists
from foster_bond.rules.words import Words, words_of

CRISES = ("suicide", "abuse", "missing", "violence", "medical")
HARD_DAY = "hard_day"
_URGENCY = {"now": 0, "review": 1, "task": 2}
_DENIAL_REACHES = 4  # words before a hit in its sentence: "I do not think that she wants to die"
EARLIER = 300  # characters of what came before: a phrase is never longer
READ = 12_000  # characters; the carrier's longest text has 1,600
_FEW = 5  # mentions that somebody was found: more of them say nothing new
_LAUGHTER = frozenset("\U0001f602\U0001f923\U0001f639\U0001f606\U0001f61c\U0001f92a")


@dataclass(frozen=True, slots=True)
class Sign:
    """One hit. `start` and `end` (exclusive) are positions in the original text.

    priority: "now" wakes somebody, "review" is read within the working day, "task" is a hard day.
    """

    category: str
    priority: str
    start: int
    end: int
    pattern_id: str


def find(text: str) -> tuple[Sign, ...]:
    """Every warning sign of a text, in order of place; overlapping hits of one category are one sign.

    Denial and idiom lower `now` to `review` and never hide a hit; where no phrase wakes anybody, the words together may
    (`learnt_signs`). Cost grows with the length of the text only, and only the first READ characters are read: whoever
    calls it gives a longer text to a person.
    """
    said = _phrases(text[:READ])
    return _merged((*said.signs, *(() if said.decided else _learnt(said.words, plain=said.plain))))


@dataclass(frozen=True, slots=True)
class _Said:
    """What the phrases say of a text. decided: somebody is woken, or a denial or a joke says why not.

    plain: no joke, tale, idiom or child's play anywhere in it.
    """

    words: Words
    signs: tuple[Sign, ...]
    decided: bool
    plain: bool


def _phrases(text: str) -> _Said:
    words, lists = words_of(text), warning_lists()
    hits: list[tuple[Pattern, Match]] = []
    idioms: list[Match] = []
    found_again: list[Match] = []
    for match in lists.book.scan(words).matches:
        pattern = lists.patterns.get(match.pattern)
        if pattern is not None:
            hits.append((pattern, match))
        else:
            (idioms if match.pattern in lists.idioms else found_again).append(match)
    context = _Context(words, text, _covered(idioms), _tones(words), found_again, laughs=_laughs(text))
    signs = tuple(sign for pattern, match in hits if (sign := context.sign(pattern, match)))
    return _Said(words, _merged(signs), any(pattern.priority == "now" for pattern, _ in hits), context.plain)


def _laughs(text: str) -> bool:
    return not _LAUGHTER.isdisjoint(text)


def _learnt(words: Words, *, plain: bool) -> tuple[Sign, ...]:
    """What the second net adds where no phrase wakes anybody; a joke or an idiom beside it keeps it to `review`."""
    found = resemblance(words)
    if found is None or found.priority is None:
        return ()
    priority = found.priority if plain else "review"
    start, end = words.starts[found.first], words.ends[found.end - 1]
    return (Sign(CRISES[found.kind], priority, start, end, f"learnt.{learnt_weights().version}"),)


def find_across(earlier: str, text: str) -> tuple[Sign, ...]:
    """Signs of a text that goes on from one sent just before: only those that reach into `text`, placed in it.

    A phrase begun in the earlier text starts at 0. One that was whole there says nothing new, unless it turns more
    urgent by what follows.
    """
    offset = len(earlier) + 1
    reaching = [sign for sign in _phrases(f"{earlier} {text}"[:READ]).signs if sign.end > offset]
    known = _phrases(earlier[:READ]).signs if any(sign.start < offset for sign in reaching) else ()
    fresh = (sign for sign in reaching if not any(_says_already(one, sign) for one in known))
    return tuple(replace(sign, start=max(0, sign.start - offset), end=sign.end - offset) for sign in fresh)


def _says_already(known: Sign, sign: Sign) -> bool:
    """`He is beating her right now`, then `LATER`: the sign of the first text has only grown by a word."""
    same = known.category == sign.category and sign.start < known.end
    return same and _URGENCY[known.priority] <= _URGENCY[sign.priority]


def with_earlier(signs: tuple[Sign, ...], earlier: str, text: str) -> tuple[Sign, ...]:
    """The signs of a text, and those of a phrase that began in what the same number sent a moment before."""
    across = find_across(earlier[-EARLIER:], text)
    return _merged((*signs, *across)) if across else signs


def worst(signs: Iterable[Sign]) -> Sign | None:
    """The sign that decides the answer: the most urgent one, and of equals the first in the order of the crises."""
    order = {category: rank for rank, category in enumerate((*CRISES, HARD_DAY))}
    return min(signs, key=lambda sign: (_URGENCY[sign.priority], order[sign.category], sign.start), default=None)


def _covered(idioms: Iterable[Match]) -> Mapping[str, set[int]]:
    """The words that idioms cover, by the category of hit they stand for."""
    covered: dict[str, set[int]] = {}
    for idiom in idioms:
        for category in warning_lists().idioms[idiom.pattern]:
            covered.setdefault(category, set()).update(range(idiom.start, idiom.end))
    return covered


def _tones(words: Words) -> Mapping[str, list[int]]:
    """Where words stand that make a joke, a tale or child's play of a hit, by the category they soften."""
    known = {word: warning_lists().softened_by(word) for word in set(words.folded)}
    tones: dict[str, list[int]] = {}
    for at, word in enumerate(words.folded):
        for category in known[word]:
            tones.setdefault(category, []).append(at)
    return tones


@dataclass(frozen=True, slots=True)
class _Context:
    """What stands around a hit."""

    words: Words
    text: str
    idioms: Mapping[str, set[int]]
    tones: Mapping[str, list[int]]
    found_again: list[Match]
    laughs: bool

    @property
    def plain(self) -> bool:
        return not (self.idioms or self.tones or self.laughs)

    def sign(self, pattern: Pattern, match: Match) -> Sign | None:
        """The hit as it stands here; None only for a hint that an idiom explains."""
        if pattern.hint and self._explained(pattern, match):
            return None
        priority = pattern.priority
        if priority == "now" and self._softened(pattern, match):
            priority = "review"
        start, end = self.words.starts[match.start], self.words.ends[match.end - 1]
        return Sign(pattern.category, priority, start, end, pattern.id)

    def _softened(self, pattern: Pattern, match: Match) -> bool:
        if self._denied(match.start) or (not pattern.denies and self._denied_within(match)):
            return True
        return not pattern.firm and self._explained(pattern, match)

    def _explained(self, pattern: Pattern, match: Match) -> bool:
        """An idiom touches the hit, or its sentence is a joke, a tale or about other children."""
        if not self.idioms.get(pattern.category, set()).isdisjoint(range(match.start, match.end)):
            return True
        if pattern.category == "missing" and any(not self._denied(again.start) for again in self.found_again[:_FEW]):
            return True
        if self.laughs and pattern.category in ("suicide", "violence"):
            return True
        first, end = self.words.sentence(match.start)
        tones = self.tones.get(pattern.category, [])
        return bisect_left(tones, first) < bisect_left(tones, end)

    def _denied(self, place: int) -> bool:
        """A word of denial stands shortly before, in the same sentence."""
        first = max(place - _DENIAL_REACHES, self.words.sentence(place)[0])
        return any(self._denies(at) for at in range(first, place))

    def _denied_within(self, match: Match) -> bool:
        """A word of denial stands inside a hit whose pattern has none: "his dad never hit him"."""
        return any(self._denies(at) for at in range(match.start, match.end - 1))

    def _denies(self, at: int) -> bool:
        """A word of denial that nothing takes back: no "I don't know if …", no comma behind it."""
        lists, words = warning_lists(), self.words
        if words.folded[at] not in lists.denial:
            return False
        following = words.folded[at + 1 : at + 3]
        if following[0] in lists.not_denied or " ".join(following) in lists.not_denied:
            return False
        return "," not in self.text[words.ends[at] : words.starts[at + 1]]


def _merged(signs: Iterable[Sign]) -> tuple[Sign, ...]:
    """Overlapping signs of a category become one, as wide as both and as urgent as the more urgent."""
    kept: dict[str, list[Sign]] = {}
    for sign in sorted(signs, key=lambda sign: (sign.start, sign.end)):
        of_category = kept.setdefault(sign.category, [])
        if of_category and sign.start < of_category[-1].end:
            last = of_category[-1]
            leading = sign if _URGENCY[sign.priority] < _URGENCY[last.priority] else last
            of_category[-1] = replace(leading, start=last.start, end=max(last.end, sign.end))
        else:
            of_category.append(sign)
    return tuple(sorted((sign for of_category in kept.values() for sign in of_category), key=lambda sign: sign.start))
