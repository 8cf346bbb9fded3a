"""Rules, under the gate: the public holidays of a country or state, by day."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache

import holidays

from foster_bond.errors import InvalidInput


def public_holidays(
    country: str, subdivision: str | None, years: Iterable[int], *, language: str = "en"
) -> dict[date, str]:
    """Day → name, in order of days; days off in lieu are included and say so. `subdivision` as in US, CO.

    Names come in `language` where the source has it for that country, else in the country's own words.

    Raises: InvalidInput for a country or state we have no holidays for.
    """
    region = subdivision.upper() if subdivision else None
    spoken = {"en": "en_US"}.get(language, language)
    try:
        found = holidays.country_holidays(country.upper(), subdiv=region, years=list(years), language=spoken)
    except NotImplementedError:
        place = f"{country}, {subdivision}" if subdivision else country
        raise InvalidInput(f"We have no public holidays for {place}; write it like US or US, CO.") from None
    return dict(sorted(found.items()))


def names_of_year(country: str, subdivision: str | None, year: int) -> dict[str, date]:
    """Each public holiday of a year once, by its name, with its own day: what an agency ticks.

    Raises: InvalidInput for a country or state we have no holidays for.
    """
    found: dict[str, date] = {}
    for day, name in _named(country, subdivision, year):
        found.setdefault(name, day)
    return found


def kept_on(country: str, subdivision: str | None, kept: Collection[str], day: date) -> str | None:
    """The name of the holiday that an agency keeps on that day, a day off in lieu included; None where it works."""
    if not kept:
        return None
    try:
        named = _by_day(country, subdivision, day.year).get(day, ())
    except InvalidInput:
        return None
    return next((name for name in named if name in kept), None)


def subdivisions_of(country: str) -> tuple[str, ...]:
    """The states or regions of a country that have holidays of their own; empty for one we do not know."""
    return tuple(holidays.list_supported_countries().get(country.upper(), ()))


@lru_cache(maxsize=256)
def _by_day(country: str, subdivision: str | None, year: int) -> Mapping[date, tuple[str, ...]]:
    found: dict[date, tuple[str, ...]] = {}
    for day, name in _named(country, subdivision, year):
        found[day] = (*found.get(day, ()), name)
    return found


@lru_cache(maxsize=256)
def _named(country: str, subdivision: str | None, year: int) -> tuple[tuple[date, str], ...]:
    """Day and plain name, the day itself before one in lieu; a day may carry two names."""
    days = public_holidays(country, subdivision, [year])
    pairs = [(day, name.strip()) for day, names in days.items() for name in names.split(";")]
    pairs.sort(key=lambda pair: ("(" in pair[1], pair[0]))
    return tuple((day, name.partition(" (")[0]) for day, name in pairs)
