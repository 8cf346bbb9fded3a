"""A town for each engine, typed in once and copied for every run; the table of all runs at the end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.blackbox.driver import Product, copy_sqlite
from tests.blackbox.harbor import HARBOR
from tests.chaos.campaign import Outcome
from tests.chaos.town import settle_in
from tests.databases import PostgresServer, postgres_binaries

_OUTCOMES: list[Outcome] = []


def remember(outcome: Outcome) -> None:
    _OUTCOMES.append(outcome)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server of the chaos tests alone: it is stopped and started, and keeps what it has committed."""
    binaries = postgres_binaries()
    assert binaries is not None
    server = PostgresServer(binaries, keeps_its_word=True)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _typed_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[], str]], str]:
    ready: dict[str, str] = {}

    def find(engine: str, new_url: Callable[[], str]) -> str:
        if engine not in ready:
            folder = tmp_path_factory.mktemp(f"town-{engine}")
            url = f"sqlite:///{folder / 'foster_bond.db'}" if engine == "sqlite" else new_url()
            settle_in(Product(folder, url, "simulated"))
            ready[engine] = url
        return ready[engine]

    return find


@pytest.fixture
def town(
    request: pytest.FixtureRequest, tmp_path: Path, _typed_in: Callable[[str, Callable[[], str]], str]
) -> Iterator[Callable[[str], Product]]:
    """Gives the town on the named engine: a database of its own, with nothing running yet."""
    made: list[Product] = []

    def make(engine: str) -> Product:
        folder = tmp_path / engine
        folder.mkdir()
        if engine == "sqlite":
            url = f"sqlite:///{folder / 'foster_bond.db'}"
            copy_sqlite(_typed_in(engine, str), url)
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            source = _typed_in(engine, lambda: server.url(server.create(migrated=False)))
            url = server.url(server.create(template=source.rpartition("/")[2]))
        made.append(Product(folder, url, "twilio", numbers=MappingProxyType({"harbor": HARBOR})))
        return made[-1]

    yield make
    for product in made:
        product.end()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _OUTCOMES:
        return
    terminalreporter.section("chaos")
    terminalreporter.line(
        f"{'engine':12} {'seed':>6} {'kills':>6} {'idle':>5} {'texts':>6} {'heard':>6} {'s':>6}  broken"
    )
    for one in _OUTCOMES:
        terminalreporter.line(
            f"{one.engine:12} {one.seed:>6} {one.kills:>6} {one.idle_kills:>5} {one.texts:>6} {one.heard:>6} "
            f"{one.seconds:>6.0f}  {len(one.broken) or 'nothing'}"
        )
    kills = sum(one.kills for one in _OUTCOMES)
    terminalreporter.line(
        f"{len(_OUTCOMES)} runs, {kills} kills that counted, {sum(len(o.broken) for o in _OUTCOMES)} broken"
    )
