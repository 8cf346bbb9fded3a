"""Store: statements of the roads that every text takes, made ready once and run by the database's own driver.

SQLAlchemy writes the SQL; what it does around every run of it costs four times what the database does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

Convert = Callable[[Any], Any]
_OWN_CURSOR = "foster_bond.prepared_cursor"


@dataclass(frozen=True, slots=True)
class _Ready:
    """One statement as one engine takes it."""

    sql: str
    order: tuple[str, ...] | None  # of the parameters, where the driver takes them by place
    constants: Mapping[str, Any]
    defaults: tuple[tuple[str, Convert], ...]  # what a new row has where nothing is said
    given: tuple[tuple[str, Convert], ...]  # parameters that the driver does not take as they are
    read: tuple[tuple[int, Convert], ...]  # columns that the driver does not give as they should be


class Prepared:
    """One statement. It sees what this transaction has written; what the session holds back is not flushed for it."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._ready: dict[tuple[str, ...], _Ready] = {}

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Every row that it finds, with the columns' own types."""
        ready, cursor = self._run(session.connection(), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        if not ready.read or not found:
            return found
        return [_as_they_should_be(row, ready.read) for row in found]

    def run(self, session: Session, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        return int(self._run(session.connection(), values)[1].rowcount)

    def _run(self, connection: Connection, values: Mapping[str, Any]) -> tuple[_Ready, Any]:
        key = (connection.dialect.name, *values)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = _made_ready(self._statement, connection.dialect, tuple(values))
        named = {**ready.constants, **values}
        for name, make in ready.defaults:
            named[name] = make(None)
        for name, convert in ready.given:
            named[name] = convert(named[name])
        given: Any = named if ready.order is None else [named[name] for name in ready.order]
        try:
            return ready, _cursor_of(connection).execute(ready.sql, given)
        except connection.dialect.loaded_dbapi.Error as broken:
            raise _told(connection, ready.sql, broken) from broken


def _cursor_of(connection: Connection) -> Any:
    """What runs it. PostgreSQL's driver takes its time to make a cursor: each connection keeps its own."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return driver
    cursor = connection.info.get(_OWN_CURSOR)
    if cursor is None:
        cursor = connection.info[_OWN_CURSOR] = driver.cursor()
    return cursor


def _as_they_should_be(row: tuple[Any, ...], read: tuple[tuple[int, Convert], ...]) -> tuple[Any, ...]:
    columns = list(row)
    for at, convert in read:
        columns[at] = convert(columns[at])
    return tuple(columns)


def _made_ready(statement: Any, dialect: Dialect, names: tuple[str, ...]) -> _Ready:
    compiled = statement.compile(dialect=dialect, column_keys=list(names) if statement.is_insert else None)
    assert not compiled.post_compile_params, "a list of values must be written out: in_([literal(value) ...])"
    read = {}
    for at, column in enumerate(getattr(statement, "selected_columns", ())):
        read[at] = column.type.dialect_impl(dialect).result_processor(dialect, None)
    unsaid = compiled.insert_prefetch if statement.is_insert else ()
    fixed = {column.key: column.default.arg for column in unsaid if column.default.is_scalar}
    given = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    return _Ready(
        sql=str(compiled),
        order=tuple(compiled.positiontup) if compiled.positional else None,
        constants={name: bind.value for name, bind in compiled.binds.items() if name not in names} | fixed,
        defaults=tuple((column.key, column.default.arg) for column in unsaid if column.default.is_callable),
        given=tuple((name, convert) for name, convert in given.items() if convert is not None),
        read=tuple((at, convert) for at, convert in read.items() if convert is not None),
    )


def _told(connection: Connection, sql: str, broken: Any) -> BaseException:
    """The driver's error as SQLAlchemy tells it; a connection that it ended is not used again."""
    dialect, driver = connection.dialect, connection.connection.driver_connection
    lost = dialect.is_disconnect(broken, driver, None)
    told: BaseException = DBAPIError.instance(
        sql, None, broken, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=lost,
        dialect=dialect,
    )  # fmt: skip
    if lost:
        connection.invalidate(broken)
    return told
