"""Labelled lines → the weights of words that the second net adds up: `make learn` writes them into the library.

Logistic regression with AdaGrad steps over words and pairs of neighbours: the same lines give the same weights. The
two limits were chosen by five-fold cross-validation over lines by somebody who had read no pattern: of their ordinary
replies about 1 in 28 weighed more than NOW and 3 in 10 more than REVIEW; of their cries 9 in 10 more than REVIEW.
"""

import json
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from foster_bond.library.labelled_lines import labelled_lines
from foster_bond.rules.labelled_rows import HELD_OUT, STOP_COLUMNS, WARNING_COLUMNS, labelled_rows
from foster_bond.rules.learnt_signs import features
from foster_bond.rules.warning_signs import CRISES
from foster_bond.rules.words import words_of

VERSION = 1
NOW, REVIEW = 0.6, -0.6
EPOCHS, PACE, DECAY = 20, 0.15, 1e-4
SEEN = 2  # lines: what stands in fewer says nothing about a stranger's words
SMOOTHING = 0.5  # lines: so that a word seen with one crisis only is no proof of it
FILE = Path(__file__).parents[2] / "foster_bond" / "library" / "warning_signs" / "learnt.json"

Example = tuple[list[str], float]


def weights_of(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """What the library ships, learnt from labelled rows."""
    said = [tuple(words_of(row["text"]).folded) for row in rows]
    examples = [([*dict(features(words))], float(_urgent(row))) for words, row in zip(said, rows, strict=True)]
    weights, bias = _fitted(examples)
    seen = Counter(feature for listed, _ in examples for feature in listed)
    return {
        "version": VERSION, "bias": round(bias, 3), "now": NOW, "review": REVIEW,
        "weights": {feature: round(weights[feature], 3) for feature in sorted(weights) if seen[feature] >= SEEN},
        "kinds": _kinds(said, rows),
    }  # fmt: skip


def _urgent(row: Mapping[str, str]) -> bool:
    return row["expected"] == "now" and row["category"] in CRISES


def _fitted(examples: list[Example]) -> tuple[dict[str, float], float]:
    """The weights and the bias that tell the urgent examples best."""
    weights: dict[str, float] = {}
    moved: dict[str, float] = {}
    bias, order = 0.0, random.Random(0)  # a fixed shuffle: the same lines give the same weights
    for _ in range(EPOCHS):
        order.shuffle(examples)
        for listed, wanted in examples:
            scale = 1 / math.sqrt(len(listed) + 1)
            total = bias + scale * sum(weights.get(feature, 0.0) for feature in listed)
            wrong = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - wanted
            bias -= PACE * 0.1 * wrong
            step = wrong * scale
            for feature in listed:
                moved[feature] = moved.get(feature, 0.0) + step * step
                was = weights.get(feature, 0.0)
                weights[feature] = was - PACE * step / math.sqrt(moved[feature] + 1e-3) - PACE * DECAY * was
    return weights, bias


def _kinds(said: Sequence[tuple[str, ...]], rows: Sequence[Mapping[str, str]]) -> dict[str, list[float]]:
    """By word: the log of its share in each crisis's urgent lines against its share in all of them."""
    lines = [0] * len(CRISES)
    counts: dict[str, list[int]] = {}
    for words, row in zip(said, rows, strict=True):
        if _urgent(row):
            kind = CRISES.index(row["category"])
            lines[kind] += 1
            for word in set(words):
                counts.setdefault(word, [0] * len(CRISES))[kind] += 1
    return {
        word: [round(math.log((one + SMOOTHING) / (of + 1) / ((sum(found) + SMOOTHING) / (sum(lines) + 1))), 2)
               for one, of in zip(found, lines, strict=True)]
        for word, found in sorted(counts.items()) if sum(found) >= SEEN
    }  # fmt: skip


def ours() -> dict[str, Any]:
    """Learnt from our own labelled lines but those held out; a wish to stop is an ordinary line here."""
    rows = [row for row in _lines("warning_signs", WARNING_COLUMNS) if row[HELD_OUT] != "yes"]
    wishes = [row | {"category": "none", "expected": "none"} for row in _lines("stop_words", STOP_COLUMNS)]
    return weights_of([*rows, *wishes])


def _lines(name: str, columns: Mapping[str, frozenset[str]]) -> list[dict[str, str]]:
    content = labelled_lines(name)
    assert content is not None
    return labelled_rows(content, columns)


def written(facts: Mapping[str, Any]) -> str:
    """A line for each word, so that a change can be read."""

    def block(name: str) -> str:
        rows = ",\n".join(
            f"{json.dumps(word, ensure_ascii=False)}: {json.dumps(one)}" for word, one in facts[name].items()
        )
        return f'"{name}": {{\n{rows}\n}}'

    head = ", ".join(f'"{name}": {facts[name]}' for name in ("version", "bias", "now", "review"))
    return f"{{{head},\n{block('weights')},\n{block('kinds')}\n}}\n"


if __name__ == "__main__":
    FILE.write_text(written(ours()), encoding="utf-8")
