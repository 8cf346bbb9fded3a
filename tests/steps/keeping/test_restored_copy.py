"""A backup, a restore, and a copy that stays silent until it knows what happened in between."""

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from foster_bond.carriers.carrier import CarrierInbound, CarrierText, CarrierUnreachable, Outcome, OutgoingText
from foster_bond.clock import FixedClock
from foster_bond.errors import Conflict, InvalidInput
from foster_bond.migrations import head, upgrade
from foster_bond.rules.kinds import Kind
from foster_bond.runtime import open_store
from foster_bond.steps.hearing.reconcile import reconcile
from foster_bond.steps.keeping.back_up import back_up
from foster_bond.steps.keeping.restore import restore
from foster_bond.store import consents, outbox
from foster_bond.store.open_store import Store
from tests.cast import GRACE, HARBOR_NUMBER, MONDAY, Cast, gather, settings_for

HOUR = timedelta(hours=1)


@dataclass
class Listed:
    """A carrier that only answers look-ups."""

    sent: list[CarrierText] = field(default_factory=list)
    received: list[CarrierInbound] = field(default_factory=list)
    away: bool = False

    async def sent_to(self, to: str, *, limit: int = 1000) -> Sequence[CarrierText]:
        self._there()
        return [one for one in self.sent if one.to == to]

    async def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        self._there()
        return [one for one in self.received if one.to == number and one.received_at >= since]

    def _there(self) -> None:
        if self.away:
            raise CarrierUnreachable("away")

    async def send(self, text: OutgoingText) -> Outcome:
        raise AssertionError("a restored copy sends nothing while it reconciles")

    async def fetch(self, sid: str) -> CarrierText | None:
        return None

    async def check(self) -> None: ...

    async def aclose(self) -> None: ...


@pytest.fixture
def harbor(tmp_path: Path, database_url: str) -> Iterator[tuple[Store, Cast]]:
    store = open_store(settings_for(tmp_path, database_url))
    yield store, gather(store)
    store.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """A migrated SQLite file without a row: a backup crosses from one engine to the other."""
    url = f"sqlite:///{tmp_path}/copy.db"
    upgrade(url)
    store = open_store(settings_for(tmp_path, url))
    yield store
    store.close()


@pytest.fixture
def copy(tmp_path: Path, harbor: tuple[Store, Cast], empty: Store) -> Store:
    """The same agency, restored into an empty database."""
    folder = tmp_path / "backup"
    back_up(harbor[0], folder, MONDAY + HOUR, head(), lambda _table: None)
    restore(empty, folder, head(), lambda _table: None)
    return empty


def rows(store: Store, query: str) -> list[dict[str, object]]:
    with store.read() as session:
        return [dict(row) for row in session.execute(text(query)).mappings()]


def test_every_row_comes_back_and_opens(harbor: tuple[Store, Cast], copy: Store) -> None:
    store, cast = harbor
    for view in ("v_family", "v_member", "v_inbound", "v_outbound", "v_state_log", "v_consent_event"):
        assert len(rows(copy, f"SELECT * FROM {view}")) == len(rows(store, f"SELECT * FROM {view}")) > 0
    with copy.read() as session:
        message = session.get(outbox.OutboxMessage, cast.harbor.ids["message_id"])
        assert message is not None and outbox.body_of(session, copy.vault, message) == "See you Tuesday"


def test_a_backup_holds_no_words_and_no_numbers(tmp_path: Path, harbor: tuple[Store, Cast]) -> None:
    folder = tmp_path / "backup"
    back_up(harbor[0], folder, MONDAY, head(), lambda _table: None)
    for path in folder.rglob("*.gz"):
        plain = gzip.decompress(path.read_bytes()).decode()
        assert "A loud evening" not in plain and GRACE not in plain


def test_a_later_stop_is_heard_before_the_copy_sends(harbor: tuple[Store, Cast], copy: Store) -> None:
    _, cast = harbor
    later = MONDAY + 2 * HOUR
    carrier = Listed(received=[CarrierInbound("SMstop", GRACE, HARBOR_NUMBER, "STOP", later, 0)])
    tally = asyncio.run(reconcile(copy, carrier, FixedClock(MONDAY + 3 * HOUR)))
    assert (tally["heard"], tally["live"]) == (1, 1)
    with copy.read() as session:
        bidx = copy.vault.blind_index(cast.harbor.agency_id, GRACE)
        assert consents.state_of(session, cast.harbor.agency_id, bidx) == "stopped"


