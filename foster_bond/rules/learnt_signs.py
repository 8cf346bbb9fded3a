"""Inbound text → how much its words resemble those of cries for help, learnt from the labelled lines.

The second net under the phrase patterns, which miss danger told in words of one's own. Each word and each pair of
neighbours has a weight, learnt by logistic regression (tests/rules/learning.py writes them, `make learn`); a text
weighs the sum. It only ever adds a sign: no hit of a pattern is hidden or lowered by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

from foster_bond.library.learnt_weights import learnt_weights
from foster_bond.rules.words import Words

WINDOW, STEP = 20, 10  # words: a cry in a long letter is not thinned by what stands around it
FEWEST = 8  # words: what fewer say, the phrases know
MARKED = 8  # words around the heaviest place: what staff see marked


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How much some words of a text resemble cries for help. Units: log-odds, 0 = as much as not.

    kind: which crisis, by its place in their order. first, end: the words that weigh most, end exclusive.
    """

    kind: int
    weight: float
    first: int
    end: int

    @property
    def priority(self) -> str | None:
        """ "now", "review", or None where it is too faint to show anybody."""
        if self.weight >= learnt_weights().now:
            return "now"
        return "review" if self.weight >= learnt_weights().review else None


def features(words: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Each word and each pair of neighbours, with the index where it begins."""
    for at, word in enumerate(words):
        yield word, at
        if at + 1 < len(words):
            yield f"{word} {words[at + 1]}", at


def resemblance(words: Words) -> Resemblance | None:
    """The part of a text that resembles cries for help most; None where it has fewer than FEWEST words."""
    found = (_weighed(words.folded[first : first + WINDOW], first) for first in _windows(len(words)))
    return max(found, key=lambda one: one.weight, default=None)


def _windows(count: int) -> range:
    return range(0, max(count - WINDOW + STEP, 1), STEP) if count >= FEWEST else range(0)


def _weighed(said: tuple[str, ...], offset: int) -> Resemblance:
    shipped, places = learnt_weights(), [0.0] * len(said)
    known = dict(features(said))
    for feature, at in known.items():
        places[at] += shipped.weights.get(feature, 0.0)
    first = _heaviest(places)
    return Resemblance(
        kind=_kind(said), weight=shipped.bias + sum(places) / sqrt(len(known) + 1),
        first=offset + first, end=offset + min(first + MARKED, len(said)),
    )  # fmt: skip


def _kind(said: tuple[str, ...]) -> int:
    """The crisis whose words stand most in it."""
    kinds = [shares for word in said if (shares := learnt_weights().kinds.get(word)) is not None]
    sums = [sum(shares) for shares in zip(*kinds, strict=True)] or [0.0]
    return sums.index(max(sums))


def _heaviest(places: list[float]) -> int:
    """Where the MARKED words begin that weigh most together."""
    starts = range(max(len(places) - MARKED, 0) + 1)
    return max(starts, key=lambda start: sum(places[start : start + MARKED]))
