"""The states whose own rule is tighter than 8:00 to 21:00."""

from datetime import time

import pytest

from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.state_hours import TIGHTER, off_in_state

EIGHT_TO_NINE = PoliteHours(time(8), time(21), time(8))
CASES = [
    (PoliteHours(), "TX", None),  # our own default keeps to every rule
    (PoliteHours(), "FL", None),
    (EIGHT_TO_NINE, "CO", None),
    (EIGHT_TO_NINE, None, None),
    (EIGHT_TO_NINE, "FL", ("polite_until", "In FL no text may leave after 8:00 pm.")),
    (EIGHT_TO_NINE, "TX", ("polite_from", "In TX no text may leave before 9:00 am.")),
    (PoliteHours(time(9), time(21), time(9)), "TX",
     ("polite_sunday_from", "In TX no text may leave before 12:00 pm on a Sunday.")),
    (PoliteHours(time(9), time(21), None), "TX", None),  # nothing leaves on Sundays at all
]  # fmt: skip


@pytest.mark.parametrize(("hours", "state", "off"), CASES)
def test_hours_keep_to_the_state(hours: PoliteHours, state: str | None, off: tuple[str, str] | None) -> None:
    assert off_in_state(hours, "US", state) == off


def test_another_country_has_no_such_states() -> None:
    assert all(off_in_state(EIGHT_TO_NINE, "GB", state) is None for state in TIGHTER)
