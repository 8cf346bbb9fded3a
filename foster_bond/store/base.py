"""Store: what every table shares: naming, the agency column, composite keys and closed lists of words."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, MetaData, UniqueConstraint
from sqlmodel import Field, SQLModel

from foster_bond.store.ids import new_id

# SQLite's batch migrations need names, and both engines must agree on them.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA: MetaData = SQLModel.metadata

Instant = datetime  # aware UTC; SQLModel refuses a naive one at flush


class Owned(SQLModel):
    """A row that belongs to one agency."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    agency_id: str = Field(foreign_key="agencies.id", max_length=36)


def own_key(*more: Any) -> tuple[Any, ...]:
    """Table arguments with the (agency_id, id) key that links from other tables point to."""
    return (UniqueConstraint("agency_id", "id"), *more)


def link(column: str, table: str) -> ForeignKeyConstraint:
    """A link that cannot cross agencies: (agency_id, column) -> table(agency_id, id)."""
    return ForeignKeyConstraint(["agency_id", column], [f"{table}.agency_id", f"{table}.id"])


def one_of(column: str, words: Iterable[StrEnum | str], *, nullable: bool = False) -> CheckConstraint:
    """A CHECK that only these words can stand in the column, on both engines."""
    listed = ", ".join(f"'{word}'" for word in words)
    test = f"{column} IN ({listed})"
    return CheckConstraint(f"{column} IS NULL OR {test}" if nullable else test, name=column)
