"""Installations for the black-box tests: Harbor is typed in once for each engine, and each test works on a copy."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.blackbox.driver import PASSWORD, Product, copy_sqlite
from tests.blackbox.harbor import LATER, NUMBERS, settle_in
from tests.databases import PostgresServer

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
SQLITE_FIRST = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.long])]


def _postgres(request: pytest.FixtureRequest) -> PostgresServer:
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server


@pytest.fixture
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Product]]:
    """Gives an installation with settings and an empty database of the named engine; nobody has typed anything."""
    made: list[Product] = []

    def make(engine: str, carrier: str = "simulated") -> Product:
        folder = tmp_path / f"blank-{len(made)}"
        folder.mkdir()
        url = f"sqlite:///{folder / 'foster_bond.db'}"
        if engine == "postgresql":
            server = _postgres(request)
            url = server.url(server.create(migrated=False))
        made.append(Product(folder, url, carrier))
        return made[-1]

    yield make
    for product in made:
        product.end()


@pytest.fixture(scope="session")
def _typed_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[], str]], str]:
    """The address of a database in which Harbor has been typed in; once for each engine."""
    ready: dict[str, str] = {}

    def find(engine: str, new_url: Callable[[], str]) -> str:
        if engine not in ready:
            folder = tmp_path_factory.mktemp(f"harbor-{engine}")
            url = f"sqlite:///{folder / 'foster_bond.db'}" if engine == "sqlite" else new_url()
            settle_in(Product(folder, url, "simulated"))
            ready[engine] = url
        return ready[engine]

    return find


@pytest.fixture
def harbor(
    request: pytest.FixtureRequest, tmp_path: Path, _typed_in: Callable[[str, Callable[[], str]], str]
) -> Iterator[Callable[[str, str], Product]]:
    """Gives Harbor on the named engine and carrier: a database of its own, at the moment after everything was typed."""
    made: list[Product] = []

    def make(engine: str, carrier: str) -> Product:
        folder = tmp_path / f"{engine}-{carrier}"
        folder.mkdir()
        if engine == "sqlite":
            url = f"sqlite:///{folder / 'foster_bond.db'}"
            copy_sqlite(_typed_in(engine, str), url)
        else:
            server = _postgres(request)
            source = _typed_in(engine, lambda: server.url(server.create(migrated=False)))
            url = server.url(server.create(template=source.rpartition("/")[2]))
        product = Product(folder, url, carrier, numbers=NUMBERS)
        product.file("password", PASSWORD)
        product.go_to(LATER)
        made.append(product)
        if carrier == "twilio":
            product.start_carrier()
        return product

    yield make
    for product in made:
        product.end()
