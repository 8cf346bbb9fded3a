"""What the asking tests stand on: Harbor on both engines, on a Monday morning."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.steps.asking.house import House, open_house

MONDAY = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # 9:00 in Denver, in the week before the clocks go forward


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """Harbor without families, once on SQLite and once on PostgreSQL."""
    house = open_house(database_url, MONDAY)
    yield house
    house.store.close()
