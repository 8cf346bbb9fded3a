"""The invariants see what they are for: each planted break is found, and a whole database has none."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Consent
from tests.cast import BEN, GRACE, ZONE
from tests.chaos.invariants import Evidence, Row, broken, readable
from tests.loopback_carrier import LoopbackCarrier, Record
from tests.steps.sending.room import Room, open_room


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    yield from open_room(database_url)


@pytest.fixture
def plain_room(sqlite_url: str) -> Iterator[Room]:
    yield from open_room(sqlite_url)


def rows_of(room: Room) -> Any:
    def rows(query: str) -> Sequence[Row]:
        with room.store.read() as session:
            found: Sequence[Mapping[str, Any]] = [dict(row) for row in session.execute(text(query)).mappings()]
            return found

    return rows


def evidence(room: Room, carrier: LoopbackCarrier | None = None, **more: Any) -> Evidence:
    return Evidence(
        rows_of(room), room.clock.now(), carried=None if carrier is None else carrier.ledger.sent, zone=ZONE, **more
    )


def lived(room: Room) -> tuple[str, LoopbackCarrier]:
    """A prompt and a staff reply that were sent, one text refused."""
    message_id = room.write()
    room.write(Kind.STAFF_REPLY, to=BEN)
    with room.store.write() as session:  # the cast's answers hang on no text
        session.execute(text("UPDATE reflections SET parts = 0"))
    carrier = room.send()
    room.clock.move(timedelta(minutes=1))
    return message_id, carrier


def test_a_life_without_trouble_breaks_nothing(room: Room) -> None:
    _, carrier = lived(room)
    room.write(Kind.STAFF_REPLY)
    room.sender(carrier).send_due()
    there = carrier.ledger.sent[0]
    room.receipt(room.one("SELECT id FROM v_outbound WHERE carrier_sid = :sid", sid=there.sid), there.sid, "delivered")
    assert broken(evidence(room, carrier)) == []


PLANTED = {
    "one prompt-like text in flight": "UPDATE outbox_messages SET state = 'sending', kind = 'prompt', to_bidx = 'x'",
    "an accepted text has": "UPDATE outbox_messages SET carrier_sid = NULL",
    "a waiting text is nobody's": "UPDATE outbox_messages SET state = 'scheduled'",
    "claimed inside its window": "UPDATE outbox_messages SET not_after = claimed_at",
    "only moves of the table": "UPDATE state_log SET to_state = 'delivered' WHERE seq = 1",
    "the log counts from 1": "DELETE FROM state_log WHERE seq = 2",
    "the log is a chain": "UPDATE state_log SET from_state = 'unknown' WHERE seq = 3",
    "the log equals the row": "UPDATE outbox_messages SET state = 'failed'",
    "a cry for help has its alert": "UPDATE inbound_texts SET crisis = 1; DELETE FROM alerts",
    "an answer counts its parts": "UPDATE reflections SET parts = 7",
    "nobody returns from stopped": "UPDATE consent_events SET from_state = 'stopped', evidence_id = 'nothing'",
    "no stuck claim": "UPDATE outbox_messages SET state = 'unknown'",
    "somebody was told": "UPDATE alerts SET priority = 'now'",
    "consent stands where": "UPDATE consents SET state = 'hold'",
    "gate open at every claim": "UPDATE consent_events SET to_state = 'stopped', at = '2020-01-01 00:00:00.000000'",
    "outside polite hours": "UPDATE state_log SET at = '2026-11-03 04:30:00.000000' WHERE to_state = 'sending'",
    "v_outbound.family_id stays": "UPDATE outbox_messages SET family_id = (SELECT max(id) FROM families)",
    "nothing open past": "UPDATE outbox_messages SET state = 'scheduled', not_after = '2026-11-01 00:00:00.000000'",
    "is not known there": "UPDATE outbox_messages SET ref = 'other' || id",
    "was never written down": "UPDATE outbox_messages SET ref = 'other' || id",
    "with SM0 here": "UPDATE outbox_messages SET carrier_sid = 'SM0' WHERE kind = 'prompt'",
    "another hour": "UPDATE occurrences SET due_at = '2026-11-03 04:30:00.000000'",
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found(plain_room: Room, name: str) -> None:
    _, carrier = lived(plain_room)
    path = plain_room.store.database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:  # it keeps no foreign keys unless asked
        connection.execute("PRAGMA ignore_check_constraints=ON")
        for index in ("uq_outbox_in_flight", "uq_outbox_carrier_sid"):
            connection.execute(f"DROP INDEX {index}")
        connection.executescript(PLANTED[name])
    found = broken(evidence(plain_room, carrier, hour=19))
    assert any(name in one for one in found), found


def test_a_text_taken_twice_and_one_that_was_lost_are_found(plain_room: Room) -> None:
    _, carrier = lived(plain_room)
    sent = carrier.ledger.sent
    lost = Record("SM" + "9" * 32, "inbound", BEN, GRACE, None, "Hello?", "received", "2026-11-02T16:00:00+00:00")
    found = broken(Evidence(rows_of(plain_room), plain_room.clock.now(), carried=[*sent, sent[0]], knocked=[lost]))
    assert [one for one in found if "taken 2 times" in one] and [one for one in found if "was lost" in one]


def test_two_flights_that_overlap_are_found(plain_room: Room) -> None:
    first = plain_room.write()
    plain_room.send()
    plain_room.clock.move(timedelta(days=1))
    second = plain_room.write()
    plain_room.send()
    with plain_room.store.write() as session:
        session.execute(text("UPDATE state_log SET at = '2026-11-05 12:00:00.000000' WHERE to_state = 'accepted'"))
    assert any(second in one and first in one for one in broken(evidence(plain_room)))


@pytest.mark.parametrize(("after", "bad"), [(timedelta(seconds=0.5), False), (timedelta(seconds=1.5), True)])
def test_a_stop_may_take_a_second_to_bind(plain_room: Room, after: timedelta, bad: bool) -> None:
    message_id, _ = lived(plain_room)
    stopped_at = plain_room.row(message_id).claimed_at - after  # type: ignore[operator]
    plain_room.agree([GRACE], to=Consent.STOPPED)
    with plain_room.store.write() as session:
        session.execute(
            text("UPDATE consent_events SET at = :at WHERE to_state = 'stopped'"),
            {"at": stopped_at.strftime("%Y-%m-%d %H:%M:%S.%f")},
        )
    found = [one for one in broken(evidence(plain_room)) if "without consent" in one]
    assert bool(found) is bad and all(message_id in one for one in found)


def test_secrets_are_found_in_bytes() -> None:
    assert readable(b"..3035550111..", [GRACE, "a canary"]) == [GRACE]
    assert readable("…a canary…".encode(), [BEN, "a canary"]) == ["a canary"]
