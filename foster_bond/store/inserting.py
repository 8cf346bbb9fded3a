"""Store: rows that may already be there, on both engines."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import TextClause
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from foster_bond.store.prepared import Prepared

__all__ = ["Once", "insert_new"]


def insert_new(
    session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]], unique: list[str],
    where: TextClause | None = None,
) -> int:  # fmt: skip
    """Insert what is not there yet by its unique columns; how many rows were new. Every row has the same keys.

    `where`: the condition of a unique index that holds for some rows only.
    """
    if not rows:
        return 0
    session.flush()
    connection = session.connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(cast(Any, table).__table__)
        .on_conflict_do_nothing(index_elements=unique, index_where=where)
        .execution_options(preserve_rowcount=True)  # psycopg's count of an INSERT is lost otherwise
    )
    return connection.execute(statement, list(rows)).rowcount


class Once:
    """An INSERT of one row that may be there already: built and compiled once, for the roads that every text takes."""

    def __init__(self, table: type[SQLModel], unique: list[str]) -> None:
        rows = cast(Any, table).__table__
        self._by_engine = {
            engine.name: Prepared(insert(rows).on_conflict_do_nothing(index_elements=unique))
            for engine, insert in ((sqlite.dialect, sqlite.insert), (postgresql.dialect, postgresql.insert))
        }

    def add(self, session: Session, values: dict[str, Any]) -> bool:
        """True where the row is new. Whatever the session still holds back is written before it."""
        session.flush()
        return self._by_engine[session.connection().dialect.name].run(session, values) == 1
