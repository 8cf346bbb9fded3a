"""Rules of the river, outbox → carrier: how many segments a text takes, and plain signs in place of costly ones."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Source: 3GPP TS 23.038, default alphabet and its extension table (two septets each).
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")

# A text of several parts gives 6 octets of each part to the header that joins them again.
GSM_SINGLE, GSM_PART = 160, 153
UCS_SINGLE, UCS_PART = 70, 67

# Written by word processors and phones; each costs 90 characters of room for nothing that a reader would miss.
_PLAIN_GROUPS = (
    ("‘’‚‛′", "'", "curly apostrophes became '"),
    ("“”„‟″«»", '"', 'curly quotes became "'),
    ("‐‑‒–—―−", "-", "long dashes became -"),
    ("…", "...", "the ellipsis sign became three dots"),
    ("\t\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000", " ", "special blanks became ordinary ones"),
    ("\u200b\u2060\ufeff\u00ad", "", "invisible signs were taken out"),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text costs. Units: septets for GSM-7, 16-bit units for UCS-2; `parts` is what the carrier bills."""

    encoding: str
    units: int
    parts: int


@dataclass(frozen=True, slots=True)
class Plain:
    """A text with plain signs, and one short sentence for each kind of change, to show the author."""

    text: str
    changes: tuple[str, ...]


def measure(text: str) -> Measure:
    """The encoding, length and number of parts that a text takes; the empty text counts as one part."""
    whole = unicodedata.normalize("NFC", text)
    if is_gsm(whole):
        return _measured("GSM-7", [2 if sign in EXTENDED else 1 for sign in whole], GSM_SINGLE, GSM_PART)
    return _measured("UCS-2", [2 if ord(sign) > 0xFFFF else 1 for sign in whole], UCS_SINGLE, UCS_PART)


def is_gsm(text: str) -> bool:
    """Whether every sign is in the GSM-7 alphabet; one that is not cuts a segment from 160 to 70."""
    return all(sign in BASIC or sign in EXTENDED for sign in unicodedata.normalize("NFC", text))


def foreign_signs(text: str) -> tuple[str, ...]:
    """The signs outside GSM-7, each once, in the order they come: what to show the author of a costly text."""
    whole = unicodedata.normalize("NFC", text)
    return tuple(dict.fromkeys(sign for sign in whole if sign not in BASIC and sign not in EXTENDED))


def plain(text: str) -> Plain:
    """The text with curly quotes, long dashes, ellipsis and odd blanks made plain. Accents are never stripped."""
    made, changes = text, []
    for signs, instead, said in _PLAIN_GROUPS:
        replaced = made.translate({ord(sign): instead for sign in signs})
        if replaced != made:
            changes.append(said)
        made = replaced
    return Plain(unicodedata.normalize("NFC", made), tuple(changes))


def _measured(encoding: str, widths: list[int], single: int, part: int) -> Measure:
    units = sum(widths)
    return Measure(encoding, units, 1 if units <= single else _parts(widths, part))


def _parts(widths: Iterable[int], room: int) -> int:
    """Fill part after part; a sign of two units that does not fit moves on whole, so a part may end one short."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
