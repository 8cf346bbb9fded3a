"""Each answer of the carrier puts a text into the one right state, and its log says how it got there."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from foster_bond.carriers.carrier import Accepted
from foster_bond.errors import Conflict, NotAllowed
from foster_bond.rules.kinds import Kind
from foster_bond.steps.sending.resume_sending import resume_sending
from tests.cast import GRACE
from tests.steps.sending.doubles import Answers
from tests.steps.sending.room import NOON, Room, taken

SENT = ["scheduled", "sending", "accepted"]


def test_an_accepted_text_is_known_on_both_sides(room: Room) -> None:
    message_id = room.write(body="¿Qué tal? 🙂")
    carrier = room.send("ok")
    row = room.row(message_id)
    assert room.log(message_id) == SENT
    assert row.carrier_sid == taken(carrier, row.ref).sid and row.accepted_at == NOON and row.claimed_at == NOON
    assert (row.token, row.lease_until, row.attempts, row.reason) == (None, None, 1, None)
    assert taken(carrier, row.ref).body == "¿Qué tal? 🙂"
    assert carrier.violations == []


@pytest.mark.parametrize(
    "fault",
    [
        "reset_before", "reset_mid", "reset_after_accept", "error_500_before", "error_500_after_accept", "hang",
        "accept_then_hang", "garbage_body", "wrong_sid", "no_sid", "other_text",
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_unknown_and_never_sent_from_there(plain_room: Room, fault: str) -> None:
    message_id = plain_room.write()
    carrier = plain_room.send(fault, timeout=0.6)
    row = plain_room.row(message_id)
    assert plain_room.log(message_id) == ["scheduled", "sending", "unknown"]
    assert row.claimed_at == NOON and row.look_up_at == NOON + timedelta(minutes=5) and row.attempts == 1
    assert "asked before anything is sent again" in (row.reason or "")
    plain_room.sender(carrier).send_due()
    assert len(carrier.ledger.sent) <= 1 and plain_room.row(message_id).state == "unknown"


def test_too_many_requests_waits_without_counting_an_attempt(room: Room) -> None:
    message_id = room.write()
    carrier = room.send("429")
    row = room.row(message_id)
    assert room.log(message_id) == ["scheduled", "sending", "scheduled"]
    assert (row.attempts, row.backoffs, row.claimed_at, row.claimed_real, row.token) == (0, 1, None, None, None)
    assert NOON + timedelta(seconds=1) <= row.next_try_at <= NOON + timedelta(minutes=5)
    room.clock.move(timedelta(minutes=5))
    room.sender(carrier).send_due()
    assert room.log(message_id) == ["scheduled", "sending", "scheduled", "sending", "accepted"]
    assert room.row(message_id).attempts == 1 and len(carrier.ledger.sent) == 1


def test_a_refused_connection_is_not_in_doubt(plain_room: Room) -> None:
    message_id = plain_room.write()
    carrier = plain_room.carrier()
    carrier.stop()
    plain_room.sender(carrier).send_due()
    assert plain_room.log(message_id) == ["scheduled", "sending", "scheduled"]
    assert plain_room.row(message_id).attempts == 0


def test_back_off_spreads_and_grows(plain_room: Room) -> None:
    message_id = plain_room.write(lives=timedelta(hours=7))
    carrier = plain_room.carrier(*["429"] * 8, retry_after=None)
    sender = plain_room.sender(carrier)
    waits = []
    for _ in range(8):
        before = plain_room.clock.now()
        sender.send_due()
        waits.append(plain_room.row(message_id).next_try_at - before)
        plain_room.clock.move(waits[-1])
    assert all(timedelta(seconds=1) <= wait <= timedelta(minutes=5) for wait in waits)
    assert max(waits) > 5 * min(waits)
    assert plain_room.row(message_id).backoffs == 8 and plain_room.row(message_id).attempts == 0


def test_a_permanent_refusal_fails_with_a_sentence_for_staff(room: Room) -> None:
    message_id = room.write()
    room.send("code:21617")
    row = room.row(message_id)
    assert room.log(message_id) == ["scheduled", "sending", "failed"]
    assert row.error_code == 21617 and row.reason == "The text was longer than 1,600 characters."


@pytest.mark.parametrize("code", [21211, 21614])
def test_a_bad_number_is_flagged_and_makes_one_task(room: Room, code: int) -> None:
    for _ in range(2):
        message_id = room.write(Kind.STAFF_REPLY)
        room.send(f"code:{code}")
        assert room.row(message_id).state == "failed"
    member = room.cast.harbor.home.members["Grace"]
    assert "Check it with the family" in room.one("SELECT number_bad_why FROM members WHERE id = :id", id=member)
    assert room.one("SELECT count(*) FROM tasks WHERE kind = 'number' AND member_id = :id", id=member) == 1


@pytest.mark.parametrize("code", [30003, 30005, 30006])
def test_a_receipt_flags_a_number_too(plain_room: Room, code: int) -> None:
    message_id = plain_room.write()
    carrier = plain_room.send("ok")
    sid = taken(carrier, plain_room.row(message_id).ref).sid
    assert plain_room.receipt(message_id, sid, "undelivered", code) == "moved"
    assert plain_room.log(message_id) == [*SENT, "undelivered"]
    assert plain_room.one("SELECT count(*) FROM tasks WHERE kind = 'number'") == 1
    assert plain_room.row(message_id).error_code == code


def test_a_stop_at_the_network_stops_consent_here(room: Room) -> None:
    message_id = room.write()
    waiting = room.write(Kind.NUDGE, due_at=room.clock.now() + timedelta(minutes=5))
    room.send("code:21610")
    assert room.log(message_id) == ["scheduled", "sending", "suppressed"]
    assert room.row(waiting).state == "suppressed"  # at once, not when its own time comes
    state, held = room.query(
        "SELECT state, carrier_stopped FROM consents WHERE to_bidx = :bidx", bidx=room.row(message_id).to_bidx
    )[0]
    assert state == "stopped" and held
    later = room.write()
    carrier = room.send("ok")
    assert carrier.ledger.sent == [] and room.row(later).state == "suppressed"


def test_a_stop_at_the_network_tells_staff_that_we_could_not_answer(room: Room) -> None:
    alert_id = room.cast.harbor.ids["alert_id"]
    with room.store.write() as session:
        session.execute(text("UPDATE alerts SET priority = 'now' WHERE id = :id"), {"id": alert_id})
    message_id = room.write(Kind.CRISIS_REPLY)
    room.send("code:21610")
    assert room.row(message_id).state == "suppressed"
    assert room.one("SELECT cannot_answer FROM alerts WHERE id = :id", id=alert_id)


@pytest.mark.parametrize("fault", ["401", "403"])
def test_refused_credentials_pause_everything_and_fail_nothing(room: Room, fault: str) -> None:
    room.agree(["+13035550131"])
    ids = [room.write(), room.write(to="+13035550131"), room.write(Kind.STAFF_ALERT, to="+13035550140")]
    carrier = room.send(*[fault] * 3)
    assert {room.row(one).state for one in ids} == {"scheduled"}
    assert {room.row(one).attempts for one in ids} == {0} and {room.row(one).claimed_at for one in ids} == {None}
    room.sender(carrier).send_due()
    assert len(carrier.requests) == 3  # it rests
    room.clock.move(timedelta(minutes=6))
    room.sender(carrier).send_due()
    assert {room.row(one).state for one in ids} == {"accepted"}


def test_a_filtered_sender_pauses_and_alarms_but_alerts_still_try(room: Room) -> None:
    message_id = room.write()
    carrier = room.send("ok")
    sid = taken(carrier, room.row(message_id).ref).sid
    room.receipt(message_id, sid, "undelivered", 30007)
    waiting, alert = room.write(Kind.STAFF_REPLY), room.write(Kind.STAFF_ALERT, to="+13035550140")
    stranger = room.write(to="+14155550121", house=room.cast.elsewhere)
    room.clock.move(timedelta(minutes=1))
    room.sender(carrier).send_due()
    assert room.row(waiting).state == "scheduled"
    assert room.row(alert).state == "accepted" and room.row(stranger).state == "accepted"
    assert room.one("SELECT count(*) FROM tasks WHERE kind = 'sender'") == 1
    assert room.one("SELECT count(*) FROM audit_events WHERE act = 'sender_paused'") == 1


def test_an_answer_with_another_texts_id_is_not_believed(room: Room) -> None:
    room.agree(["+13035550131"])
    first, second = room.write(), room.write(to="+13035550131")
    room.sender(Answers(Accepted("SM" + "a" * 32, "queued"))).send_due()
    assert sorted([room.row(first).state, room.row(second).state]) == ["accepted", "unknown"]


def test_the_carrier_may_keep_trying_until_polite_hours_end(plain_room: Room) -> None:
    plain_room.clock.move(timedelta(hours=7))  # 19:00, an hour before they end
    message_id = plain_room.write(lives=timedelta(hours=5))
    alert = plain_room.write(Kind.STAFF_ALERT, to="+13035550140", lives=timedelta(hours=3))
    carrier = plain_room.send("ok", "ok")
    assert taken(carrier, plain_room.row(message_id).ref).validity == 3600
    assert taken(carrier, plain_room.row(alert).ref).validity == 3 * 3600
    late = plain_room.write(lives=timedelta(minutes=3), to=GRACE, kind=Kind.STAFF_REPLY)
    assert taken(plain_room.send("ok"), plain_room.row(late).ref).validity == 180


def test_nothing_is_sent_without_a_sender(plain_room: Room) -> None:
    plain_room.change_agency(sender=None)
    message_id = plain_room.write()
    carrier = plain_room.send("ok")
    assert carrier.ledger.sent == [] and plain_room.row(message_id).reason == "The agency has no number to send from."


def test_the_settings_sender_is_the_first_agencys(plain_room: Room) -> None:
    service = "MG" + "a" * 32
    ours, theirs = plain_room.write(), plain_room.write(to="+14155550121", house=plain_room.cast.elsewhere)
    carrier = plain_room.send("ok", "ok", service=service)
    assert taken(carrier, plain_room.row(ours).ref).service == service
    assert taken(carrier, plain_room.row(theirs).ref).sender == plain_room.cast.elsewhere.sender


def test_an_admin_lets_a_paused_number_send_again(room: Room) -> None:
    message_id = room.write()
    room.send("code:21606")
    waiting = room.write(Kind.STAFF_REPLY)
    assert room.send().ledger.sent == []
    for name in ("mina", "tom", "lena", "eve"):
        with pytest.raises((NotAllowed, Conflict)):
            resume_sending(room.store, getattr(room.cast, name).viewer, room.clock.now())
    resume_sending(room.store, room.cast.ada.viewer, room.clock.now())
    room.send()
    assert (room.row(message_id).state, room.row(waiting).state) == ("failed", "accepted")
    assert room.query("SELECT done_by FROM tasks WHERE kind = 'sender'") == [(room.cast.ada.staff_id,)]
    assert room.one("SELECT count(*) FROM audit_events WHERE act = 'sender_resumed'") == 1
