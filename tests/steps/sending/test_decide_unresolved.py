"""A text in doubt: the carrier is asked again, it is sent again once, or let go, by those who hold the family."""

from datetime import timedelta

import pytest

from foster_bond.errors import Conflict, NotYours
from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Consent
from foster_bond.steps.sending.decide_unresolved import ask_again, let_go, send_again
from tests.cast import GRACE
from tests.loopback_carrier import LoopbackCarrier
from tests.steps.sending.room import Room, client_of

OPEN_TASKS = "SELECT count(*) FROM tasks WHERE kind = 'unresolved' AND done_at IS NULL"


def in_doubt(room: Room, kind: Kind = Kind.PROMPT, **more: object) -> tuple[str, LoopbackCarrier]:
    """A text that a person has to decide about."""
    message_id = room.write(kind, lives=timedelta(minutes=4), **more)  # type: ignore[arg-type]
    carrier = room.send("reset_before")
    room.clock.move(timedelta(minutes=5))
    assert room.look_up(carrier)["unresolved"] == 1
    return message_id, carrier


def test_the_carrier_is_asked_again_and_has_it(room: Room) -> None:
    message_id, carrier = in_doubt(room)
    assert ask_again(room.store, client_of(carrier), room.clock, room.cast.mina.viewer, message_id) == "absent"
    there = carrier.ledger.accept({"To": GRACE, "Body": "How was today?"}, room.clock.now())
    assert ask_again(room.store, client_of(carrier), room.clock, room.cast.mina.viewer, message_id) == "found"
    assert room.row(message_id).carrier_sid == there.sid and room.log(message_id)[-2:] == ["unresolved", "accepted"]
    assert room.one(OPEN_TASKS) == 0
    assert room.one("SELECT count(*) FROM audit_events WHERE act = 'asked_carrier'") == 2


def test_sent_again_is_a_new_text_linked_to_the_first(room: Room) -> None:
    message_id, carrier = in_doubt(room)
    new_id = send_again(room.store, room.cast.mina.viewer, message_id, room.clock.now())
    assert room.log(message_id)[-2:] == ["unresolved", "cancelled"] and room.one(OPEN_TASKS) == 0
    room.sender(carrier).send_due()
    new = room.row(new_id)
    assert (new.kind, new.state, new.again_of, new.ref != room.row(message_id).ref) == (
        "again",
        "accepted",
        message_id,
        True,
    )
    assert [one.body for one in carrier.ledger.sent] == ["How was today?"]
    with pytest.raises(Conflict):
        send_again(room.store, room.cast.mina.viewer, message_id, room.clock.now())


def test_sending_again_asks_the_gate(room: Room) -> None:
    message_id, _ = in_doubt(room)
    room.agree([GRACE], to=Consent.STOPPED)
    with pytest.raises(Conflict, match="stopped all texts"):
        send_again(room.store, room.cast.mina.viewer, message_id, room.clock.now())
    assert room.row(message_id).state == "unresolved" and room.one(OPEN_TASKS) == 1


@pytest.mark.parametrize("kind", [Kind.STAFF_ALERT, Kind.CONSENT_ASK])
def test_what_is_said_once_only_is_not_sent_again(plain_room: Room, kind: Kind) -> None:
    message_id, _ = in_doubt(plain_room, kind, to="+13035550155", family_id=plain_room.cast.harbor.home.family_id)
    with pytest.raises(Conflict):
        send_again(plain_room.store, plain_room.cast.mina.viewer, message_id, plain_room.clock.now())


def test_let_go_ends_the_doubt_and_says_who(room: Room) -> None:
    message_id, carrier = in_doubt(room)
    let_go(room.store, room.cast.tom.viewer, message_id, room.clock.now())
    assert room.log(message_id)[-1] == "cancelled"
    assert room.query("SELECT done_by FROM tasks WHERE kind = 'unresolved'") == [(room.cast.tom.staff_id,)]
    assert room.query("SELECT staff_id, subject_id FROM audit_events WHERE act = 'let_go'") == [
        (room.cast.tom.staff_id, message_id)
    ]
    room.sender(carrier).send_due()
    assert carrier.ledger.sent == []


@pytest.mark.parametrize("name", ["rex", "eve", "cal", "lena"])
def test_strangers_and_those_without_the_family_see_nothing(plain_room: Room, name: str) -> None:
    message_id, carrier = in_doubt(plain_room)
    viewer = getattr(plain_room.cast, name).viewer
    for act in (
        lambda: let_go(plain_room.store, viewer, message_id, plain_room.clock.now()),
        lambda: send_again(plain_room.store, viewer, message_id, plain_room.clock.now()),
        lambda: ask_again(plain_room.store, client_of(carrier), plain_room.clock, viewer, message_id),
    ):
        with pytest.raises(NotYours):
            act()
    with pytest.raises(NotYours):
        let_go(plain_room.store, viewer, "0" * 36, plain_room.clock.now())
    assert plain_room.row(message_id).state == "unresolved"
