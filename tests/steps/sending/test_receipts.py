"""Callbacks: each is kept, they come in any order and more than once, and a final word never goes back."""

import itertools

import pytest
from sqlalchemy import text

from foster_bond.carriers.carrier import Accepted, OutgoingText
from foster_bond.rules.kinds import Kind
from foster_bond.steps.sending.record_receipt import Receipt, record
from foster_bond.store import alert_calls
from foster_bond.store.alerts import Alert
from tests.cast import GRACE
from tests.loopback_carrier.ledger import new_sid
from tests.steps.sending.doubles import Answers
from tests.steps.sending.room import NOON, Room

SENT = ["scheduled", "sending", "accepted"]


def accepted(room: Room, kind: Kind = Kind.PROMPT, **more: str) -> tuple[str, str]:
    """A text that the carrier has: our id and the carrier's."""
    message_id = room.write(kind, **more)
    room.sender(Answers()).send_due()
    return message_id, str(room.row(message_id).carrier_sid)


def test_receipts_move_a_text_on(room: Room) -> None:
    message_id, sid = accepted(room)
    assert [room.receipt(message_id, sid, status) for status in ("queued", "sent", "delivered")] == [
        "kept",
        "moved",
        "moved",
    ]
    assert room.log(message_id) == [*SENT, "sent", "delivered"]
    assert room.query("SELECT status, carrier_sid FROM v_callback ORDER BY id") == [
        ("queued", sid), ("sent", sid), ("delivered", sid),
    ]  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "queued"])), ids=" ".join)
def test_whatever_the_order_delivered_is_the_end(plain_room: Room, order: tuple[str, ...]) -> None:
    message_id, sid = accepted(plain_room)
    for status in (*order, *order):
        plain_room.receipt(message_id, sid, status)
    assert plain_room.log(message_id)[-1] == "delivered"
    assert plain_room.one("SELECT count(*) FROM v_callback") == 6


def test_only_delivered_may_replace_undelivered(room: Room) -> None:
    message_id, sid = accepted(room)
    for status, moves in (("undelivered", "moved"), ("sent", "kept"), ("failed", "kept"), ("delivered", "moved")):
        assert room.receipt(message_id, sid, status) == moves
    assert room.receipt(message_id, sid, "undelivered") == "kept"
    assert room.log(message_id) == [*SENT, "undelivered", "delivered"]


def test_a_receipt_that_comes_before_the_answer_is_the_answer(room: Room) -> None:
    message_id, sid = room.write(), new_sid()

    def report(outgoing: OutgoingText) -> None:
        assert room.receipt(message_id, sid, "sent") == "moved"

    room.sender(Answers(Accepted(sid, "queued"), before=report)).send_due()
    assert room.log(message_id) == [*SENT, "sent"] and room.row(message_id).carrier_sid == sid


def test_a_receipt_with_our_ref_answers_an_unanswered_send(room: Room) -> None:
    message_id = room.write()
    carrier = room.send("reset_after_accept")
    assert room.row(message_id).state == "unknown"
    (record_there,) = carrier.ledger.sent
    assert room.receipt(message_id, record_there.sid, "delivered") == "moved"
    assert room.log(message_id) == ["scheduled", "sending", "unknown", "accepted", "delivered"]
    assert room.row(message_id).accepted_at == NOON


def test_a_receipt_for_a_text_taken_for_absent_keeps_it_from_leaving_again(room: Room) -> None:
    message_id = room.write()
    room.send("429")
    assert room.receipt(message_id, new_sid(), "sent") == "moved"
    assert room.log(message_id) == ["scheduled", "sending", "scheduled", "sending", "accepted", "sent"]
    assert room.send().ledger.sent == []


def test_an_id_that_the_answer_got_wrong_is_put_right_by_the_first_receipt(room: Room) -> None:
    message_id = room.write()
    carrier = room.send("alien_sid")
    (there,) = carrier.ledger.sent
    assert room.row(message_id).carrier_sid != there.sid
    assert room.receipt(message_id, there.sid, "delivered") == "moved"
    assert room.row(message_id).carrier_sid == there.sid and room.log(message_id) == [*SENT, "delivered"]
    assert room.receipt(message_id, new_sid(), "delivered") == "foreign"  # proven now


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt("nobodys", "SM" + "1" * 32, "sent"), Receipt("", "SM" + "1" * 32, "sent"), Receipt("", "", ""),
        Receipt("a\x00b", "SM" + "1" * 32, "sent"), Receipt("", "SM\x00", "sent"), Receipt("", "SM1", "s\u00e9nt"),
        Receipt("x" * 400, "y" * 400, "z" * 400),
    ],
)  # fmt: skip
def test_what_is_about_no_text_of_ours_is_let_go(room: Room, receipt: Receipt) -> None:
    accepted(room)
    assert record(room.store, receipt, NOON) == "foreign"
    assert room.one("SELECT count(*) FROM v_callback") == 0


