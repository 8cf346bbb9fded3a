"""Rules: what the agency's calendar shows: when and how often it texts, days without texts, and who changed what."""

from dataclasses import dataclass

from foster_bond.rules.page_values.calendar import DateLine
from foster_bond.rules.page_values.frame import Choice, FormState, When


@dataclass(frozen=True, slots=True)
class HolidayTick:
    """One public holiday of the country or state; `when` is its day this year."""

    name: str
    when: str
    kept: bool


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day of the agency's own on which nothing leaves."""

    date: str
    when: str
    name: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """Who changed what, from the record."""

    when: When
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class AgencyCalendarPage:
    """Everything that every schedule of the agency obeys."""

    name: str
    country: str
    polite_from: str
    polite_until: str
    sunday_from: str
    zones: tuple[str, ...]
    states: tuple[Choice, ...]
    state_rule: str  # the state's own hours, where it has some
    holidays: tuple[HolidayTick, ...]
    year: int
    closed: tuple[ClosedDay, ...]
    dates: tuple[DateLine, ...]  # marked for all families
    changes: tuple[ChangeLine, ...]
    may_change: bool
    may_mark: bool
    form: FormState
    day_form: FormState
    date_form: FormState
