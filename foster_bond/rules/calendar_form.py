"""Rules, at the agency's calendar: zone, state, hours and limits as an admin typed them, and days without texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from foster_bond.errors import InvalidInput
from foster_bond.rules.agency_form import HOURS, MOST, OffFields, read_fields
from foster_bond.rules.local_time import check_zone
from foster_bond.rules.public_holidays import names_of_year, subdivisions_of

PLAIN = (*HOURS, *MOST, "sender_tier")
LONGEST_NAME = 60
MOST_DAYS = 100


@dataclass(frozen=True, slots=True)
class Manners:
    """When and how often the agency texts."""

    zone: str
    state: str | None
    polite_from: time
    polite_until: time
    polite_sunday_from: time
    prompts_a_day: int
    prompts_a_week: int
    texts_a_week: int
    sender_tier: str


def read_manners(typed: Mapping[str, str], *, country: str) -> Manners:
    """What was typed, checked as a whole. Raises: OffFields, and nothing of it is to be kept."""
    state = typed.get("state", "").strip().upper() or None
    known = state is None or state in subdivisions_of(country)
    found, off = read_fields(typed, PLAIN, country=country, state=state if known else None)
    if not known:
        off["state"] = (f"We know no state {state} of {country}; choose one of the list.",)
    zone = typed.get("zone", "").strip()
    try:
        check_zone(zone)
    except InvalidInput as wrong:
        off["zone"] = wrong.problems
    if off:
        raise OffFields(off)
    return Manners(zone=zone, state=state, **found)


def read_holidays(ticked: Sequence[str], *, country: str, state: str | None, year: int) -> list[str]:
    """Which public holidays are kept, in the order of the year. Raises: InvalidInput for one that is not offered."""
    offered = list(names_of_year(country, state, year))
    unknown = [name for name in ticked if name not in offered]
    if unknown:
        raise InvalidInput(f'"{unknown[0][:60]}" is no public holiday there.')
    return [name for name in offered if name in ticked]


def read_closed_day(typed: Mapping[str, str], known: Sequence[Mapping[str, str]], *, today: date) -> dict[str, str]:
    """One day on which the agency sends nothing, with the name that staff read. Raises: OffFields."""
    off: dict[str, tuple[str, ...]] = {}
    words, name = typed.get("date", "").strip(), " ".join(typed.get("name", "").split())
    try:
        day = date.fromisoformat(words)
    except ValueError:
        off["date"] = ("Write a day like 2026-12-24.",)
    else:
        if day < today:
            off["date"] = ("That day is over.",)
        elif any(row.get("date") == day.isoformat() for row in known):
            off["date"] = ("That day is closed already.",)
        elif len(known) >= MOST_DAYS:
            off["date"] = (f"At most {MOST_DAYS} days: take old ones out first.",)
    if not 1 <= len(name) <= LONGEST_NAME:
        off["name"] = (f"Name it in 1 to {LONGEST_NAME} characters; staff read it beside each text that waits.",)
    if off:
        raise OffFields(off)
    return {"date": words, "name": name}
