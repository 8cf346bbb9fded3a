"""What the reading tests stand on: the cast in a real database, and the Okafors' past, still to be written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from foster_bond.runtime import open_store
from foster_bond.store.open_store import Store
from tests.cast import Cast, gather, settings_for
from tests.past import Past, open_past


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Iterator[Store]:
    made = open_store(settings_for(tmp_path, database_url))
    yield made
    made.close()


@pytest.fixture
def cast(store: Store) -> Cast:
    return gather(store)


@pytest.fixture
def past(store: Store, cast: Cast) -> Past:
    return open_past(store, cast.harbor)
