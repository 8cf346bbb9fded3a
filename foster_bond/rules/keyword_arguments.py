"""What follows PAUSE, TIME or LANGUAGE → days, an hour, a language. Works on folded words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache

from foster_bond.library.keywords import keyword_words
from foster_bond.rules.folding import fold

USUAL_PAUSE = 7
LONGEST_PAUSE = 90
_NUMBER_AND_UNIT = re.compile(r"(\d{1,4})([a-z]+)")
_HOUR = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm|a|p|hrs|hr|h)?")
_BUNCHED = re.compile(r"(\d{1,2})(\d{2})(am|pm)?")


@dataclass(frozen=True, slots=True)
class Argument:
    """What was asked with the keyword; `note` names what staff should know."""

    days: int | None = None
    hour: time | None = None
    language: str | None = None
    note: str | None = None


@cache
def _folded(section: str, name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in keyword_words()[section][name])


def pause_length(words: Sequence[str]) -> Argument | None:
    """How long a pause is asked for; None = these words are no length, so the text is a reply.

    No unit = days, a week = 7, a month = 30; above 90 days = 90, and "until …" = 7 days, both with a note.
    """
    if not words:
        return Argument(days=USUAL_PAUSE)
    if words[0] in _folded("pause", "until"):
        return Argument(days=USUAL_PAUSE, note="pause_until") if len(words) <= 4 else None
    if words[0] in _folded("pause", "for"):
        words = words[1:]
    together = _NUMBER_AND_UNIT.fullmatch(words[0]) if words else None
    if together:
        words = [*together.groups(), *words[1:]]
    if not 1 <= len(words) <= 2:
        return None
    count = _number(words[0])
    unit = _unit(words[1]) if len(words) == 2 else 1
    if not count or not unit or (len(words) == 1 and words[0] in ("a", "an", "un", "una")):
        return None
    days = count * unit
    return Argument(days=days) if days <= LONGEST_PAUSE else Argument(days=LONGEST_PAUSE, note="pause_too_long")


def _number(word: str) -> int | None:
    if word.isascii() and word.isdigit() and len(word) <= 4:
        return int(word)
    count = keyword_words()["numbers"].get(word)
    return int(count) if count is not None else None


def _unit(word: str) -> int | None:
    for name, days in (("days", 1), ("weeks", 7), ("months", 30)):
        if word in _folded("pause", name):
            return days
    return None


def asked_hour(words: Sequence[str], hours: tuple[time, time]) -> Argument | None:
    """The hour asked for; Argument without an hour = ask back; None = these words are no hour, so the text is a reply.

    `hours` are the polite hours: 7 without am or pm is the one of the two inside them; if both or none are, ask back.
    """
    if not words:
        return Argument()
    said = "".join(words)
    for of_day, half in (("delanoche", "pm"), ("delatarde", "pm"), ("delamanana", "am")):
        said = said.removesuffix(of_day) + half if said.endswith(of_day) else said
    if not said[0].isdigit() or len(words) > 4:
        return None
    match = _HOUR.fullmatch(said) or _BUNCHED.fullmatch(said)
    if match is None:
        return Argument() if len(words) == 1 else None
    return Argument(hour=_clock_hour(int(match[1]), int(match[2] or 0), (match[3] or "")[:1], hours))


def _clock_hour(hour: int, minute: int, half: str, hours: tuple[time, time]) -> time | None:
    if minute > 59 or hour > 23:
        return None
    if half in ("a", "p"):
        return time(hour % 12 + (12 if half == "p" else 0), minute) if 1 <= hour <= 12 else None
    if hour > 12 or hour == 0 or half == "h":
        return time(hour, minute)
    inside = [t for t in (time(hour % 12, minute), time(hour % 12 + 12, minute)) if hours[0] <= t <= hours[1]]
    return inside[0] if len(inside) == 1 else None


def asked_language(words: Sequence[str]) -> Argument | None:
    """The language asked for; none named = the other one; None = these words are no language: the text is a reply."""
    if not words:
        return Argument()
    said = " ".join(words)
    for language in ("en", "es"):
        if said in _folded("languages", language):
            return Argument(language=language)
    return None
