"""Rules of the record: words as the fonts that every PDF reader brings can print them."""

import re
import unicodedata
from itertools import groupby

ENCODING = "cp1252"  # what those fonts hold: English and Spanish whole, with their quotes and dashes
_LIKE = {"\u2192": "->", "\u2190": "<-", "\u2264": "<=", "\u2265": ">=", "\u2212": "-", "\u2011": "-", "\u2032": "'"}
_SILENT = {"Cf", "Mn", "Me", "Cc", "Cs", "Sk"}  # joiners, selectors, skin tones: they show nothing by themselves
_SPACES = {"Zs", "Zl", "Zp"}
_OTHER = "[words in another script]"
_AGAIN = re.compile(rf"{re.escape(_OTHER)}(?:[\s.,;:!?-]*{re.escape(_OTHER)})+")


def printable(text: str) -> str:
    """The text with every sign that cannot be printed named in square brackets: `[red heart]`."""
    if text.isascii():
        return "".join(sign for sign in text if sign == "\n" or sign.isprintable())
    said = []
    for kind, run in groupby(unicodedata.normalize("NFC", text), key=_kind):
        signs = "".join(run)
        said.append(_OTHER if kind == "script" else "".join(_one(sign) for sign in signs))
    return _AGAIN.sub(_OTHER, "".join(said))


def _kind(sign: str) -> str:
    if _fits(sign) or sign in _LIKE:
        return "fits"
    letter = unicodedata.category(sign).startswith("L") or unicodedata.category(sign) == "Mc"
    return "script" if letter and not _fits(_latin(sign)) else "sign"


def _one(sign: str) -> str:
    if sign == "\n" or (_fits(sign) and sign.isprintable()):
        return sign
    if sign in _LIKE:
        return _LIKE[sign]
    category = unicodedata.category(sign)
    if category in _SPACES:
        return " "
    if category in _SILENT:
        return ""
    plain = _latin(sign)
    if plain and _fits(plain):
        return plain
    return f"[{unicodedata.name(sign, 'a sign').lower()}]"


def _latin(sign: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(one))


def _fits(text: str) -> bool:
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return bool(text)
