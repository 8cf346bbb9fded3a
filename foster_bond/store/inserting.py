"""Store: rows that may already be there, on both engines."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

CHUNK = 200  # rows a statement: SQLite takes 32,766 values in one


def insert_new(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]], unique: list[str]) -> int:
    """Insert what is not there yet by its unique columns; how many rows were new."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = 0
    for start in range(0, len(rows), CHUNK):
        statement = (
            insert(table).values(list(rows[start : start + CHUNK])).on_conflict_do_nothing(index_elements=unique)
        )
        kept = statement.execution_options(preserve_rowcount=True)  # psycopg's count of an INSERT is lost otherwise
        new += cast(CursorResult[Any], session.execute(kept)).rowcount
    return new