def test_what_the_other_copy_sent_is_not_sent_again(tmp_path: Path, harbor: tuple[Store, Cast], empty: Store) -> None:
    store, cast = harbor
    house = cast.harbor
    with store.write() as session:
        bidx = store.vault.blind_index(house.agency_id, GRACE)
        waiting = outbox.compose(
            session, store.vault, agency_id=house.agency_id, kind=Kind.PROMPT, to=GRACE, to_bidx=bidx,
            body="How was today?", now=MONDAY, due_at=MONDAY + 2 * HOUR, not_after=MONDAY + 9 * HOUR,
            zone="America/Denver", family_id=house.home.family_id, member_id=house.home.members["Grace"],
        )  # fmt: skip
        assert waiting is not None
    back_up(store, tmp_path / "backup", MONDAY + HOUR, head(), lambda _table: None)
    restore(empty, tmp_path / "backup", head(), lambda _table: None)
    carrier = Listed(
        sent=[CarrierText("SMold", GRACE, HARBOR_NUMBER, "How was today?", MONDAY + 2 * HOUR, "delivered", None)]
    )
    tally = asyncio.run(reconcile(empty, carrier, FixedClock(MONDAY + 3 * HOUR)))
    assert tally["found"] == 1
    found = rows(empty, f"SELECT state, carrier_sid FROM outbox_messages WHERE id = '{waiting.id}'")
    assert found == [{"state": "accepted", "carrier_sid": "SMold"}]


def test_it_stays_silent_while_the_carrier_does_not_answer(copy: Store) -> None:
    tally = asyncio.run(reconcile(copy, Listed(away=True), FixedClock(MONDAY + 3 * HOUR)))
    assert tally["live"] == 0
    assert rows(copy, "SELECT mode FROM installation") == [{"mode": "recovery"}]


def test_the_original_has_nothing_to_reconcile(harbor: tuple[Store, Cast]) -> None:
    assert asyncio.run(reconcile(harbor[0], Listed(away=True), FixedClock(MONDAY))) == {}


def test_a_backup_under_traffic_sees_one_moment(tmp_path: Path, harbor: tuple[Store, Cast]) -> None:
    store, cast = harbor
    house, stop = cast.harbor, threading.Event()

    def traffic() -> None:
        bidx = store.vault.blind_index(house.agency_id, GRACE)
        while not stop.is_set():
            with store.write() as session:
                outbox.compose(
                    session, store.vault, agency_id=house.agency_id, kind=Kind.STAFF_REPLY, to=GRACE, to_bidx=bidx,
                    body="Traffic", now=MONDAY, due_at=MONDAY, not_after=MONDAY + HOUR, zone="America/Denver",
                )  # fmt: skip

    writer = threading.Thread(target=traffic)
    writer.start()
    try:
        counts = back_up(store, tmp_path / "backup", MONDAY, head(), lambda _table: None)
    finally:
        stop.set()
        writer.join()
    assert counts["outbox_messages"] == counts["state_log"]  # one first move each, none without its message


@pytest.mark.parametrize("loss", ["keys/erased.json", "rows/members.jsonl.gz", "manifest.json"])
def test_a_part_that_is_missing_is_named_and_nothing_restored(
    tmp_path: Path, harbor: tuple[Store, Cast], empty: Store, loss: str
) -> None:
    folder = tmp_path / "backup"
    back_up(harbor[0], folder, MONDAY, head(), lambda _table: None)
    (folder / loss).unlink()
    with pytest.raises(InvalidInput, match=loss.split("/")[-1].replace(".", r"\.")):
        restore(empty, folder, head(), lambda _table: None)
    assert rows(empty, "SELECT id FROM agencies") == []


def test_a_damaged_file_is_refused(tmp_path: Path, harbor: tuple[Store, Cast], empty: Store) -> None:
    folder = tmp_path / "backup"
    back_up(harbor[0], folder, MONDAY, head(), lambda _table: None)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["rows"]["members"] += 1
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InvalidInput, match="do not add up"):
        restore(empty, folder, head(), lambda _table: None)
    assert rows(empty, "SELECT id FROM agencies") == []


def test_a_database_with_rows_is_never_written_over(tmp_path: Path, harbor: tuple[Store, Cast]) -> None:
    folder = tmp_path / "backup"
    back_up(harbor[0], folder, MONDAY, head(), lambda _table: None)
    with pytest.raises(Conflict):
        restore(harbor[0], folder, head(), lambda _table: None)
    with pytest.raises(Conflict):
        back_up(harbor[0], folder, MONDAY, head(), lambda _table: None)
