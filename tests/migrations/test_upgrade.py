"""Schema upgrades: one line of versions that says what the models say, safe twice at once, killed and under traffic."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from foster_bond import migrations
from foster_bond.migrations import current, head, upgrade
from foster_bond.rules.kinds import Kind
from foster_bond.runtime import open_store
from foster_bond.store import outbox
from foster_bond.store.open_store import Store
from foster_bond.store.session import Database
from tests.cast import GRACE, MONDAY, ZONE, Cast, gather, settings_for

ROOT = Path(migrations.__file__).parents[2]
UPGRADE = "import sys; from foster_bond.migrations import upgrade; print(upgrade(sys.argv[1]))"
HALF_WAY = """
import sys, time
from sqlalchemy import event
from foster_bond.migrations import upgrade
from foster_bond.store.session import Database
database, left = Database(sys.argv[1]), [40]

@event.listens_for(database.engine, "after_cursor_execute")
def hold(*_):
    left[0] -= 1
    if left[0] == 0:
        print("half way", flush=True)
        time.sleep(60)

upgrade(database)
"""


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def in_a_process(script: str, url: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_there_is_one_line_of_versions() -> None:
    versions = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert versions.get_heads() == [head()]
    assert all(not one.is_branch_point and not one.is_merge_point for one in versions.walk_revisions())


def test_the_schema_is_what_the_models_say(database_url: str) -> None:
    with opened(database_url) as database, database.engine.connect() as connection:
        command.check(migrations._config(connection))  # raises, naming every difference


def test_two_at_once_make_one_schema(empty_database_url: str) -> None:
    started = [in_a_process(UPGRADE, empty_database_url) for _ in range(2)]
    said = [one.communicate(timeout=60) for one in started]
    assert [one.returncode for one in started] == [0, 0], said
    with opened(empty_database_url) as database:
        assert current(database) == head()
        with database.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1


def test_a_killed_upgrade_leaves_nothing_and_the_next_one_does_it_all(empty_database_url: str) -> None:
    half = in_a_process(HALF_WAY, empty_database_url)
    assert half.stdout is not None and half.stdout.readline() == "half way\n"
    half.send_signal(signal.SIGKILL)
    half.communicate(timeout=20)
    with opened(empty_database_url) as database:
        assert tables(database) == set() and current(database) is None
        assert upgrade(database) == head()
        assert current(database) == head() and "outbox_messages" in tables(database)


@pytest.fixture
def older(database_url: str, tmp_path: Path) -> Iterator[tuple[Store, Cast]]:
    """Harbor and its rows, in the schema of the first version: without the reporting views."""
    store = open_store(settings_for(tmp_path, database_url))
    cast = gather(store)
    with store.database.engine.begin() as connection:
        command.downgrade(migrations._config(connection), "0001")
    yield store, cast
    store.close()


def test_an_upgrade_under_traffic_stops_nobody_and_loses_nothing(older: tuple[Store, Cast]) -> None:
    store, cast = older
    done, wrong = threading.Event(), []
    written, read = [0], [0]

    def until_done(work: object) -> None:
        try:
            while not done.is_set():
                work()  # type: ignore[operator]
        except Exception as error:
            wrong.append(error)

    def write() -> None:
        bidx = store.vault.blind_index(cast.harbor.agency_id, GRACE)
        with store.write() as session:
            outbox.compose(
                session, store.vault, agency_id=cast.harbor.agency_id, kind=Kind.STAFF_REPLY, to=GRACE, to_bidx=bidx,
                body="Traffic", now=MONDAY, due_at=MONDAY, not_after=MONDAY, zone=ZONE, text_id="traffic",
            )  # fmt: skip
        written[0] += 1

    def look() -> None:
        with store.read() as session:
            session.execute(text("SELECT count(*) FROM outbox_messages")).scalar_one()
        read[0] += 1

    traffic = [threading.Thread(target=until_done, args=(work,)) for work in (write, look)]
    for one in traffic:
        one.start()
    try:
        _wait_for(written, 3)
        assert current(store.database) == "0001" != head()
        upgrade(store.database.url)
        _wait_for(written, written[0] + 3)
    finally:
        done.set()
        for one in traffic:
            one.join()
    assert wrong == [] and read[0] > 0
    with store.read() as session:
        known = session.execute(text("SELECT count(*) FROM outbox_messages WHERE text_id = 'traffic'")).scalar_one()
        seen = session.execute(text("SELECT count(*) FROM v_outbound")).scalar_one()
        assert known == written[0] and seen == known + 2  # each agency of the cast has one text of its own


def _wait_for(count: list[int], least: int) -> None:
    until = time.monotonic() + 20
    while count[0] < least:
        assert time.monotonic() < until, "the writer stands still"
        time.sleep(0.01)
