"""Rules: public holidays by country and state."""

from datetime import date

import pytest

from foster_bond.errors import InvalidInput
from foster_bond.rules.public_holidays import public_holidays


def test_a_state_has_its_own_days_beside_the_countrys() -> None:
    colorado, country = public_holidays("US", "CO", [2026]), public_holidays("us", None, [2026])
    assert country[date(2026, 11, 26)] == "Thanksgiving Day"
    assert date(2026, 10, 5) in colorado  # Frances Xavier Cabrini Day
    assert date(2026, 10, 5) not in country
    assert list(colorado) == sorted(colorado)


def test_the_day_off_is_there_beside_the_day_itself() -> None:
    days = public_holidays("US", "co", [2026, 2027])
    assert days[date(2026, 7, 3)] == "Independence Day (observed)"  # the 4th is a Saturday
    assert {day.year for day in days} >= {2026, 2027}


def test_spanish_names_where_there_are_some() -> None:
    assert public_holidays("MX", None, [2026], language="es")[date(2026, 1, 1)] == "Año Nuevo"
    assert public_holidays("US", None, [2026], language="es")[date(2026, 1, 1)] == "New Year's Day"


@pytest.mark.parametrize(("country", "state"), [("XX", None), ("US", "ZZ"), ("", None)])
def test_a_place_we_do_not_know_is_said(country: str, state: str | None) -> None:
    with pytest.raises(InvalidInput, match="no public holidays for"):
        public_holidays(country, state, [2026])
