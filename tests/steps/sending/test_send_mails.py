"""The second channel: an alert's mail leaves, says nothing, and is tried until a server takes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from foster_bond.carriers.mail_carrier import Letter, Posted
from foster_bond.clock import FixedClock
from foster_bond.steps.sending.send_mails import send_mails
from foster_bond.store import channels, mails
from foster_bond.store.staff import Staff
from tests.cast import Person
from tests.steps.sending.room import Room

MINUTE = timedelta(minutes=1)


@dataclass
class Postbox:
    """A mail server as the step sees it."""

    says: Posted = field(default_factory=lambda: Posted(True))
    letters: list[Letter] = field(default_factory=list)

    def post(self, letters: Sequence[Letter]) -> list[Posted]:
        self.letters += letters
        return [self.says] * len(letters)


def write(room: Room, clock: FixedClock, *, key: str = "one", to: Person | None = None) -> str:
    person, now = to or room.cast.mina, clock.now()
    with room.store.write() as session:
        return mails.compose(
            session, agency_id=person.agency_id, staff_id=person.staff_id, kind="alert", now=now,
            not_after=now + 24 * 60 * MINUTE, once_key=key,
        )  # fmt: skip


def send(room: Room, clock: FixedClock, postbox: Postbox | None) -> dict[str, int]:
    return send_mails(room.store, postbox, clock, public_url="https://harbor.example")


def state(room: Room, mail_id: str) -> str:
    return str(room.one("SELECT state FROM mails WHERE id = :id", id=mail_id))


def test_a_mail_leaves_once_and_names_nobody(room: Room) -> None:
    clock, postbox = FixedClock(room.clock.now()), Postbox()
    mail_id = write(room, clock)
    assert write(room, clock) == mail_id  # the same call is one mail
    assert send(room, clock, postbox)["accepted"] == 1
    assert send(room, clock, postbox)["accepted"] == 0
    (letter,) = postbox.letters
    assert letter.to == room.cast.mina.email and "https://harbor.example/alerts" in letter.body
    assert "Okafor" not in letter.subject + letter.body
    assert state(room, mail_id) == "sent"


def test_a_server_that_is_away_is_tried_again_until_it_takes_it(room: Room) -> None:
    clock, away = FixedClock(room.clock.now()), Postbox(Posted(False, why="The mail server did not answer."))
    mail_id = write(room, clock)
    for _ in range(10):
        send(room, clock, away)
        clock.move(MINUTE)
    assert state(room, mail_id) == "waiting" and len(away.letters) == 10
    with room.store.read() as session:
        assert channels.everything(session)["mail"].fails(clock.now() - MINUTE)
    send(room, clock, Postbox())
    assert state(room, mail_id) == "sent"


def test_a_killed_process_leaves_its_mail_to_the_next_one(room: Room) -> None:
    clock, postbox = FixedClock(room.clock.now()), Postbox()
    mail_id = write(room, clock)
    with room.store.write() as session:
        mails.claim(session, clock.now(), MINUTE, 5)
    assert send(room, clock, postbox)["accepted"] == 0
    clock.move(MINUTE)
    assert send(room, clock, postbox)["accepted"] == 1
    assert state(room, mail_id) == "sent"


def test_who_was_disabled_after_it_was_written_gets_none(room: Room) -> None:
    clock, postbox, away = FixedClock(room.clock.now()), Postbox(), Postbox(Posted(False))
    mine, toms = write(room, clock), write(room, clock, key="two", to=room.cast.tom)
    send(room, clock, away)  # it was on its way already, and waits for its next try
    with room.store.write() as session:
        session.execute(update(Staff).where(col(Staff.id) == room.cast.mina.staff_id).values(disabled_at=clock.now()))
    clock.move(MINUTE)
    tally = send(room, clock, postbox)
    assert (tally["accepted"], tally["failed"]) == (1, 1)
    assert [letter.to for letter in postbox.letters] == [room.cast.tom.email]
    assert (state(room, mine), state(room, toms)) == ("failed", "sent")
    write(room, clock, key="three")
    assert send(room, clock, postbox)["failed"] == 1 and len(postbox.letters) == 1


def test_a_refusal_for_good_and_a_day_without_a_server_end_a_mail(room: Room) -> None:
    clock = FixedClock(room.clock.now())
    refused, late = write(room, clock), write(room, clock, key="two")
    with room.store.write() as session:
        mails.claim(session, clock.now(), 48 * 60 * MINUTE, 1)
    send(room, clock, Postbox(Posted(False, final=True, why="The mail server refused it (SMTP 550).")))
    clock.move(25 * 60 * MINUTE)
    assert send(room, clock, None)["expired"] == 1
    assert {state(room, refused), state(room, late)} == {"failed", "expired"}


def test_without_a_mail_server_the_channel_is_not_set_up(room: Room) -> None:
    clock = FixedClock(room.clock.now())
    send(room, clock, None)
    with room.store.read() as session:
        assert not channels.is_set_up(session, channels.MAIL)
    send(room, clock, Postbox())
    with room.store.read() as session:
        assert channels.is_set_up(session, channels.MAIL)
