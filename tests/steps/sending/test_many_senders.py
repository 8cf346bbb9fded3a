"""Several senders over one database: every text reaches the carrier exactly once, whoever takes it."""

import multiprocessing
import sys
import threading
from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from foster_bond.clock import FixedClock
from foster_bond.rules.kinds import Kind
from foster_bond.steps.sending import _settling as settling
from foster_bond.steps.sending.send_outbox import Sender, Sending
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Database
from tests.cast import PUBLIC_URL
from tests.loopback_carrier import Callbacks, Script
from tests.loopback_carrier.server import LoopbackCarrier
from tests.steps.sending.doubles import Answers
from tests.steps.sending.room import Room, client_of

TEXTS = 200
PROMPTS = 160  # one a number; the rest are staff's replies to the same people


def fill(room: Room) -> list[str]:
    numbers = [f"+13035552{index:03d}" for index in range(PROMPTS)]
    room.agree(numbers)
    ids = [room.write(to=number, body=f"Hello {number}") for number in numbers]
    return ids + [room.write(Kind.STAFF_REPLY, to=number, body=f"Hi {number}") for number in numbers[: TEXTS - PROMPTS]]


def sent_once(room: Room, carrier: LoopbackCarrier, ids: list[str]) -> None:
    """Every text is in the ledger once, and both sides know it by the same id."""
    assert Counter(one.ref for one in carrier.ledger.sent) == Counter(room.row(one).ref for one in ids)
    known = dict(room.query("SELECT ref, carrier_sid FROM v_outbound"))
    assert {one.ref: one.sid for one in carrier.ledger.sent} == known
    assert room.query("SELECT state, count(*) FROM v_outbound GROUP BY state") == [("accepted", len(ids))]
    for message_id in ids[::20]:
        assert room.log(message_id)[-1] == "accepted"


def test_two_senders_in_threads_never_double(room: Room) -> None:
    ids, carrier = fill(room), room.carrier(latency=0.02)
    senders = [room.sender(carrier, in_flight=16) for _ in range(3)]
    threads = [threading.Thread(target=sender.send_due) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for sender in senders:
        sender.send_due()
    sent_once(room, carrier, ids)


def run_sender(url: str, api_url: str, now: datetime) -> None:
    """One sender process, as the clock runs it."""
    carrier = LoopbackCarrier()
    carrier.port = int(api_url.rpartition(":")[2])
    store = Store(Database(url), Vault((b"m" * 32,), b"i" * 32))
    sender = Sender(store, client_of(carrier), FixedClock(now), Sending(PUBLIC_URL, in_flight=16, paced=False))
    try:
        for _ in range(20):
            sender.send_due()
    finally:
        sender.close()
        store.close()


def test_two_sender_processes_never_double(room: Room) -> None:
    ids, carrier = fill(room), room.carrier(latency=0.02)
    start = multiprocessing.get_context("spawn" if sys.platform == "darwin" else "forkserver")
    told = (room.store.database.url, carrier.url, room.clock.now())
    processes = [start.Process(target=run_sender, args=told) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    sent_once(room, carrier, ids)


def test_a_senders_claims_are_shared_out_while_the_other_is_slow(room: Room) -> None:
    """A locked row is left to whoever holds it; nobody waits for it."""
    ids, carrier = fill(room), room.carrier(latency=0.05)
    fast, slow = room.sender(carrier, in_flight=8), room.sender(carrier, in_flight=8)
    tallies: list[dict[str, int]] = []
    threads = [threading.Thread(target=lambda one=one: tallies.append(one.send_due())) for one in (fast, slow)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(tally.get("accepted", 0) for tally in tallies) == len(ids)
    assert min(tally.get("accepted", 0) for tally in tallies) > len(ids) // 10


@pytest.mark.parametrize("rates", [{"reset_after_accept": 0.2, "429": 0.2, "error_500_before": 0.1}])
def test_under_faults_and_callbacks_everything_ends_once(room: Room, rates: dict[str, float]) -> None:
    ids, carrier = fill(room), room.carrier(callbacks=Callbacks(statuses=()))
    carrier.script = Script.seeded(7, rates, {"500": 0.1})
    sender = room.sender(carrier, in_flight=16)
    for _ in range(14):
        sender.send_due()
        room.clock.move(timedelta(minutes=5))
        room.look_up(carrier)
    states = Counter(room.row(one).state for one in ids)
    assert set(states) <= {"accepted", "unresolved", "expired"} and states["accepted"] > 180
    assert carrier.ledger.doubled_refs() == []


@pytest.mark.parametrize(("failures", "lease", "ends"), [(3, 60, "accepted"), (9, 1, "sending")])
def test_an_answer_waits_for_the_database_as_long_as_its_lease_lasts(
    plain_room: Room, monkeypatch: pytest.MonkeyPatch, failures: int, lease: int, ends: str
) -> None:
    message_id, left = plain_room.write(), count(failures, -1)
    whole = settling.settle_all

    def away(*about: Any) -> list[str]:
        if next(left) > 0:
            raise OperationalError("UPDATE", {}, Exception("the server closed the connection"))
        return whole(*about)

    monkeypatch.setattr(settling, "settle_all", away)
    tally = plain_room.sender(Answers(), lease=timedelta(seconds=lease)).send_due()
    assert plain_room.log(message_id) == ["scheduled", "sending", *([ends] if ends == "accepted" else [])]
    assert tally.get("unsettled", 0) == (ends == "sending")
