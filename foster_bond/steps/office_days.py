"""Steps, shared floor: the agency's own working week, and until when a person has to decide something."""

from datetime import date, datetime
from functools import lru_cache

from foster_bond.errors import InvalidInput
from foster_bond.rules.local_time import local_day
from foster_bond.rules.public_holidays import public_holidays
from foster_bond.rules.working_days import a_working_day_later
from foster_bond.store.agencies import Agency


def closed_days(agency: Agency, at: datetime) -> frozenset[date]:
    """The days of this year and the next on which nobody of the agency works: its own and the public holidays."""
    year = local_day(at, agency.zone).year
    own = {date.fromisoformat(row["date"]) for row in agency.closed_days if row.get("date")}
    return frozenset(own | set(_holidays(agency.country, agency.state, year)))


@lru_cache(maxsize=256)
def _holidays(country: str, state: str | None, year: int) -> tuple[date, ...]:
    try:
        return tuple(public_holidays(country, state, (year, year + 1)))
    except InvalidInput:  # a state that has no list of its own
        return tuple(public_holidays(country, None, (year, year + 1)))


def decide_by(agency: Agency, held_since: datetime) -> datetime:
    """Until when a person may decide what an unclear wish meant; then it is a stop."""
    return a_working_day_later(held_since, agency.zone, closed_days(agency, held_since))
