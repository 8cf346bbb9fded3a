"""Rules, under the gate: the states whose own rule leaves fewer hours for texts than 8:00 to 21:00.

Source: domain.md section 7.1 names these four and says that there are others: an agency's counsel knows its state's.
"""

from dataclasses import dataclass
from datetime import time

from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.spoken_time import spoken_hour


@dataclass(frozen=True, slots=True)
class StateHours:
    """The hours that one state leaves open."""

    earliest: time
    latest: time
    sunday_earliest: time


_EIGHT_TO_EIGHT = StateHours(time(8), time(20), time(8))
TIGHTER = {
    "FL": _EIGHT_TO_EIGHT,
    "MD": _EIGHT_TO_EIGHT,
    "OK": _EIGHT_TO_EIGHT,
    "TX": StateHours(time(9), time(21), time(12)),
}


def off_in_state(hours: PoliteHours, country: str, state: str | None) -> tuple[str, str] | None:
    """Which field breaks the state's rule and what to do about it; None where the hours keep to it."""
    rule = TIGHTER.get(state or "") if country == "US" else None
    if rule is None:
        return None
    if hours.start < rule.earliest:
        return "polite_from", f"In {state} no text may leave before {spoken_hour(rule.earliest)}."
    if hours.end > rule.latest:
        return "polite_until", f"In {state} no text may leave after {spoken_hour(rule.latest)}."
    if hours.sunday_start is not None and hours.sunday_start < rule.sunday_earliest:
        earliest = spoken_hour(rule.sunday_earliest)
        return "polite_sunday_from", f"In {state} no text may leave before {earliest} on a Sunday."
    return None
