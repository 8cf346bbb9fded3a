"""A new master key while texts come in: killed midway it goes on where it stopped, and nothing is ever unreadable."""

import signal
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from foster_bond.errors import SetupWrong
from foster_bond.runtime import open_store
from foster_bond.steps.hearing.receive_text import Post, receive
from foster_bond.steps.keeping import rotate_keys as rotating
from foster_bond.steps.keeping.rotate_keys import rotate_keys
from foster_bond.store import families, sealing
from foster_bond.store.inbound import InboundText, said
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Database
from tests.cast import GRACE, HARBOR_NUMBER, MONDAY, ZONE, Cast, gather, settings_for

NEW = b"n" * 32
ROOT = Path(__file__).parents[3]
HALF_WAY = """
import base64, sys, time
from foster_bond.steps.keeping import rotate_keys as rotating
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Database
url, *keys = sys.argv[1:]
new, old, index = (base64.b64decode(key) for key in keys)
rotating.BATCH = 5
def hold(done, total):
    if done >= 10:
        print(done, flush=True)
        time.sleep(60)
rotating.rotate_keys(Store(Database(url), Vault((new, old), index)), progress=hold)
"""


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[tuple[Store, Cast]]:
    """Harbor with thirty more families, each with a key of its own."""
    store = open_store(settings_for(tmp_path, database_url))
    cast = gather(store)
    with store.write() as session:
        store.vault.adopt(session)
        for number in range(30):
            families.new_family(
                session, store.vault, agency_id=cast.harbor.agency_id, ref=f"F{number}", name=f"Home {number}",
                zone=ZONE, caseworker_id=None, at=MONDAY,
            )  # fmt: skip
    yield store, cast
    store.close()


def turned(store: Store, tmp_path: Path, *, old: bool = True) -> Store:
    """The same database as the next process opens it, with the new key first."""
    right = settings_for(tmp_path, store.database.url)
    ring = (NEW, *right.master_keys) if old else (NEW,)
    return Store(Database(store.database.url), Vault(ring, right.index_key))


def all_open(store: Store) -> int:
    """How many names and texts open; each does, or this raises."""
    with store.read() as session:
        homes = session.execute(select(families.Family)).scalars().all()
        texts = session.execute(select(InboundText)).scalars().all()
        opened = [families.name_of(session, store.vault, one) for one in homes]
        return len(opened + [said(session, store.vault, one) for one in texts])


def test_texts_go_on_while_keys_turn(
    house: tuple[Store, Cast], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = house
    monkeypatch.setattr(rotating, "BATCH", 2)
    done, wrong, heard = threading.Event(), [], [0]

    def traffic() -> None:
        """A process that was started before the turn: it knows the old key only, and its families' keys by heart."""
        try:
            while not done.is_set():
                receive(store, Post(f"SM{heard[0]}", GRACE, HARBOR_NUMBER, "A calm day."), MONDAY)
                heard[0] += 1
        except Exception as error:
            wrong.append(error)

    receive(store, Post("SMfirst", GRACE, HARBOR_NUMBER, "A calm day."), MONDAY)
    thread = threading.Thread(target=traffic)
    thread.start()
    other = turned(store, tmp_path)
    try:
        assert rotate_keys(other)["rewrapped"] >= 32
    finally:
        done.set()
        thread.join()
    assert wrong == [] and heard[0] > 0
    other.close()
    later = turned(store, tmp_path, old=False)
    assert all_open(later) > 32 + heard[0]
    later.close()


def test_killed_midway_it_goes_on_and_nothing_is_unreadable(house: tuple[Store, Cast], tmp_path: Path) -> None:
    store, _ = house
    right = settings_for(tmp_path, store.database.url)
    keys = [b64encode(key).decode() for key in (NEW, right.master_keys[0], right.index_key)]
    turning = subprocess.Popen(
        [sys.executable, "-c", HALF_WAY, store.database.url, *keys], stdout=subprocess.PIPE, text=True,
        env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert turning.stdout is not None and int(turning.stdout.readline()) >= 10
    turning.send_signal(signal.SIGKILL)
    turning.communicate(timeout=20)
    other = turned(store, tmp_path)
    with other.read() as session:
        left = sealing.count_older(session, other.vault)
    assert 0 < left < 33
    assert all_open(other) > 32
    assert rotate_keys(other) == {"rewrapped": left}
    other.close()
    later = turned(store, tmp_path, old=False)
    assert all_open(later) > 32
    later.close()


def test_the_old_key_may_not_go_before_the_turn_is_over(house: tuple[Store, Cast], tmp_path: Path) -> None:
    store, _ = house
    alone = turned(store, tmp_path, old=False)
    with pytest.raises(SetupWrong):
        rotate_keys(alone)
    alone.close()
    assert all_open(store) > 32
