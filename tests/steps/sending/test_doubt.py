"""Unanswered sends: the carrier is asked after the grace, and only what it certainly lacks may go again."""

from datetime import timedelta

from sqlalchemy import text

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Consent
from foster_bond.steps.sending._claiming import Senders, claim
from tests.cast import BEN, GRACE
from tests.steps.sending.room import LEASE, Room, taken

GRACE_OVER = timedelta(minutes=5)
UNKNOWN = ["scheduled", "sending", "unknown"]


def test_a_text_that_the_carrier_has_is_found_by_its_words(room: Room) -> None:
    message_id = room.write()
    carrier = room.send("error_500_after_accept")
    assert room.look_up(carrier)["found"] == 0  # the grace is not over
    room.clock.move(GRACE_OVER)
    assert room.look_up(carrier)["found"] == 1
    assert room.log(message_id) == [*UNKNOWN, "accepted"]
    assert room.row(message_id).carrier_sid == taken(carrier, room.row(message_id).ref).sid


def test_a_text_that_the_carrier_lacks_goes_again_once(room: Room) -> None:
    message_id = room.write()
    carrier = room.send("error_500_before")
    room.clock.move(GRACE_OVER)
    assert room.look_up(carrier)["absent"] == 1
    assert room.log(message_id) == [*UNKNOWN, "scheduled"] and room.row(message_id).claimed_at is None
    room.sender(carrier).send_due()
    assert room.log(message_id) == [*UNKNOWN, "scheduled", "sending", "accepted"]
    assert room.row(message_id).attempts == 2 and len(carrier.ledger.sent) == 1


def test_three_attempts_are_the_most_and_then_a_person_decides(room: Room) -> None:
    message_id = room.write()
    carrier = room.carrier(*["reset_before"] * 3)
    sender = room.sender(carrier)
    for _ in range(3):
        sender.send_due()
        room.clock.move(GRACE_OVER)
        room.look_up(carrier)
    assert room.log(message_id)[-1] == "unresolved" and room.row(message_id).attempts == 3
    task = room.query("SELECT kind, member_id, message_id, done_at FROM tasks WHERE kind = 'unresolved'")
    assert task == [("unresolved", room.cast.harbor.home.members["Grace"], message_id, None)]
    sender.send_due()
    assert len(carrier.requests) == 3 + 3  # three sends, three look-ups


def test_a_window_that_closed_meanwhile_is_a_persons_decision(room: Room) -> None:
    message_id = room.write(lives=timedelta(minutes=4))
    carrier = room.send("reset_before")
    room.clock.move(GRACE_OVER)
    assert room.look_up(carrier)["unresolved"] == 1
    assert "time to leave has passed" in (room.row(message_id).reason or "")


def test_a_stop_that_came_meanwhile_keeps_it_from_going_again(room: Room) -> None:
    message_id = room.write()
    carrier = room.send("reset_before")
    room.agree([GRACE], to=Consent.STOPPED)
    room.clock.move(GRACE_OVER)
    assert room.look_up(carrier)["unresolved"] == 1
    assert "stopped all texts" in (room.row(message_id).reason or "")


def test_a_late_receipt_resolves_what_a_person_was_asked_and_ends_the_task(room: Room) -> None:
    message_id = room.write(lives=timedelta(minutes=4))
    carrier = room.send("reset_before")
    room.clock.move(GRACE_OVER)
    there = carrier.ledger.accept({"To": BEN, "Body": "How was today?"}, room.clock.now())  # its list lags behind
    assert room.look_up(carrier)["unresolved"] == 1
    assert room.receipt(message_id, there.sid, "delivered") == "moved"
    assert room.log(message_id)[-3:] == ["unresolved", "accepted", "delivered"]
    assert room.one("SELECT count(*) FROM tasks WHERE done_at IS NULL AND kind = 'unresolved'") == 0


def test_an_unreachable_carrier_proves_nothing(room: Room) -> None:
    message_id = room.write()
    carrier = room.carrier("reset_before", look_ups=("500", "garbage_body", "429"))
    room.sender(carrier).send_due()
    room.clock.move(GRACE_OVER)
    for _ in range(3):
        assert room.look_up(carrier)["unreachable"] == 1
        assert room.row(message_id).state == "unknown"
        room.clock.move(timedelta(minutes=1))
    assert room.look_up(carrier)["absent"] == 1


