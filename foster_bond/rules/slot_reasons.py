"""Rules of the pages: why a slot is what it is, each reason once, the one that decided first."""

from collections.abc import Iterable, Mapping
from typing import Any

MOST = 12  # a plain list holds back dozens of prompts for two or three reasons


def reasons_of(why: str | None, rules: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The sentences that a caseworker reads beside a slot."""
    said = [why or "", *(str(row.get("why", "")) for row in rules)]
    found: list[str] = []
    for sentence in said:
        if sentence and not any(sentence in known for known in found):
            found.append(sentence)
    return tuple(found[:MOST])
