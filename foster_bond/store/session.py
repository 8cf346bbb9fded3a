"""Store: the database and its two kinds of transaction, one for reading and one for writing."""

import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError, InterfaceError, InvalidatePoolError, OperationalError, TimeoutError
from sqlmodel import Session

__all__ = ["Database", "Session"]

Raced = IntegrityError  # another writer made what may exist once only
# It cannot be reached, is locked for too long, its disk is full, or no connection came free.
DatabaseAway = (OperationalError, InterfaceError, TimeoutError)

SQLITE_BUSY_MS = 10_000  # one writer at a time: wait for it rather than fail
KEPT_READY = 512  # statements of a connection: more than all pages and hooks together have
CACHE_KB = 16_000  # of the file's pages, per connection
PAGES_BEFORE_CHECKPOINT = 4_000  # 16 MB of changes: a page that many texts change is written back once for all
IDLE = 1.0  # seconds after which a connection is asked whether it still stands, before it is used
CONNECT_WITHIN = 5  # seconds; a machine that is gone would be waited for by the minute
# SQLite's own waiting sleeps up to 0.1 s while the other process writes ten times; ours looks again sooner than a
# writer of one text comes back.
FIRST_LOOK, LAST_LOOK, SLOWER = 0.0002, 0.005, 1.1  # seconds between two looks, and how they grow apart


class Database:
    """One engine. `write()` begins IMMEDIATE on SQLite, so that no update is ever lost (stack.md section 2)."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url, pool_size)
        self._writer = self.engine.execution_options(sqlite_begin="IMMEDIATE") if self.is_sqlite else self.engine

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits when the block ends and leaves nothing behind when it raises."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            session.connection()  # begins here and now: a clock read inside the block is read with SQLite's lock held
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one moment and writes nothing; its rows can be read after it, too."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session  # closing lets go of the rows first and rolls back then; a rollback here would empty them

    def close(self) -> None:
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    own = {"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False, "cached_statements": KEPT_READY}
    engine = create_engine(url, hide_parameters=True, connect_args=own)
    pragmas = (
        "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={SQLITE_BUSY_MS}",
        f"cache_size=-{CACHE_KB}", f"wal_autocheckpoint={PAGES_BEFORE_CHECKPOINT}",
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # pysqlite's own BEGIN lost 636 of 1,000 updates without an error
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE":
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN DEFERRED")

    return engine


def _begin_writing(connection: Connection) -> None:
    """Become the one writer, as soon as the one before is done. Raises: OperationalError after the usual wait."""
    driver: Any = connection.connection.driver_connection
    until, pause = time.monotonic() + SQLITE_BUSY_MS / 1000, FIRST_LOOK
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as refused:
                if refused.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            else:
                return
            time.sleep(pause)
            pause = min(pause * SLOWER, LAST_LOOK)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # once more, so that a refusal is told as every other is
    finally:
        driver.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")


def _postgres_engine(url: str, pool_size: int) -> Engine:
    own = {} if "connect_timeout" in make_url(url).query else {"connect_timeout": CONNECT_WITHIN}
    engine = create_engine(
        url, hide_parameters=True, pool_size=pool_size, max_overflow=pool_size, pool_timeout=10, connect_args=own
    )
    _ask_the_idle(engine)
    return engine


def _ask_the_idle(engine: Engine) -> None:
    """A connection that nobody used for a moment is asked before it is given out: the server may have gone meanwhile.

    One that was in use a moment ago is asked only if the server has said something since, as one that ends does:
    asking costs as much as a statement of every text, looking at the socket nothing.
    """
    dialect: Any = engine.dialect

    @event.listens_for(engine, "connect")
    @event.listens_for(engine, "checkin")
    def _used(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info["used"] < IDLE and not _has_spoken(connection):
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as broken:
            raise InvalidatePoolError() from broken  # the pool tries a new one


def _has_spoken(connection: Any) -> bool:
    """Whether something waits to be read: a server that goes says so, or closes, and one at rest says nothing."""
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return bool(socket.poll(0))
