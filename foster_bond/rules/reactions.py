"""Inbound text → the person's own words, without what a reaction or a forwarded text only quotes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from foster_bond.library.keywords import reaction_words
from foster_bond.rules.folding import bare, fold, plain

_OPENING_QUOTES = '\u201c\u201e\u00ab"'
_CLOSING_QUOTES = '\u201d\u201f\u00bb"'
_FEWEST_SHARED = 12  # letters; a shorter beginning may be the beginning of many of our texts
_NESTED = 3  # a removal may quote the name of the reaction before it quotes our text
_LETTER = re.compile(r"[^\W_]")
_ORIGINAL_FOLLOWS = re.compile(r"^-{2,} ?(original|forwarded) message ?-*$|^on .{5,80} wrote:$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reaction:
    """A tapback. kind: like, love, dislike, laugh, emphasize, question, or the emoji itself. quoted: as it came."""

    kind: str
    quoted: str
    removed: bool = False

    def quotes(self, body: str) -> bool:
        """Whether the quoted words are this text of ours, whole or cut off by the phone.

        If they are none of ours (`Loved "Coco"` is about a film), the text is a reply.
        """
        ours, theirs = fold(body), fold(self.quoted)
        cut = self.quoted.rstrip().endswith(("\u2026", "..."))
        return bool(theirs) and (ours == theirs or (cut and len(theirs) >= _FEWEST_SHARED and ours.startswith(theirs)))


@dataclass(frozen=True, slots=True)
class Stripped:
    """own_words: what the person wrote. quoted: words of others that were taken out and count for nothing."""

    own_words: str
    reaction: Reaction | None = None
    quoted: str | None = None


def strip_reaction(text: str) -> Stripped:
    """The own words of a text. A reaction has none; "Loved the movie" quotes nothing and stays a reply."""
    reaction = _reaction(text)
    if reaction is not None:
        return Stripped("", reaction, reaction.quoted)
    return _without_forwarded(text)


def _reaction(text: str) -> Reaction | None:
    """The whole text is an opening we know and one quoted text, closed or cut off."""
    said = text.strip(" \t\r\n\u200a\u200b\u200c\u200d\u2060\ufeff")
    if not said or not (said[-1] in _CLOSING_QUOTES or said.endswith(("\u2026", "..."))):
        return None
    places = [at for at, character in enumerate(said[:80]) if character in _OPENING_QUOTES][:_NESTED]
    for at in places:
        quoted = said[at + 1 :].rstrip(_CLOSING_QUOTES).strip(" \u200a\u200b")
        kind = _kind(said[:at])
        if kind and _LETTER.search(quoted):
            return Reaction(kind[0], quoted, kind[1])
    return None


def _kind(opening: str) -> tuple[str, bool] | None:
    """Kind of reaction and whether it was taken back, from the words before the quotation."""
    shown = " ".join(bare(plain(opening)).split()).strip(" :")
    emoji = "".join(character for character in opening if not character.isspace() and not _is_written(character))
    spelt = " ".join(fold(opening).split())
    known = _openings().get(spelt)
    if known and not _is_emoji(emoji):
        return known
    template = _with_slot(shown)
    if template in _emoji_openings():
        return emoji.strip("\u200a\u200b\u2060:\ufeff"), _emoji_openings()[template]
    return None


def _is_written(character: str) -> bool:
    return character.isalpha() or character in _OPENING_QUOTES + _CLOSING_QUOTES


def _is_emoji(marks: str) -> bool:
    return any(ord(character) > 0x2000 and not 0x2000 <= ord(character) <= 0x206F for character in marks)


def _with_slot(shown: str) -> str:
    """The opening with its emoji replaced by {e}: `reacted {e} to`."""
    words = ["{e}" if not _LETTER.search(word) or _is_emoji(word) else word for word in shown.split()]
    return " ".join(word for at, word in enumerate(words) if word != "{e}" or at == 0 or words[at - 1] != "{e}")


def _without_forwarded(text: str) -> Stripped:
    """Lines quoted with `>` and everything behind a forwarding mark are the words of others."""
    own: list[str] = []
    quoted: list[str] = []
    rest_is_quoted = False
    for line in text.splitlines() or [text]:
        folded = " ".join(bare(plain(line)).split())
        opening = next((mark for mark in reaction_words()["forwarded"]["openings"] if folded.startswith(mark)), None)
        rest_is_quoted = rest_is_quoted or opening is not None or bool(_ORIGINAL_FOLLOWS.match(folded))
        (quoted if rest_is_quoted or folded.startswith(">") else own).append(line)
    if not quoted:
        return Stripped(text)
    return Stripped("\n".join(own).strip(), quoted="\n".join(quoted).strip())


@cache
def _openings() -> Mapping[str, tuple[str, bool]]:
    words = reaction_words()
    added = {fold(said): (kind, False) for kind, openings in words["openings"].items() for said in openings}
    return added | {fold(said): (kind, True) for kind, openings in words["removed"].items() for said in openings}


@cache
def _emoji_openings() -> Mapping[str, bool]:
    words = reaction_words()["emoji_openings"]
    return dict.fromkeys(words["added"], False) | dict.fromkeys(words["removed"], True)
