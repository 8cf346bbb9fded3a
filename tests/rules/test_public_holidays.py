"""Rules: public holidays by country and state."""

from datetime import date

import pytest

from foster_bond.errors import InvalidInput
from foster_bond.rules.public_holidays import kept_on, names_of_year, public_holidays, subdivisions_of


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


FOURTH = "Independence Day"
KEPT = [
    # what the agency ticked, the day, what it keeps
    ((FOURTH,), date(2026, 7, 4), FOURTH),
    ((FOURTH,), date(2026, 7, 3), FOURTH),  # the day off in lieu counts, too
    ((FOURTH,), date(2027, 7, 5), FOURTH),  # every year on its own day
    ((FOURTH,), date(2026, 11, 26), None),
    (("Thanksgiving Day",), date(2026, 11, 26), "Thanksgiving Day"),
    ((), date(2026, 7, 4), None),
    (("No such day",), date(2026, 7, 4), None),
]


@pytest.mark.parametrize(("ticked", "day", "wanted"), KEPT)
def test_an_agency_keeps_the_holidays_it_ticked(ticked: tuple[str, ...], day: date, wanted: str | None) -> None:
    assert kept_on("US", "CO", ticked, day) == wanted


def test_a_place_without_holidays_closes_nothing() -> None:
    assert kept_on("XX", None, ("Independence Day",), date(2026, 7, 4)) is None


def test_each_holiday_is_offered_once_with_its_own_day() -> None:
    offered = names_of_year("US", "CO", 2026)
    assert offered["Independence Day"] == date(2026, 7, 4)
    assert not any("observed" in name for name in offered) and len(offered) == len(set(offered))


def test_the_states_of_a_country() -> None:
    assert {"CO", "TX", "FL"} <= set(subdivisions_of("us")) and subdivisions_of("XX") == ()
