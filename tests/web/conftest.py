"""A whole app over a real database, with Harbor and Elsewhere in it and a clock that stands still."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import structlog
from flask import Flask

from foster_bond.app import create_app
from foster_bond.clock import FixedClock
from foster_bond.logs import set_up_logs
from foster_bond.runtime import Runtime, build
from tests.cast import MONDAY, PUBLIC_URL, Browser, Cast, gather, settings_for


class StandingClock(FixedClock):
    """The product's time stands still; the machine's own runs on."""

    def real(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(MONDAY)


@pytest.fixture
def runtime(database_url: str, tmp_path: Path, clock: StandingClock) -> Iterator[Runtime]:
    made = build(settings_for(tmp_path, database_url), clock=clock)
    yield made
    made.close()


@pytest.fixture
def https_runtime(sqlite_url: str, tmp_path: Path, clock: StandingClock) -> Iterator[Runtime]:
    """Behind one proxy, with a public https address."""
    more = {"FOSTER_BOND_PUBLIC_URL": PUBLIC_URL, "FOSTER_BOND_PROXY_HOPS": "1"}
    made = build(settings_for(tmp_path, sqlite_url, **more), clock=clock)
    yield made
    made.close()


@pytest.fixture
def cast(runtime: Runtime) -> Cast:
    return gather(runtime.store)


@pytest.fixture
def app(runtime: Runtime, cast: Cast) -> Flask:
    return create_app(runtime)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture(autouse=True)
def logs() -> Iterator[StringIO]:
    """Every line that the app logs, through the same redaction as outside the tests."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = StringIO()
    set_up_logs("json", stream)
    yield stream
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)
