"""Store: the database and its keys, handed to every step as one thing."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlmodel import Session

from foster_bond.store import tables  # noqa: F401  a table links to others, so all are known before any is written
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Database

__all__ = ["Session", "Store"]


@dataclass(frozen=True, slots=True)
class Store:
    """What a step reads and writes through."""

    database: Database
    vault: Vault

    def read(self) -> AbstractContextManager[Session]:
        """A transaction that only looks."""
        return self.database.read()

    def write(self) -> AbstractContextManager[Session]:
        """A transaction that commits when its block ends."""
        return self.database.write()

    def close(self) -> None:
        self.database.close()
