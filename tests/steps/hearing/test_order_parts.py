"""Parts that overtook each other on the way stand as they were sent, once the answer has settled."""

import asyncio

from foster_bond.clock import FixedClock
from foster_bond.steps.hearing.order_parts import order_parts
from foster_bond.store.prompts import Prompt
from tests.steps.hearing.conftest import EVENING, HOUR, Line
from tests.steps.hearing.test_recover_missed import Listed

MINUTE = HOUR / 60
SECOND = HOUR / 3600


def look(line: Line, carrier: Listed, minutes: float) -> tuple[int, int]:
    tally = asyncio.run(order_parts(line.store, carrier, FixedClock(EVENING + minutes * MINUTE)))
    return tally["looked_at"], tally["reordered"]


def shown(line: Line) -> list[str]:
    """The parts of the evening's answer in the order in which a page shows them."""
    rows = line.rows(
        "SELECT carrier_sid FROM inbound_texts WHERE carrier_sid LIKE 'SMpart%' "
        "ORDER BY coalesce(carrier_at, received_at), received_at, id"
    )
    return [row["carrier_sid"] for row in rows]


def overtaken(line: Line) -> Listed:
    """Two parts: the second one sent came in first, within one of the carrier's seconds for the last two."""
    carrier = Listed()
    line.ask()
    for place, sid in enumerate(("SMpart2", "SMpart1", "SMpart3")):
        line.say(f"Words of {sid}.", EVENING + place * SECOND, sid=sid)
    for sid, at in (("SMpart1", 0), ("SMpart2", 1), ("SMpart3", 1)):
        carrier.came(sid, f"Words of {sid}.", EVENING + (at - 2) * SECOND)
    return carrier


def test_a_settled_answer_is_put_in_order_once(line: Line) -> None:
    carrier = overtaken(line)
    assert look(line, carrier, 19) == (0, 0)
    assert shown(line) == ["SMpart2", "SMpart1", "SMpart3"]
    assert look(line, carrier, 21) == (1, 1)
    assert shown(line) == ["SMpart1", "SMpart2", "SMpart3"]
    assert look(line, carrier, 22) == (0, 0)


def test_an_answer_in_order_is_looked_at_once_and_left_alone(line: Line) -> None:
    carrier = Listed()
    line.ask()
    for place, sid in enumerate(("SMpart1", "SMpart2")):
        line.say(f"Words of {sid}.", EVENING + place * SECOND, sid=sid)
        carrier.came(sid, f"Words of {sid}.", EVENING)
    assert look(line, carrier, 21) == (1, 0)
    assert look(line, carrier, 22) == (0, 0)
    assert line.rows("SELECT carrier_sid FROM inbound_texts WHERE carrier_at IS NOT NULL") == []


def test_a_carrier_that_is_away_is_asked_again(line: Line) -> None:
    carrier = overtaken(line)
    carrier.away = True
    assert look(line, carrier, 21) == (0, 0)
    carrier.away = False
    assert look(line, carrier, 26) == (1, 1)


def test_a_list_that_lacks_a_part_changes_nothing(line: Line) -> None:
    carrier = overtaken(line)
    carrier.texts = carrier.texts[:2]
    assert look(line, carrier, 21) == (1, 0)
    assert shown(line) == ["SMpart2", "SMpart1", "SMpart3"]


def test_the_number_that_was_said_first_is_the_rating(line: Line) -> None:
    with line.store.write() as session:
        session.add(
            Prompt(
                agency_id=line.cast.harbor.agency_id, key="S2", technique="support", level=1, target="self",
                reply="1-5", roles=["foster_parent"], texts={"en": "How much is left, 1 to 5?"},
            )
        )  # fmt: skip
    slot, carrier = line.ask(key="S2"), Listed()
    for place, (sid, words, at) in enumerate((("SMpart2", "4", 5), ("SMpart1", "2", 0))):
        line.say(words, EVENING + place * SECOND, sid=sid)
        carrier.came(sid, words, EVENING - 10 * SECOND + at * SECOND)
    look(line, carrier, 21)
    assert line.rows("SELECT rating FROM reflections WHERE occurrence_id = :slot", slot=slot) == [{"rating": 2}]


def test_an_old_answer_stays_as_it_came(line: Line) -> None:
    assert look(line, overtaken(line), 3 * 24 * 60) == (0, 0)
