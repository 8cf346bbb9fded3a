"""What staff recorded of a placement: whether it stands, rests or has ended on a day."""

from datetime import date

import pytest

from foster_bond.rules.placement_status import PlacementEvent, PlacementKind, Rests, placement_on

START, MOVE, ENDING, RESPITE = PlacementKind
OVER = Rests("The placement has ended.", over=True)
WHY = "The placement rests: the child is in respite care."


def day(number: int) -> date:
    return date(2026, 11, number)


CASES = [
    # what was recorded, in that order; the day; what keeps our texts away
    ([], 5, None),
    ([PlacementEvent(START, day(1))], 5, None),
    ([PlacementEvent(ENDING, day(6))], 5, None),
    ([PlacementEvent(ENDING, day(6))], 6, OVER),  # from its own day on
    ([PlacementEvent(MOVE, day(3))], 5, OVER),
    ([PlacementEvent(MOVE, day(3)), PlacementEvent(START, day(5))], 5, None),  # the child came back
    ([PlacementEvent(START, day(5)), PlacementEvent(ENDING, day(5))], 5, OVER),  # of one day the last word counts
    ([PlacementEvent(ENDING, day(5)), PlacementEvent(START, day(5))], 5, None),
    ([PlacementEvent(START, day(9)), PlacementEvent(ENDING, day(2))], 5, OVER),  # what is to come changes nothing yet
    ([PlacementEvent(RESPITE, day(4), day(6))], 3, None),
    ([PlacementEvent(RESPITE, day(4), day(6))], 4, Rests(WHY, day(6))),
    ([PlacementEvent(RESPITE, day(4), day(6))], 6, Rests(WHY, day(6))),
    ([PlacementEvent(RESPITE, day(4), day(6))], 7, None),
    ([PlacementEvent(RESPITE, day(4))], 20, Rests(WHY)),  # until somebody says
    ([PlacementEvent(RESPITE, day(4), day(6)), PlacementEvent(RESPITE, day(5), day(8))], 5, Rests(WHY, day(8))),
    ([PlacementEvent(RESPITE, day(4), day(6)), PlacementEvent(RESPITE, day(5))], 5, Rests(WHY)),
    ([PlacementEvent(RESPITE, day(4)), PlacementEvent(ENDING, day(5))], 5, OVER),  # an ending says more than a rest
]  # fmt: skip


@pytest.mark.parametrize(("events", "today", "wanted"), CASES)
def test_what_keeps_our_texts_away(events: list[PlacementEvent], today: int, wanted: Rests | None) -> None:
    assert placement_on(events, day(today)) == wanted
