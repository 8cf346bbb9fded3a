"""What the keeping tests stand on: an empty store on both engines, and the agency Harbor set up by the real step."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from foster_bond.rules.access import Viewer, operator
from foster_bond.rules.new_agency import read_new_agency
from foster_bond.steps.keeping.set_up_agency import set_up_agency
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Database

NOW = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)  # Tuesday, 11:00 in Denver: inside polite hours
PASSWORD = "seven calm otters swim home"


def vault() -> Vault:
    return Vault((b"m" * 32,), b"i" * 32)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store, once on SQLite and once on PostgreSQL."""
    store = Store(Database(database_url), vault())
    yield store
    store.close()


@pytest.fixture
def harbor(store: Store) -> Viewer:
    """Harbor, and the operator who runs its commands."""
    return set_up(store, "harbor", sender="+13035550100")


def set_up(store: Store, slug: str, *, sender: str | None = None, now: datetime = NOW) -> Viewer:
    """An agency by the step of `foster-bond setup`."""
    agency = read_new_agency(
        name=slug.capitalize(), slug=slug, zone="America/Denver", admin=f"ada@{slug}.example", sender=sender
    )
    made = set_up_agency(store, agency=agency, now=now, password=PASSWORD, simulated=True)
    return operator(made.agency_id)
