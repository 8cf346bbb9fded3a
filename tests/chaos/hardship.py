"""What happens to a database: held by somebody else, gone for a moment, no room left to write."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

from tests.blackbox.driver import Product, Running
from tests.databases import PostgresServer

ONE_PAGE = 4096  # bytes: less than one page of a log, so that nothing at all can be written


@contextmanager
def held(product: Product, table: str = "outbox_messages") -> Iterator[None]:
    """Another process holds the database for writing (SQLite), or this table's rows (PostgreSQL)."""
    if product.is_sqlite:
        path = product.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")
        return
    with psycopg.connect(_plain(product)) as server:
        server.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.Identifier(table)))
        try:
            yield
        finally:
            server.rollback()


@contextmanager
def stopped(server: PostgresServer, how: Literal["fast", "immediate"]) -> Iterator[None]:
    """PostgreSQL stops, and starts again afterwards; after "immediate" it has to recover first."""
    server.go_down(how)
    try:
        yield
    finally:
        server.come_up()


@contextmanager
def gone(product: Product) -> Iterator[None]:
    """This database is cut off: every connection dies, and no new one is taken, while the server stands."""
    name = product.database_url.rpartition("/")[2]
    with psycopg.connect(_plain(product).rpartition("/")[0] + "/postgres", autocommit=True) as server:
        allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
        server.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        try:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            server.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


@contextmanager
def no_room(product: Product, victim: Running, seconds: float = 1.0, *, some_fit: bool = True) -> Iterator[None]:
    """The files of this process and its children may not grow: its writes to the database fail."""
    path = Path(product.database_url.removeprefix("sqlite:///"))
    wal = path.with_name(path.name + "-wal")
    size = wal.stat().st_size if wal.exists() else 0
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    _limit(victim, (max(size // 2, ONE_PAGE) if some_fit else ONE_PAGE, old[1]))
    try:
        yield
        time.sleep(seconds)
    finally:
        _limit(victim, old)


def _limit(victim: Running, size: tuple[int, int]) -> None:
    """For it and for all that it has started: a limit is inherited, but only by those who are born later."""
    pids = [victim.process.pid]
    for pid in pids:
        with suppress(OSError):
            pids += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split())
            resource.prlimit(pid, resource.RLIMIT_FSIZE, size)


def _plain(product: Product) -> str:
    return product.database_url.replace("+psycopg", "")
