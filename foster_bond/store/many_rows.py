"""Store: rows by the hundred: one statement for all of them, past the work that an ORM does for each."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import JSON, Connection, Dialect, type_coerce
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.types import UserDefinedType
from sqlmodel import Session, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

Row = Sequence[Any]  # values in the order of the columns
COUNTED = {"preserve_rowcount": True}  # psycopg's count of an INSERT is lost otherwise


class _Instant(UserDefinedType[datetime]):
    """An aware instant in UTC, as `UTCDateTime` reads it; a batch repeats its instants, so each is read once."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, _coltype: object) -> Callable[[Any], datetime | None]:
        return _read_text if dialect.name == "sqlite" else _read_instant


@lru_cache(maxsize=16_384)
def _read_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def _read_instant(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)


def read_fast(column: Any) -> Any:
    """The column for a SELECT of many rows: an instant is read without a detour, everything else as ever."""
    return type_coerce(column, _Instant()) if isinstance(column.type, UTCDateTime) else column


def _iso(moment: date | time) -> str:
    return moment.isoformat()


class _Columns:
    """Some columns of a table, and how each engine wants their values and types said."""

    def __init__(self, table: type[SQLModel], names: Sequence[str]) -> None:
        self._rows: Any = cast(Any, table).__table__
        self._names = tuple(names)
        self._table = self._rows.name
        self._listed = ", ".join(names)
        self._processors = cache(self._read_processors)
        self._types = cache(self._read_types)

    def _read_processors(self, dialect: Dialect) -> list[Callable[[Any], Any] | None]:
        return [self._rows.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in self._names]

    def _read_types(self, dialect: Dialect) -> list[str]:
        """The plain names of the columns' types: `varchar`, not `VARCHAR(36)`."""
        return [self._rows.c[name].type.compile(dialect).split("(")[0].lower() for name in self._names]

    def _recordset(self, dialect: Dialect) -> str:
        """All the rows as one parameter, which PostgreSQL takes apart faster than as many parameters."""
        typed = ", ".join(f"{name} {one}" for name, one in zip(self._names, self._types(dialect), strict=True))
        return f"json_to_recordset(%s::json) AS said({typed})"

    def _as_json(self, rows: Sequence[Row]) -> str:
        return json.dumps([dict(zip(self._names, row, strict=True)) for row in rows], default=_iso)

    def _said(self, dialect: Dialect, rows: Sequence[Row]) -> list[Sequence[Any]]:
        """The rows as columns, each value as the driver wants it."""
        found: list[Sequence[Any]] = []
        for name, process, values in zip(self._names, self._processors(dialect), zip(*rows, strict=True), strict=True):
            if process is None:
                found.append(values)
            elif isinstance(self._rows.c[name].type, JSON):
                found.append([process(value) for value in values])
            else:  # a batch repeats its instants: each is said once
                known = {value: process(value) for value in set(values)}
                found.append([known[value] for value in values])
        return found


class NewRows(_Columns):
    """Insert rows of these columns; with `unique`, only those that are not there yet by these."""

    def __init__(self, table: type[SQLModel], names: Sequence[str], *, unique: Sequence[str] = ()) -> None:
        super().__init__(table, names)
        self._unless = f" ON CONFLICT ({', '.join(unique)}) DO NOTHING" if unique else ""

    def write(self, session: Session, rows: Sequence[Row]) -> int:
        """How many rows were new. Whatever the session still holds back is written before them."""
        if not rows:
            return 0
        session.flush()
        connection = session.connection()
        into = f"INSERT INTO {self._table} ({self._listed})"
        if connection.dialect.name == "sqlite":
            words = f"{into} VALUES ({', '.join('?' * len(self._names))}){self._unless}"
            said = list(zip(*self._said(connection.dialect, rows), strict=True))
            return connection.exec_driver_sql(words, said, COUNTED).rowcount
        if self._unless:
            words = f"{into} SELECT {self._listed} FROM {self._recordset(connection.dialect)}{self._unless}"  # noqa: S608  fixed words
            return connection.exec_driver_sql(words, (self._as_json(rows),), COUNTED).rowcount
        _copy(
            connection,
            f"COPY {self._table} ({self._listed}) FROM STDIN (FORMAT BINARY)",
            self._types(connection.dialect),
            self._said(connection.dialect, rows),
        )
        return len(rows)


class ChangedRows(_Columns):
    """Write new values of these columns into rows that are known by the first of them."""

    def __init__(self, table: type[SQLModel], names: Sequence[str]) -> None:
        super().__init__(table, names)
        key, *changed = names
        there = ", ".join(f"{name} = said.{name}" for name in changed)
        self._together = f"UPDATE {self._table} SET {there} FROM {{said}} WHERE {self._table}.{key} = said.{key}"  # noqa: S608  fixed words
        here = ", ".join(f"{name} = ?{number}" for number, name in enumerate(changed, 2))
        self._one_by_one = f"UPDATE {self._table} SET {here} WHERE {key} = ?1"  # noqa: S608  fixed words

    def write(self, session: Session, rows: Sequence[Row]) -> None:
        """Change these rows, in one statement where the engine can."""
        if not rows:
            return
        session.flush()
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            said = list(zip(*self._said(connection.dialect, rows), strict=True))
            connection.exec_driver_sql(self._one_by_one, said)
            return
        words = self._together.format(said=self._recordset(connection.dialect))
        connection.exec_driver_sql(words, (self._as_json(rows),))


def _copy(connection: Connection, words: str, types: list[str], columns: list[Sequence[Any]]) -> None:
    """PostgreSQL's own way in for many rows. What the driver raises is raised as every other statement's is."""
    driver = connection.connection.driver_connection
    wrong = cast(Any, connection.dialect.loaded_dbapi)
    try:
        with cast(Any, driver).cursor() as cursor, cursor.copy(words) as way_in:
            way_in.set_types(types)
            for row in zip(*columns, strict=True):
                way_in.write_row(row)
    except wrong.IntegrityError as twice:
        raise IntegrityError(words, None, twice) from twice
    except (wrong.OperationalError, wrong.InterfaceError) as away:
        raise OperationalError(words, None, away) from away
    except wrong.Error as other:
        raise DBAPIError(words, None, other) from other
