"""The two kinds of transaction."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from foster_bond.store import agencies, session
from foster_bond.store.agencies import Agency
from foster_bond.store.session import Database, DatabaseAway
from tests.cast import MONDAY


def test_rows_that_were_read_can_be_used_after_the_reading(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as session:
        session.add(Agency(slug="harbor", name="Harbor", text_name="Harbor", zone="America/Denver", created_at=MONDAY))
    with database.read() as session:
        agency = agencies.by_slug(session, "harbor")
    assert agency is not None and agency.name == "Harbor"
    database.close()


def test_a_writing_that_fails_leaves_nothing_behind(database_url: str) -> None:
    database = Database(database_url)

    def write_and_fail() -> None:
        agency = Agency(slug="harbor", name="Harbor", text_name="Harbor", zone="America/Denver", created_at=MONDAY)
        with database.write() as session:
            session.add(agency)
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with database.read() as session:
        assert agencies.every(session) == []
    database.close()


def _hold(url: str) -> sqlite3.Connection:
    """Another program that has begun to write."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def _waits_for(database: Database) -> int:
    with database.write() as writing:
        return int(writing.connection().execute(text("PRAGMA busy_timeout")).scalar_one())


def test_a_writing_begins_when_the_one_before_it_has_ended(sqlite_url: str) -> None:
    database, other = Database(sqlite_url), _hold(sqlite_url)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_waits_for, database)
        with pytest.raises(TimeoutError):
            waiting.result(0.1)
        other.execute("COMMIT")
        assert waiting.result(5) == session.SQLITE_BUSY_MS
    other.close()
    database.close()


def test_a_database_that_stays_locked_is_told_as_away(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SQLITE_BUSY_MS", 50)
    database, other = Database(sqlite_url), _hold(sqlite_url)
    with pytest.raises(DatabaseAway):
        _waits_for(database)
    other.execute("ROLLBACK")
    assert _waits_for(database) == 50
    other.close()
    database.close()


def _backend(database: Database) -> int:
    with database.read() as reading:
        return int(reading.connection().execute(text("SELECT pg_backend_pid()")).scalar_one())


@pytest.mark.parametrize("idle", [0.0, 60.0], ids=["at rest for long", "in use a moment ago"])
def test_a_connection_that_the_server_has_ended_is_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, idle: float
) -> None:
    database, other = Database(postgres_url), Database(postgres_url)
    first = _backend(database)
    with other.read() as reading:
        reading.connection().execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
    monkeypatch.setattr(session, "IDLE", idle)
    assert _backend(database) != first
    database.close()
    other.close()


def test_a_connection_that_was_in_use_a_moment_ago_is_not_asked(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgres_url)
    monkeypatch.setattr(session, "IDLE", 60.0)
    first, asked = _backend(database), []
    monkeypatch.setattr(database.engine.dialect, "do_ping", asked.append)
    assert _backend(database) == first
    assert asked == []
    monkeypatch.setattr(session, "IDLE", 0.0)
    assert _backend(database) == first
    assert len(asked) == 1
    database.close()