def test_another_texts_id_under_our_ref_is_foreign(room: Room) -> None:
    message_id, _ = accepted(room)
    other_id, other_sid = accepted(room, Kind.STAFF_REPLY)
    assert room.receipt(message_id, other_sid, "failed") == "foreign"
    assert (room.row(message_id).state, room.row(other_id).state) == ("accepted", "accepted")


def test_a_receipt_without_a_ref_is_found_by_the_carriers_id(plain_room: Room) -> None:
    message_id, sid = accepted(plain_room)
    assert record(plain_room.store, Receipt("", sid, "delivered"), NOON) == "moved"
    assert plain_room.row(message_id).state == "delivered"


def test_a_late_receipt_for_a_text_let_go_is_known_and_moves_nothing(room: Room) -> None:
    message_id = room.write()
    room.send("code:21617")
    assert room.receipt(message_id, "SM" + "1" * 32, "delivered") == "moved"
    assert room.row(message_id).state == "failed" and room.row(message_id).carrier_sid == "SM" + "1" * 32
    assert room.one("SELECT count(*) FROM audit_events WHERE act = 'carrier_id_late'") == 1


def test_prompts_wait_for_both_welcomes(room: Room) -> None:
    with room.store.write() as session:
        session.execute(
            text("UPDATE consents SET welcomed_at = :now"), {"now": room.one("SELECT max(since) FROM consents")}
        )
    waiting = (
        "SELECT count(*) FROM consents c JOIN members m ON m.to_bidx = c.to_bidx "
        "WHERE m.ref = 'M-Grace' AND c.welcomed_at IS NOT NULL"
    )
    first, second = room.write(Kind.WELCOME, body="W1"), room.write(Kind.WELCOME, body="W2")
    carrier = room.carrier("ok", "reset_after_accept")
    room.sender(carrier, in_flight=1).send_due()
    assert {room.row(first).state, room.row(second).state} == {"accepted", "unknown"}
    assert room.one(waiting) == 1
    lost = first if room.row(first).state == "unknown" else second
    there = next(one for one in carrier.ledger.sent if one.ref == room.row(lost).ref)
    room.receipt(lost, there.sid, "sent")
    assert room.one(waiting) == 0


def notice(room: Room, alert_id: str, to: str) -> str:
    """A call to Mina about this alert, by text."""
    message_id = room.write(Kind.STAFF_ALERT, to=to, alert_id=alert_id)
    with room.store.write() as session:
        alert = session.get(Alert, alert_id)
        assert alert is not None
        alert_calls.add(session, alert, room.cast.mina.staff_id, room.clock.now(), message_id=message_id)
    return message_id


def test_an_accepted_notice_tells_the_alert_and_one_in_doubt_does_not(room: Room) -> None:
    alert_id = room.cast.harbor.ids["alert_id"]
    state = "SELECT state FROM v_alert WHERE id = :id"
    lost = notice(room, alert_id, "+13035550140")
    room.send("reset_after_accept")
    assert room.row(lost).state == "unknown" and room.one(state, id=alert_id) == "raised"
    notice(room, alert_id, "+13035550141")
    room.send()
    assert room.one(state, id=alert_id) == "notified"
    assert room.one("SELECT first_notified_at FROM alerts WHERE id = :id", id=alert_id) is not None


def test_a_crisis_answer_that_did_not_arrive_says_call_now(room: Room) -> None:
    alert_id = room.cast.harbor.ids["alert_id"]
    with room.store.write() as session:
        session.execute(text("UPDATE alerts SET priority = 'now'"))
    message_id, sid = accepted(room, Kind.CRISIS_REPLY, to=GRACE)
    room.receipt(message_id, sid, "undelivered", 30003)
    assert room.one("SELECT cannot_answer FROM alerts WHERE id = :id", id=alert_id)
