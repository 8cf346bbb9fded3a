"""Prompt → page: what its reply kind and target say about an answer."""

import re

_SCALE = re.compile(r"(?P<low>\d+)-(?P<top>\d+)")


def top_of(reply: str) -> int | None:
    """The highest number a person may answer with; None where the prompt asks for words."""
    found = _SCALE.match(reply)
    return int(found["top"]) if found else None
