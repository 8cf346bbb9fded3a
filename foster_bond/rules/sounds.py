"""Inbound text → warning signs: how a word sounds, so that one written by ear still counts as the listed one.

Two rough keys, one per language; both are tried only for a word that no list holds. Never shown, never kept.
"""

import re

_SHORTEST = {"en": 5, "es": 4}  # letters; shorter words have too many honest neighbours
_EN = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"ee?ing$", "ing"),
        (r"in$", "ing"),
        (r"^kn", "n"),
        (r"ight", "ite"),
        (r"gh", ""),
        (r"ph", "f"),
        (r"wh", "w"),
        (r"ck", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"),
        (r"z", "s"),
        (r"ea|ee|ie|ei", "e"),
        (r"ai|ay", "a"),
        (r"oa", "o"),
        (r"ou", "u"),
        (r"er$|or$|ur$", "r"),
        (r"(.)\1+", r"\1"),
        (r"e$|ed$", ""),
    )
)
_ES = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"ch", "x"),
        (r"h", ""),
        (r"qu(?=[ei])", "k"),
        (r"v", "b"),
        (r"z", "s"),
        (r"c(?=[ei])", "s"),
        (r"c", "k"),
        (r"ll", "y"),
        (r"g(?=[ei])", "j"),
        (r"(.)\1+", r"\1"),
    )
)


_RULES = {"en": _EN, "es": _ES}


def sound_of(word: str, language: str) -> str:
    """The key of one folded word in a language; empty for a short word or a figure."""
    if len(word) < _SHORTEST[language] or not word.isascii() or not word.isalpha():
        return ""
    for pattern, put in _RULES[language]:
        word = pattern.sub(put, word)
    return word if len(word) >= _SHORTEST[language] - 1 else ""
