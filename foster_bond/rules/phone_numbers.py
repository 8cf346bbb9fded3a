"""Rules, at every door where a number is typed: the whole string is one valid number, or a sentence says why not."""

import re

import phonenumbers

from foster_bond.errors import InvalidInput

_LONGEST = 40  # signs; a number with every blank and bracket anyone writes is under 25
_WRITTEN = re.compile(r"\+?[0-9 ().\-]+", re.ASCII)
_EXTENSION = re.compile(r"(?:\bext?\b|\bextension\b|#|;|\bx *\d)", re.IGNORECASE)
_SHORT_CODE = re.compile(r"[0-9]{5,6}", re.ASCII)
_BLANKS = {ord(blank): " " for blank in "\u00a0\u2007\u202f\u2009\t"}
_DASHES = {ord(dash): "-" for dash in "‐‑‒–"}


def phone_number(typed: str, country: str = "US") -> str:
    """The number in E.164, read as one dials it in `country` unless it begins with +.

    Raises: InvalidInput with one plain sentence that names what was typed.
    """
    plain = typed.translate(_BLANKS | _DASHES).strip()
    if not plain:
        raise InvalidInput("The phone number is missing.")
    if _EXTENSION.search(plain):
        raise InvalidInput(f'"{_shown(typed)}" has an extension; texts need a number without one.')
    if len(plain) > _LONGEST or not _WRITTEN.fullmatch(plain):
        raise InvalidInput(f'"{_shown(typed)}" is not a phone number; write it like +13035550101.')
    try:
        number = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        raise InvalidInput(f'"{_shown(typed)}" is not a phone number; write it like +13035550101.') from None
    if not phonenumbers.is_valid_number(number):
        raise InvalidInput(f'"{_shown(typed)}" is not a valid phone number.')
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def sender_number(typed: str, country: str = "US") -> str:
    """An agency's own number: E.164, or a short code of five or six digits as it stands. Raises: InvalidInput."""
    plain = typed.strip()
    return plain if _SHORT_CODE.fullmatch(plain) else phone_number(typed, country)


def spoken_number(number: str) -> str:
    """A stored number as staff read it: "+1 303-555-0101"; a short code as it stands."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _shown(typed: str) -> str:
    flat = " ".join(typed.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}..."
