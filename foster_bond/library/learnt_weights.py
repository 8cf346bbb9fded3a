"""Library: the weights of words in cries for help, learnt from the labelled lines, as data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class LearntWeights:
    """What the second net adds up. Units: log-odds.

    weights: by folded word and by pair of words. kinds: by word, how much it speaks for each crisis, in their order.
    now, review: from which sum on a text wakes somebody, or is put to be read.
    """

    version: int
    bias: float
    now: float
    review: float
    weights: Mapping[str, float]
    kinds: Mapping[str, tuple[float, ...]]


@cache
def learnt_weights() -> LearntWeights:
    """The shipped weights; the labelled lines' trainer writes the file."""
    file = files("foster_bond.library").joinpath("warning_signs", "learnt.json")
    facts = json.loads(file.read_text(encoding="utf-8"))
    return LearntWeights(
        version=facts["version"], bias=facts["bias"], now=facts["now"], review=facts["review"],
        weights=facts["weights"], kinds={word: tuple(shares) for word, shares in facts["kinds"].items()},
    )  # fmt: skip
