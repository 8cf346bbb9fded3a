"""Rules, at the agency page: hours, caps and lines as an admin typed them, read whole or refused field by field."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from foster_bond.errors import InvalidInput
from foster_bond.rules.message_text import check_fill
from foster_bond.rules.phone_numbers import phone_number
from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.sender_tiers import TIERS
from foster_bond.rules.state_hours import off_in_state

NUMBERS = ("phone", "oncall", "hotline")
HOURS = ("polite_from", "polite_until", "polite_sunday_from")
# Above these a programme is no longer the one that its evidence speaks of, and a phone becomes a burden.
MOST = {"prompts_a_day": 3, "prompts_a_week": 7, "texts_a_week": 9}
_HOUR = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?", re.ASCII)


class OffFields(InvalidInput):
    """Some fields are off: `by_field` says what is wrong with each."""

    def __init__(self, by_field: Mapping[str, tuple[str, ...]]) -> None:
        problems = tuple(said for several in by_field.values() for said in several)
        super().__init__(" ".join(problems), problems)
        self.by_field = dict(by_field)


@dataclass(frozen=True, slots=True)
class AgencyChanges:
    """What the agency is to be. Numbers are E.164; None takes one away."""

    phone: str | None
    oncall: str | None
    hotline: str | None
    polite_from: time
    polite_until: time
    polite_sunday_from: time
    prompts_a_day: int
    prompts_a_week: int
    texts_a_week: int
    sender_tier: str
    segment_price: int | None  # in ten-thousandths of the currency; None: not said


def read_agency_form(typed: Mapping[str, str], *, country: str, state: str | None = None) -> AgencyChanges:
    """What was typed, checked as a whole. Raises: OffFields, and nothing of it is to be kept."""
    found, off = read_fields(typed, _FIELDS, country=country, state=state)
    if off:
        raise OffFields(off)
    return AgencyChanges(**found)


def read_fields(
    typed: Mapping[str, str], names: Iterable[str], *, country: str, state: str | None
) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """These fields as they were typed, and what is off about each; `state` may leave fewer hours for texts."""
    off: dict[str, tuple[str, ...]] = {}
    found: dict[str, Any] = {}
    for name in names:
        try:
            found[name] = _FIELDS[name](typed.get(name, "").strip(), name, country)
        except InvalidInput as wrong:
            off[name] = wrong.problems
    if not off:
        _check_together(found, off)
    if not off:
        hours = PoliteHours(found["polite_from"], found["polite_until"], found["polite_sunday_from"])
        breaks = off_in_state(hours, country, state)
        off |= {} if breaks is None else {breaks[0]: (breaks[1],)}
    return found, off


def _number(words: str, name: str, country: str) -> str | None:
    if not words:
        return None
    number = phone_number(words, country)
    wrong = check_fill(name, number, country=country)
    if wrong is not None:
        raise InvalidInput(wrong)
    return number


def _hour(words: str, _name: str, _country: str) -> time:
    match = _HOUR.fullmatch(words)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise InvalidInput(f'"{words[:20]}" is not an hour; write it like 19:00.')
    return time(int(match[1]), int(match[2]))


def _cap(words: str, name: str, _country: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", words, re.ASCII) or not 1 <= int(words) <= MOST[name]:
        raise InvalidInput(f'"{words[:20]}" is not a whole number from 1 to {MOST[name]}.')
    return int(words)


def _tier(words: str, _name: str, _country: str) -> str:
    if words not in TIERS:
        raise InvalidInput(f'"{words[:20]}" is no kind of sender that we know.')
    return words


def _price(words: str, _name: str, _country: str) -> int | None:
    if not words:
        return None
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,4})?", words, re.ASCII) or float(words) == 0:
        raise InvalidInput(f'"{words[:20]}" is not a price; write it like 0.0083, or leave it empty.')
    return round(float(words) * 10_000)


def _check_together(found: Mapping[str, Any], off: dict[str, tuple[str, ...]]) -> None:
    try:
        PoliteHours(found["polite_from"], found["polite_until"], found["polite_sunday_from"])
    except InvalidInput as wrong:
        off["polite_from"] = wrong.problems
    if found["prompts_a_day"] > found["prompts_a_week"]:
        off["prompts_a_day"] = ("No more prompts fit into a day than into a week.",)
    if found["prompts_a_week"] > found["texts_a_week"]:
        off["prompts_a_week"] = ("No more prompts fit into a week than texts do: reminders count, too.",)


_FIELDS: Mapping[str, Callable[[str, str, str], Any]] = (
    dict.fromkeys(NUMBERS, _number)
    | dict.fromkeys(HOURS, _hour)
    | dict.fromkeys(MOST, _cap)
    | {"sender_tier": _tier, "segment_price": _price}
)
