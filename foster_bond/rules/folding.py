"""Inbound text → a plain copy to compare: the folding of the keyword rules, and words with their place.

The original text is never changed; every function here works on a copy.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Marks that phones write for an apostrophe. Taken out before NFKC, which would turn the spacing acute into a blank.
_APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u00b4`\u2032\uff07"
_NO_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)
# What shows nothing: format characters, controls but blanks, variation selectors and the Hangul fillers.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000110bd"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef]+"
)
# The blocks of combining accents; the vowel signs of other scripts are letters and stay.
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_LINE_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_RUNS = re.compile(r"(?:[^\W_]|(?<=\d)[:.](?=\d))+")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212~"
_AFTER_DASH = re.compile(rf"\s[{_DASHES}]+\s*([^{_DASHES}\n]{{1,60}})\Z")
_EDGES = " \t\n.,;:!?\"'()[]*" + _DASHES + "\u201c\u201d\u2018\u2019\u00ab\u00bb"


def plain(text: str) -> str:
    """The text without look-alikes and invisible characters; line breaks stay, other blanks become one space."""
    if text.isascii() and text.isprintable():  # most texts: nothing of the rest can be in them
        seen = text.replace("'", "").replace("`", "")
        return (_BLANKS.sub(" ", seen) if "  " in seen else seen).strip()
    seen = unicodedata.normalize("NFKC", text.translate(_NO_APOSTROPHES)).translate(_NO_APOSTROPHES)
    seen = _LINE_BREAKS.sub("\n", seen)
    return _BLANKS.sub(" ", _HIDDEN.sub("", seen)).strip()


def fold(text: str) -> str:
    """The text as keywords are compared: one case, no accents, no marks around or inside, single letters joined."""
    return " ".join(_joined(_RUNS.findall(bare(plain(text)))))


def bare(text: str) -> str:
    """Casefolded and without accents; nothing else is changed."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text.casefold()).casefold())
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", spread))


def _joined(words: list[str]) -> list[str]:
    """Three or more single letters apart are one word: `s t o p`."""
    if [*map(len, words)].count(1) <= 2:
        return words
    done: list[str] = []
    single: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            single.append(word)
            continue
        done.extend(["".join(single)] if len(single) > 2 else single)
        single = []
        if word:
            done.append(word)
    return done


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A text without its signature. `signed` keeps the spelling of the sender; `known` = a name on record."""

    text: str
    signed: str | None = None
    known: bool = False


def unsigned(text: str, names: Iterable[str] = ()) -> Unsigned:
    """The text without a signature at its end (`STOP - Ben`) or a known name before a colon (`Grace: skip`).

    Not after a comma: `Stop, Ben` may be said to a child.
    """
    seen = plain(text)
    known = {word for name in names for word in fold(name).split()}
    whole_names = {fold(name) for name in names}
    head, colon, rest = seen.partition(":")
    if colon and rest.strip() and _is_name(head, known, whole_names):
        return Unsigned(rest.strip(), head.strip(_EDGES), known=True)
    for before, tail in _tails(seen):
        said = tail.strip(_EDGES)
        words = said.split()
        if not before or not words or len(words) > 2:
            continue
        on_record = _is_name(said, known, whole_names)
        if on_record or all(word[0].isupper() or fold(word) in known for word in words):
            return Unsigned(before, said, on_record)
    return Unsigned(seen)


def _tails(seen: str) -> list[tuple[str, str]]:
    """Where a signature may begin: after the last dash with a blank before it, and after the last line break."""
    found = []
    dash = _AFTER_DASH.search(seen)
    if dash:
        found.append((seen[: dash.start()].strip(), dash.group(1)))
    before, line, tail = seen.rpartition("\n")
    if line:
        found.append((before.strip(), tail))
    return found


def _is_name(said: str, known: set[str], whole: set[str]) -> bool:
    folded = fold(said)
    return bool(folded) and (folded in whole or all(word in known for word in folded.split()))
