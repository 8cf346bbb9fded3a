"""The tests' own ground: both databases are real, fresh and migrated, and nothing reaches another machine."""

import asyncio
import socket
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import text

from foster_bond.migrations import current, head
from foster_bond.store.session import Database
from tests.databases import PostgresServer, postgres_binaries
from tests.network import LeftTheMachine


@pytest.mark.parametrize("again", [1, 2])
def test_each_test_gets_a_migrated_database_of_its_own(database_url: str, again: int) -> None:
    database = Database(database_url)
    try:
        assert current(database) == head()
        with database.write() as session:
            assert session.connection().execute(text("SELECT count(*) FROM agencies")).scalar_one() == 0
            session.connection().execute(text("CREATE TABLE only_here (n int)"))
    finally:
        database.close()


def test_an_empty_database_has_no_version(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    try:
        assert current(database) is None
    finally:
        database.close()


@pytest.mark.postgres
def test_the_server_is_postgresql_on_loopback_only(postgres_url: str) -> None:
    database = Database(postgres_url)
    try:
        with database.read() as session:
            version, address = (
                session.connection()
                .execute(text("SELECT current_setting('server_version_num')::int, current_setting('listen_addresses')"))
                .one()
            )
        assert version >= 150000
        assert address == "127.0.0.1"
    finally:
        database.close()


@pytest.mark.postgres
def test_a_server_takes_its_folder_with_it() -> None:
    binaries = postgres_binaries()
    assert binaries is not None
    server = PostgresServer(binaries)
    home: Path = server._home
    assert home.exists()
    server.stop()
    assert not home.exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "2001:db8::1"])
def test_no_test_leaves_this_machine(host: str) -> None:
    with pytest.raises(LeftTheMachine):
        socket.create_connection((host, 80), timeout=1)
    with pytest.raises(LeftTheMachine):
        urllib.request.urlopen(f"http://[{host}]/" if ":" in host else f"http://{host}/", timeout=1)
    with pytest.raises(LeftTheMachine):
        asyncio.run(asyncio.wait_for(asyncio.open_connection(host, 80), 1))


def test_loopback_is_open() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=1).close()
