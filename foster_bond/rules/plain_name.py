"""Rules of the pages: a name that can stand inside a sentence of ours."""

import re

_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x1f]")


def plain_name(name: str) -> str:
    """The name without signs that would turn the rest of the sentence around."""
    return _DIRECTIONS.sub("", name).strip()
