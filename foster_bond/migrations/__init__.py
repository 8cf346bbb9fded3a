"""Migrations: bring a database up to date, once, however many processes ask for it at the same time."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from foster_bond.store.session import Database

if TYPE_CHECKING:  # Alembic is imported where something is upgraded: every command looks at the version, few change it
    from alembic.config import Config

_HERE = Path(__file__).parent
_LOCK = 0x466F7374  # "Fost": an advisory lock that only a migration takes, held to the end of its transaction


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config(stdout=sys.stdout)  # Alembic's own default is what stood there when it was first imported
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """One migrating transaction: a second one waits and then finds nothing to do; a killed one leaves no trace."""
    engine = database.engine
    if database.is_sqlite:
        engine = engine.execution_options(sqlite_begin="IMMEDIATE")
    with engine.connect() as connection, connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


@cache
def head() -> str:
    """The newest schema version that this code knows. A version's file name begins with it."""
    return max(path.name.partition("_")[0] for path in (_HERE / "versions").glob("[0-9]*_*.py"))


def current(database: Database) -> str | None:
    """The schema version that stands in the database; None where it is empty."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def upgrade(target: Database | str) -> str:
    """Bring the schema up to date and answer its version. Safe to call twice at once."""
    database = Database(target) if isinstance(target, str) else target
    try:
        if database.is_sqlite and database.engine.url.database:
            Path(database.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        if current(database) != head():
            from alembic import command

            with _alone(database) as connection:
                command.upgrade(_config(connection), "head")
    finally:
        if isinstance(target, str):
            database.close()
    return head()
