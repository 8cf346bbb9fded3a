"""Rules, under the gate: the public holidays of a country or state, by day."""

from collections.abc import Iterable
from datetime import date

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
