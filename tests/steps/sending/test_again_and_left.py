"""At the moment of sending: a text that is sent again takes the first one's place, and who has left gets none."""

from datetime import timedelta

from foster_bond.rules.kinds import Kind
from foster_bond.store.families import Member
from tests.cast import GRACE
from tests.steps.sending.room import Room


def test_a_text_sent_again_does_not_count_its_own_original(room: Room) -> None:
    first = room.write()
    room.send()
    again = room.write(Kind.AGAIN, again_of=first)
    room.clock.move(timedelta(minutes=2))
    room.send()
    assert room.row(again).state == "accepted"


def test_the_second_counts_where_the_first_did(room: Room) -> None:
    first = room.write()
    room.send()
    room.write(Kind.AGAIN, again_of=first)
    room.clock.move(timedelta(minutes=2))
    room.send()
    third = room.write()
    room.clock.move(timedelta(minutes=2))
    room.send()
    assert room.row(third).state == "expired" and "one prompt a day" in str(room.row(third).reason)


def test_who_left_after_the_text_was_written_gets_none(room: Room) -> None:
    home = room.cast.harbor.home
    grace = home.members["Grace"]
    prompt = room.write(family_id=home.family_id, member_id=grace)
    reply = room.write(Kind.STAFF_REPLY, family_id=home.family_id, member_id=grace)
    with room.store.write() as session:
        member = session.get(Member, grace)
        assert member is not None
        member.left_at = room.clock.now()
    carrier = room.send()
    assert (room.row(prompt).state, room.row(prompt).reason) == ("suppressed", "They have left the family.")
    assert room.row(reply).state == "accepted" and [one.to for one in carrier.ledger.sent] == [GRACE]
