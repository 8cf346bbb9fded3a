"""What looks after an installation: the audit's chain, the turning of master keys, the simulated carrier's memory."""

import threading
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from foster_bond.carriers.carrier import CarrierInbound
from foster_bond.carriers.simulated_ledger import Ledger, SimulatedText
from foster_bond.rules.access import Viewer
from foster_bond.steps.keeping import chain_audit as chaining
from foster_bond.steps.keeping.carry_simulated import SealedLedger
from foster_bond.steps.keeping.chain_audit import chain_audit
from foster_bond.steps.keeping.rotate_keys import rotate_keys
from foster_bond.steps.keeping.verify_audit import verify_audit
from foster_bond.store import agencies, audit, simulated_texts
from foster_bond.store.audit import AuditEvent
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import DataKey, Vault
from foster_bond.store.session import Database
from tests.steps.keeping.conftest import NOW, set_up, vault

GRACE = "+13035550111"


def events(store: Store, viewer: Viewer, count: int) -> None:
    with store.write() as session:
        for number in range(count):
            audit.write(session, viewer.agency_id, "tested", NOW + timedelta(seconds=number), detail=f"no. {number}")


def test_a_chain_per_agency_without_gaps(store: Store, harbor: Viewer) -> None:
    elsewhere = set_up(store, "elsewhere")
    events(store, harbor, 5)
    events(store, elsewhere, 2)
    assert chain_audit(store) == 9  # with the two set-ups
    assert chain_audit(store) == 0
    events(store, harbor, 1)
    reports = {one.slug: one for one in verify_audit(store)}
    assert (reports["harbor"].links, reports["harbor"].unchained, reports["harbor"].broken_at) == (6, 1, None)
    assert (reports["elsewhere"].links, reports["elsewhere"].unchained) == (3, 0)
    assert len(reports["harbor"].last_hash) == 64


def test_two_clocks_at_once_keep_one_chain(store: Store, harbor: Viewer) -> None:
    events(store, harbor, 300)
    batch, chaining.BATCH = chaining.BATCH, 7
    try:
        others = [Store(Database(store.database.url), vault()) for _ in range(4)]
        threads = [threading.Thread(target=chain_audit, args=[other]) for other in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        chaining.BATCH = batch
        for other in others:
            other.close()
    (report,) = verify_audit(store)
    assert (report.links, report.unchained, report.broken_at) == (301, 0, None)


def test_a_changed_word_is_found(store: Store, harbor: Viewer) -> None:
    events(store, harbor, 10)
    chain_audit(store)
    with store.write() as session:
        session.execute(update(AuditEvent).where(col(AuditEvent.seq) == 4).values(detail="something else"))
    (report,) = verify_audit(store)
    assert (report.links, report.broken_at, report.why) == (3, 4, "its words were altered")


def test_a_missing_link_is_found(store: Store, harbor: Viewer) -> None:
    events(store, harbor, 10)
    chain_audit(store)
    with store.write() as session:
        session.execute(delete(AuditEvent).where(col(AuditEvent.seq) == 6))
    (report,) = verify_audit(store)
    assert (report.broken_at, report.why) == (6, "number 6 is missing")


def test_a_new_master_key_wraps_all_and_the_old_one_may_go(store: Store, harbor: Viewer, database_url: str) -> None:
    set_up(store, "elsewhere")
    turned = Store(Database(database_url), Vault((b"n" * 32, b"m" * 32), b"i" * 32))
    seen: list[tuple[int, int]] = []
    assert rotate_keys(turned, progress=lambda done, total: seen.append((done, total))) == {"rewrapped": 2}
    assert rotate_keys(turned) == {"rewrapped": 0} and seen == [(2, 2)]
    turned.close()
    later = Store(Database(database_url), Vault((b"n" * 32,), b"i" * 32))
    with later.read() as session:
        later.vault.check(session)
        agency = agencies.by_id(session, harbor.agency_id)
        assert agencies.number_of(session, later.vault, agency, "sender") == "+13035550100"
        assert session.execute(select(func.count(col(DataKey.master_key_id).distinct()))).scalar_one() == 1
    later.close()


def outgoing(sid: str, **more: object) -> SimulatedText:
    words: dict[str, object] = {
        "sid": sid, "to": GRACE, "sender": "+13035550100", "body": "How was tonight?", "created_at": NOW,
        "status": "queued", "callback_url": "http://127.0.0.1:8000/hooks/twilio/status?ref=r",
    }  # fmt: skip
    return SimulatedText(**(words | more))  # type: ignore[arg-type]  # the words above are its fields


def test_the_sealed_ledger_keeps_the_carriers_promises(store: Store, harbor: Viewer) -> None:
    ledger: Ledger = SealedLedger(store)
    first, second = outgoing("SM1"), outgoing("SM2", created_at=NOW + timedelta(seconds=1))
    ledger.add_sent(first)
    ledger.add_sent(second)
    assert ledger.get("SM1") == first and ledger.get("SM9") is None
    assert list(ledger.sent_to(GRACE, 10)) == [second, first] and list(ledger.sent_to(GRACE, 1)) == [second]
    assert list(ledger.sent_to("+13035550112", 10)) == []
    ledger.set_status("SM1", "delivered", None, True)
    assert [text.sid for text in ledger.unreported(10)] == ["SM2"]
    ledger.set_status("SM2", "undelivered", 30003, False)
    assert ledger.get("SM2") == outgoing(
        "SM2", created_at=NOW + timedelta(seconds=1), status="undelivered", error_code=30003
    )  # fmt: skip


def test_what_phones_say_is_found_by_our_number(store: Store, harbor: Viewer) -> None:
    ledger = SealedLedger(store)
    said = CarrierInbound("SM3", GRACE, "+13035550100", "Tired \U0001f634", NOW, 1)
    later = CarrierInbound("SM4", GRACE, "+13035550100", "STOP", NOW + timedelta(hours=1), 0)
    ledger.add_received(said)
    ledger.add_received(later)
    assert list(ledger.received_at("+13035550100", NOW)) == [said, later]
    assert list(ledger.received_at("+13035550100", NOW + timedelta(minutes=1))) == [later]
    assert list(ledger.received_at("+14155550100", NOW)) == []
    assert ledger.last_from(GRACE) == later and ledger.last_from("+13035550112") is None
    assert ledger.get("SM3") is None, "what a phone sent is none of our texts"
    with store.read() as session:
        row = simulated_texts.by_sid(session, "SM3")
        assert row is not None and b"Tired" not in row.body and b"3035550111" not in row.phone
