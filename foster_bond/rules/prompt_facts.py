"""Prompt → page: what its key, its reply kind and its target say about an answer."""

import re

THERMOMETERS = frozenset({"S2", "TN2"})  # how much is left, 1 to 5 (prompts.md sections 1 and 14.6)
_SCALE = re.compile(r"(?P<low>\d+)-(?P<top>\d+)")


def top_of(reply: str) -> int | None:
    """The highest number a person may answer with; None where the prompt asks for words."""
    found = _SCALE.match(reply)
    return int(found["top"]) if found else None
