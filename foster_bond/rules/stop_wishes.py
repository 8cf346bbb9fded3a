"""A sentence that asks us to end the texts: plain request (stop), unclear wish (hold), or a tale (reply)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from foster_bond.library.keywords import stop_wishes
from foster_bond.rules.folding import fold, plain
from foster_bond.rules.phrases import Match, PhraseBook
from foster_bond.rules.words import Words, words_of

LONGEST_PLAIN_REQUEST = 6  # words; the agreed line between acting at once and asking back
_HANDS = frozenset("\U0001f6d1\u270b\U0001f91a\U0001f590")
_SKIN = {chr(code) for code in range(0x1F3FB, 0x1F400)} | {"\ufe0f", "\ufe0e"}
_SENTENCE_ENDS = re.compile(r"[.!?;\n]")
_LETTER = re.compile(r"[^\W_]")
_QUOTES = '"\u201c\u201d\u00ab\u00bb'


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to stop. `clear` = a plain request; otherwise a person decides. `language` = the words' own."""

    clear: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class _Lists:
    whole: PhraseBook
    anywhere: PhraseBook
    around: frozenset[str]
    told: Mapping[str, frozenset[str]]
    set_off: frozenset[str]
    opening: frozenset[str]
    not_before: frozenset[str]


@cache
def _lists() -> _Lists:
    data = stop_wishes()
    classes = data["classes"]
    told = {name: frozenset(words) for name, words in data["told"].items()}
    return _Lists(
        whole=PhraseBook(_lines(data, "requests", "requests_alone"), classes),
        anywhere=PhraseBook(_lines(data, "requests", "wishes"), classes),
        around=frozenset(word for words in data["around"].values() for word in words),
        told=told | {"inside": (told["others"] | told["within"]) - {"them"}},  # "no more of them" means the texts
        set_off=frozenset(fold(word) for word in data["set_off"]["any"]),
        opening=frozenset(data["set_off"]["opening"]),
        not_before=frozenset(data["set_off"]["not_before"]),
    )


def _lines(data: Mapping[str, Any], *sections: str) -> dict[str, str]:
    return {
        f"{language}.{section}.{number}": line
        for section in sections
        for language in ("en", "es")
        for number, line in enumerate(data[section][language])
    }


def plain_request(folded: str) -> Wish | None:
    """A clear request of up to six words that is the whole text, or None. Takes a folded text."""
    said = folded.split()
    if not 1 <= len(said) <= LONGEST_PLAIN_REQUEST:
        return None
    lists = _lists()
    for match in lists.whole.scan(words_of(folded)).matches:
        rest = said[: match.start] + said[match.end :]
        if all(word in lists.around for word in rest) and not _denied(said, match.start, match.pattern):
            return Wish(clear=True, language=match.pattern[:2])
    return None


def unclear_wish(text: str) -> Wish | None:
    """A text that sounds like a wish to stop but is no plain request, or None. Takes the text as it came."""
    if only_a_raised_hand(text):
        return Wish(clear=False, language=None)
    words = words_of(plain(text))
    if not words:
        return None
    for match in _lists().anywhere.scan(words).matches:
        if not _is_told(words, match):
            return Wish(clear=False, language=match.pattern[:2])
    if _short_and_stopping(words) or _set_off(text):
        return Wish(clear=False, language=None)
    return None


def only_a_raised_hand(text: str) -> bool:
    """Nothing but stop signs or raised hands."""
    if text[:1].isalnum():
        return False
    shown = [c for c in text if not c.isspace() and c not in _SKIN]
    return bool(shown) and all(c in _HANDS for c in shown)


def _denied(said: list[str] | tuple[str, ...], at: int, pattern: str) -> bool:
    """`don't stop the texts`: the word right before turns the wish round."""
    before = said[max(0, at - 1) : at]
    return any(word in _lists().told["denying"] for word in before)


def _is_told(words: Words, match: Match) -> bool:
    """Somebody else's words or deeds: reporting or a third person before it, or a reporting clause behind it."""
    told = _lists().told
    first, end = words.sentence(match.start)
    before = words.folded[first : match.start]
    if any(word in told["reporting"] or word in told["others"] for word in before):
        return True
    if any(word in told["inside"] for word in words.folded[match.start : match.end]):
        return True
    behind = words.folded[match.end : min(end + 3, match.end + 8, len(words))]
    if any(word in told["denying"] for word in before[-2:]) or " ".join(behind[:2]) in told["behind"]:
        return True
    if any(" ".join(before[-length:]) in told["turned"] for length in (2, 3, 4)):
        return True
    return _reports(behind) or behind[:2] == ("is", "what")


def _reports(said: Sequence[str]) -> bool:
    """`he yelled`: somebody and, right behind, a word of reporting."""
    told = _lists().told
    return any(a in told["after"] and b in told["reporting"] for a, b in pairwise(said))


def _short_and_stopping(words: Words) -> bool:
    """`Stop, Ben!`: two or three words that begin with a stop word may be meant for us."""
    lists = _lists()
    said = list(words.folded)
    while said and said[0] in ("please", "just", "por", "favor", "ok", "hey", "yes", "si", "ya", "no"):
        said.pop(0)
    if not 1 <= len(said) <= 3 or said[0] not in lists.opening:
        return False
    if len(said) == 1:
        return True
    following = said[1]
    return following not in lists.not_before and not following.endswith(("ing", "ando", "iendo"))


def _set_off(text: str) -> bool:
    """The first or the last sentence is a stop word or a plain request, outside of quotation marks."""
    sentences = sentences_of(text)
    if len(sentences) < 2:
        return False
    return (asks_to_stop(sentences[0]) and not _speech_follows(sentences[1])) or asks_to_stop(sentences[-1])


def asks_to_stop(sentence: str) -> bool:
    """One sentence that is a clear stop by itself and is not quoted."""
    folded = fold(sentence)
    return not is_quoted(sentence) and (folded in _lists().set_off or plain_request(folded) is not None)


def is_quoted(sentence: str) -> bool:
    """A quotation mark stands in it: somebody else may be speaking."""
    return any(mark in sentence for mark in _QUOTES)


def _speech_follows(sentence: str) -> bool:
    return any(mark in sentence[:1] for mark in _QUOTES) or _reports(fold(sentence).split()[:2])


def sentences_of(text: str) -> list[str]:
    """The text cut behind . ! ? ; … and line breaks; empty pieces are left out."""
    return [said.strip() for said in _SENTENCE_ENDS.split(plain(text)) if _LETTER.search(said)]
