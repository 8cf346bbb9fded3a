"""Texts that our door missed are found in the carrier's list, however long ago it was."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from foster_bond.carriers.carrier import CarrierInbound, CarrierText, CarrierUnreachable, Outcome, OutgoingText
from foster_bond.clock import FixedClock
from foster_bond.steps.hearing.recover_missed import recover_missed
from foster_bond.store import pulses
from tests.cast import GRACE, HARBOR_NUMBER
from tests.steps.hearing.conftest import EVENING, HOUR, Line

MINUTE = timedelta(minutes=1)


@dataclass
class Listed:
    """A carrier that keeps what came in."""

    texts: list[CarrierInbound] = field(default_factory=list)
    away: bool = False

    def came(self, sid: str, words: str, at: datetime) -> None:
        self.texts.append(CarrierInbound(sid, GRACE, HARBOR_NUMBER, words, at, 0))

    async def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        if self.away:
            raise CarrierUnreachable("away")
        return [one for one in self.texts if one.to == number and one.received_at >= since]

    async def sent_to(self, to: str, *, limit: int = 1000) -> Sequence[CarrierText]:
        return []

    async def send(self, text: OutgoingText) -> Outcome:
        raise AssertionError("nothing is sent while texts are looked for")

    async def fetch(self, sid: str) -> CarrierText | None:
        return None

    async def check(self) -> None: ...

    async def aclose(self) -> None: ...


def recovered(line: Line, carrier: Listed, at: datetime) -> int:
    return asyncio.run(recover_missed(line.store, carrier, FixedClock(at)))["recovered"]


def test_a_missed_text_is_filed_once(line: Line) -> None:
    carrier = Listed()
    carrier.came("SMmissed", "It went well.", EVENING)
    assert recovered(line, carrier, EVENING + 5 * MINUTE) == 1
    assert recovered(line, carrier, EVENING + 10 * MINUTE) == 0
    assert len(line.rows("SELECT id FROM inbound_texts WHERE carrier_sid = 'SMmissed' AND recovered")) == 1


def test_what_our_door_knows_and_what_may_still_be_on_its_way_is_left_alone(line: Line) -> None:
    line.say("Already here.", sid="SMhere")
    carrier = Listed()
    carrier.came("SMhere", "Already here.", EVENING)
    carrier.came("SMfresh", "On its way.", EVENING + 5 * MINUTE)
    assert recovered(line, carrier, EVENING + 5 * MINUTE + timedelta(seconds=20)) == 0


def test_a_long_outage_loses_nothing_though_newer_texts_came_since(line: Line) -> None:
    carrier = Listed()
    assert recovered(line, carrier, EVENING) == 0  # all was read up to here
    carrier.came("SMold", "In the outage.", EVENING + HOUR)
    carrier.away = True
    assert recovered(line, carrier, EVENING + 2 * HOUR) == 0
    line.say("After the outage.", EVENING + 9 * HOUR, sid="SMnew")
    carrier.away = False
    assert recovered(line, carrier, EVENING + 10 * HOUR) == 1
    assert len(line.rows("SELECT id FROM inbound_texts WHERE carrier_sid = 'SMold'")) == 1


def test_the_mark_is_no_beat_of_the_clock(line: Line) -> None:
    recovered(line, Listed(), EVENING)
    with line.store.read() as session:
        assert pulses.of_job(session, pulses.LOOKED_THROUGH) == EVENING
        assert pulses.latest(session) is None  # or a demo that has just lived would go back to it
