"""The room of the sending tests: the cast on a real database, a clock that stands, a carrier on loopback."""

from collections.abc import Iterator

import pytest

from tests.steps.sending.room import Room, open_room


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """The room on each engine."""
    yield from open_room(database_url)


@pytest.fixture
def plain_room(sqlite_url: str) -> Iterator[Room]:
    """The room on SQLite alone, for what no engine decides."""
    yield from open_room(sqlite_url)
