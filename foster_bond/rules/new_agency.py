"""Rules, before the river begins: what an agency is told at set-up, checked whole before anything is touched."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from foster_bond.errors import InvalidInput
from foster_bond.rules.local_time import check_zone
from foster_bond.rules.message_text import SAMPLES, check_fill
from foster_bond.rules.phone_numbers import phone_number, sender_number
from foster_bond.rules.segments import is_gsm, measure, plain

LONGEST_NAME = 120
LONGEST_EMAIL = 254
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_EMAIL = re.compile(r"[^@\s<>,;\"()\[\]\\]+@[^@\s<>,;\"()\[\]\\.]+(?:\.[^@\s<>,;\"()\[\]\\.]+)+")
_UK_ZONES = ("Europe/London", "Europe/Belfast", "GB", "GB-Eire")


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency as its operator named it. Numbers are E.164, and a sender may be a short code."""

    name: str
    slug: str
    zone: str
    country: str
    text_name: str
    admin_email: str
    sender: str | None = None
    phone: str | None = None
    oncall: str | None = None
    hotline: str | None = None


def read_new_agency(
    *,
    name: str,
    slug: str,
    zone: str,
    admin: str,
    text_name: str | None = None,
    sender: str | None = None,
    phone: str | None = None,
    oncall: str | None = None,
    hotline: str | None = None,
) -> NewAgency:
    """The agency these words describe. Raises: InvalidInput with every problem, one plain sentence each."""
    problems: list[str] = []
    country = "GB" if zone in _UK_ZONES else "US"
    numbers = {
        field: _number(field, typed, lambda given: phone_number(given, country), problems)
        for field, typed in (("phone", phone), ("oncall", oncall), ("hotline", hotline))
    }
    problems += [
        sentence
        for field, number in numbers.items()
        if number and (sentence := check_fill(field, number, country=country)) is not None
    ]
    found = NewAgency(
        name=_name(name, problems),
        slug=_slug(slug, problems),
        zone=_zone(zone, problems),
        country=country,
        text_name=_text_name(name, text_name, country, problems),
        admin_email=_email(admin, problems),
        sender=_number("sender", sender, lambda given: sender_number(given, country), problems),
        **numbers,
    )
    if problems:
        raise InvalidInput(" ".join(problems), tuple(problems))
    return found


def email_address(typed: str) -> str:
    """The address in lower case. Raises: InvalidInput where it has not the shape of one; nothing else is asked."""
    address = typed.strip().lower()
    if len(address) > LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        raise InvalidInput(f'"{_shown(typed)}" is not an e-mail address.')
    return address


def person_name(typed: str) -> str:
    """A name on one line. Raises: InvalidInput."""
    name = " ".join(typed.split())
    if not name or not name.isprintable():
        raise InvalidInput("The name is missing.")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(f'"{_shown(typed)}" is longer than {LONGEST_NAME} signs.')
    return name


def name_in_texts(name: str) -> str | None:
    """How texts may name an agency of this name: cut after a whole word within 17 septets; None where it cannot be."""
    line = " ".join(plain(name).text.split())
    if not line or not is_gsm(line):
        return None
    kept = ""
    for word in line.split(" "):
        longer = f"{kept} {word}".strip()
        if measure(longer).units > SAMPLES["agency"]:
            break
        kept = longer
    while not kept and measure(line).units > SAMPLES["agency"]:
        line = line[:-1]
    return (kept or line).rstrip(" ,;:-&") or None


def _name(typed: str, problems: list[str]) -> str:
    try:
        return person_name(typed)
    except InvalidInput as off:
        problems.append(f"agency: {off}")
        return ""


def _slug(typed: str, problems: list[str]) -> str:
    if not _SLUG.fullmatch(typed):
        problems.append(f'slug: "{_shown(typed)}" must be small letters, digits and hyphens, like harbor-county.')
    return typed


def _zone(typed: str, problems: list[str]) -> str:
    try:
        check_zone(typed)
    except InvalidInput as off:
        problems.append(f"zone: {off}")
    return typed


def _email(typed: str, problems: list[str]) -> str:
    try:
        return email_address(typed)
    except InvalidInput as off:
        problems.append(f"admin: {off}")
        return ""


def _text_name(name: str, typed: str | None, country: str, problems: list[str]) -> str:
    if typed is None:
        made = name_in_texts(name)
        if made is None:
            problems.append("text-name: the agency's name does not fit into texts; give a short name with --text-name.")
        return made or ""
    line = plain(typed).text.strip()
    sentence = check_fill("agency", line)
    if sentence is not None:
        problems.append(f"text-name: {sentence.replace('agency', 'it', 1)}")
    return line


def _number(field: str, typed: str | None, read: Callable[[str], str], problems: list[str]) -> str | None:
    if typed is None:
        return None
    try:
        return read(typed)
    except InvalidInput as off:
        problems.append(f"{field}: {off}")
        return None


def _shown(typed: str) -> str:
    flat = " ".join(typed.split())
    return flat if len(flat) <= 60 else f"{flat[:57]}..."