def test_a_dead_senders_claim_becomes_unknown_and_is_asked_about(room: Room) -> None:
    message_id = room.write()
    claim(room.store, Senders(None), room.clock, lease=LEASE, room=8)  # and the process dies here
    room.clock.move(timedelta(seconds=59))
    assert room.settle()["let_go"] == 0
    room.clock.move(timedelta(seconds=2))
    assert room.settle()["let_go"] == 1
    assert room.log(message_id) == UNKNOWN and room.row(message_id).token is None
    carrier = room.carrier()
    room.clock.move(timedelta(minutes=3))
    assert room.look_up(carrier) == {"found": 0, "absent": 0, "unresolved": 0, "unreachable": 0}
    room.clock.move(timedelta(minutes=1))
    assert room.look_up(carrier)["absent"] == 1  # the grace counts from the claim
    room.sender(carrier).send_due()
    assert room.row(message_id).state == "accepted" and len(carrier.ledger.sent) == 1


def test_an_answer_after_the_lease_still_counts(room: Room) -> None:
    message_id = room.write()
    carrier = room.carrier()
    sender = room.sender(carrier)
    (claimed,) = sender.claim(Senders(None), 8).taken
    result = sender._loop.run_until_complete(sender.hand_over(claimed))
    room.clock.move(timedelta(seconds=70))
    room.settle()
    assert sender.settle([result]) == (["accepted"], [])
    assert room.log(message_id) == [*UNKNOWN, "accepted"]


def test_equal_words_are_told_apart_by_ids_and_time(room: Room) -> None:
    first = room.write(Kind.STAFF_REPLY, body="See you at 3")
    carrier = room.send()
    room.clock.move(timedelta(seconds=10))
    second = room.write(Kind.STAFF_REPLY, body="See you at 3")
    carrier.script.first.extend(carrier.script.of("reset_after_accept").first)
    room.sender(carrier).send_due()
    assert room.row(second).state == "unknown"
    room.clock.move(GRACE_OVER)
    room.look_up(carrier)
    assert room.row(second).carrier_sid == taken(carrier, room.row(second).ref).sid != room.row(first).carrier_sid


def test_an_old_text_with_the_same_words_is_not_taken_for_this_one(room: Room) -> None:
    carrier = room.carrier("reset_before")
    form = {"To": GRACE, "Body": "How was today?", "From": room.cast.harbor.sender}
    carrier.ledger.accept(form, room.clock.now() - timedelta(seconds=61))  # somebody else's, or from before a restore
    message_id = room.write()
    room.sender(carrier).send_due()
    room.clock.move(GRACE_OVER)
    assert room.look_up(carrier)["absent"] == 1 and room.row(message_id).carrier_sid is None


def test_a_carrier_on_real_time_is_understood_by_a_product_on_shifted_time(room: Room) -> None:
    message_id = room.write()
    carrier = room.send("reset_before")
    with room.store.write() as session:  # the clock file said: a week later
        session.execute(text("UPDATE outbox_messages SET claimed_real = :at"), {"at": sqlite_safe(room)})
    form = {"To": GRACE, "Body": "How was today?", "From": room.cast.harbor.sender}
    there = carrier.ledger.accept(form, room.clock.now() - timedelta(days=7))
    room.clock.move(GRACE_OVER)
    assert room.look_up(carrier)["found"] == 1 and room.row(message_id).carrier_sid == there.sid


def sqlite_safe(room: Room) -> object:
    """The instant a week ago, as the engine's own driver takes it."""
    at = room.clock.now() - timedelta(days=7)
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if room.store.database.is_sqlite else at


def test_an_end_whose_receipt_was_lost_is_fetched_after_four_hours(room: Room) -> None:
    message_id = room.write()
    carrier = room.send()
    carrier.ledger.move(taken(carrier, room.row(message_id).ref).sid, "delivered", room.clock.now())
    room.clock.move(timedelta(hours=3, minutes=59))
    assert room.poll(carrier)["asked"] == 0
    room.clock.move(timedelta(minutes=1))
    assert room.poll(carrier) == {"asked": 1, "moved": 1}
    assert room.log(message_id)[-1] == "delivered"


def test_an_id_that_the_carrier_does_not_know_is_put_right_by_its_list(room: Room) -> None:
    message_id = room.write()
    carrier = room.send("alien_sid")
    (there,) = carrier.ledger.sent
    room.clock.move(timedelta(hours=4))
    assert room.poll(carrier)["moved"] == 1
    assert room.row(message_id).carrier_sid == there.sid
