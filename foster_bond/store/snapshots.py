"""Store: every row of one moment, as plain values, for a backup; and back again into an empty database."""

import base64
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, LargeBinary, Table, Time, insert, select, text
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session

from foster_bond.store.tables import METADATA

KEYS = "data_keys"  # kept apart from the rows, so that neither half alone can be read
BATCH = 500


def table_names() -> list[str]:
    """Every table in an order in which links always point backwards."""
    return [table.name for table in METADATA.sorted_tables]


def freeze(session: Session) -> None:
    """Make every read of this transaction see one moment."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def rows_of(session: Session, name: str) -> Iterator[dict[str, Any]]:
    """A table's rows as JSON values: instants in ISO 8601, bytes in base64."""
    table = METADATA.tables[name]
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    for row in session.execute(query).mappings():
        yield {key: _out(value) for key, value in row.items()}


def put_back(session: Session, name: str, rows: Iterable[dict[str, Any]]) -> int:
    """Insert rows that `rows_of` gave; how many."""
    table = METADATA.tables[name]
    readers = {column.name: _reader(column) for column in table.columns}
    count = 0
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append({key: readers[key](value) for key, value in row.items() if key in readers})
        if len(batch) >= BATCH:
            count += _insert(session, table, batch)
            batch = []
    return count + _insert(session, table, batch)


def is_empty(session: Session) -> bool:
    """True where no table has a row yet."""
    return all(session.execute(select(table).limit(1)).first() is None for table in METADATA.sorted_tables)


def _insert(session: Session, table: Table, batch: list[dict[str, Any]]) -> int:
    if batch:
        session.execute(insert(table), batch)
    return len(batch)


def _out(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    readers: list[tuple[type[TypeEngine[Any]], Callable[[Any], Any]]] = [
        (LargeBinary, base64.b64decode),
        (DateTime, datetime.fromisoformat),
        (Date, date.fromisoformat),
        (Time, time.fromisoformat),
        (Boolean, bool),
    ]
    read = next((reader for known, reader in readers if isinstance(kind, known)), None)
    if read is None:
        return lambda value: value
    return lambda value: None if value is None else read(value)
