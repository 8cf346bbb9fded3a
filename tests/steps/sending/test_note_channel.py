"""Whether texts reach staff is judged by what the carrier did, and not by what befell us."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from foster_bond.carriers.carrier import Carrier, Outcome, OutgoingText
from foster_bond.clock import FixedClock
from foster_bond.steps.sending.note_channel import note_texts
from foster_bond.store import channels
from foster_bond.store.session import DatabaseAway
from tests.steps.sending.room import Room


class Elsewhere:
    """A carrier as the sender sees it: every text meets the same end."""

    def __init__(self, ends: Exception) -> None:
        self.ends = ends

    async def send(self, text: OutgoingText) -> Outcome:
        raise self.ends

    async def aclose(self) -> None:
        """Nothing is held open."""


class Sleeper:
    """A machine that sleeps for two seconds between any two looks at its clock."""

    def __init__(self, inner: FixedClock) -> None:
        self.inner = inner

    def now(self) -> datetime:
        return self.inner.now()

    def real(self) -> datetime:
        self.inner.move(timedelta(seconds=2))
        return self.inner.real()


def fails(room: Room, tally: Mapping[str, int]) -> bool:
    note_texts(room.store, tally, room.clock.now())
    with room.store.read() as session:
        known = channels.everything(session).get(channels.TEXT)
    return known is not None and known.fails(room.clock.now())


def test_a_carrier_that_does_not_answer_fails(room: Room) -> None:
    room.write()
    sender = room.sender(room.carrier("reset_before"))
    assert fails(room, sender.send_due())


@pytest.mark.parametrize("ends", [OperationalError("INSERT", {}, Exception("away")), RuntimeError("surprise")])
def test_our_own_database_going_away_says_nothing_about_the_carrier(room: Room, ends: Exception) -> None:
    message_id = room.write()
    carrier: Carrier = Elsewhere(ends)  # type: ignore[assignment]  # only what a sender asks of it
    tally = room.sender(carrier).send_due()
    assert room.row(message_id).state == "unknown"  # it is asked for before anything is repeated, all the same
    assert fails(room, tally) is not isinstance(ends, DatabaseAway)


def test_a_machine_too_busy_says_nothing_about_the_carrier(room: Room) -> None:
    message_id = room.write()
    tally = room.sender(room.carrier(), clock=Sleeper(room.clock)).send_due()
    assert tally["later"] and room.row(message_id).state == "scheduled"
    assert not fails(room, tally)
