"""PostgreSQL is away when a process starts, or goes away while it runs: the process waits, says so, and goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.blackbox.driver import PASSWORD, PATIENCE, Product, Running, inbound, new_sid, wait_for
from tests.blackbox.harbor import HARBOR, setup_words
from tests.databases import PostgresServer

pytestmark = pytest.mark.postgres

STRANGER = "+13035550199"
ENDS_AT_ONCE = 3.0  # seconds, on a busy machine


@pytest.fixture(scope="module")
def set_up(postgres_to_stop: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database in which an agency has been set up."""
    name = postgres_to_stop.create(migrated=False)
    typed = Product(tmp_path_factory.mktemp("set-up"), postgres_to_stop.url(name), "simulated")
    typed.file("password", PASSWORD)
    typed.does(*setup_words())
    return name


@pytest.fixture
def product(postgres_to_stop: PostgresServer, set_up: str, tmp_path: Path) -> Iterator[Product]:
    made = Product(tmp_path, postgres_to_stop.url(postgres_to_stop.create(template=set_up)), "simulated")
    yield made
    made.end()


def says_that_it_waits(one: Running) -> None:
    wait_for(lambda: "database_away" in one.words, "it says that the database is away")
    assert "FOSTER_BOND_DATABASE_URL" in one.words and "Traceback" not in one.words


def status(product: Product, path: str) -> int:
    return product.browser().get(path).status


def is_ready(product: Product) -> bool:
    return status(product, "/readyz") == 200


def knock(product: Product) -> int | None:
    return product.post_inbound(inbound(STRANGER, HARBOR, "Who is this?", new_sid()))


def test_web_and_clock_wait_for_a_database_that_is_away_and_live_through_the_next_time(
    product: Product, postgres_to_stop: PostgresServer
) -> None:
    postgres_to_stop.go_down("fast")
    web, clock = product.start("web", "--port", str(product.port), "--workers", "2"), product.start("clock")
    product.wait_until_up(web)
    says_that_it_waits(web)
    says_that_it_waits(clock)
    page = product.browser().get("/readyz")
    assert page.status == 503 and page.headers["retry-after"]
    assert knock(product) == 503 and status(product, "/sign-in") == 503
    postgres_to_stop.come_up()
    wait_for(lambda: is_ready(product), "both go on", PATIENCE * 2)
    wait_for(lambda: knock(product) == 200, "each worker is open")

    for how in ("fast", "immediate"):
        before = len(product.rows("SELECT id FROM v_inbound"))
        assert knock(product) == 200
        postgres_to_stop.go_down(how)
        assert knock(product) == 503
        assert status(product, "/healthz") == 200 and not is_ready(product)
        postgres_to_stop.come_up()
        wait_for(lambda: is_ready(product), "both live on", PATIENCE * 2)
        assert knock(product) == 200
        assert len(product.rows("SELECT id FROM v_inbound")) == before + 2
    assert clock.stop() < 15 and web.stop() < 15
    assert (clock.process.returncode, web.process.returncode) == (0, 0)


def test_whoever_waits_ends_when_told_and_a_command_says_what_to_do(
    product: Product, postgres_to_stop: PostgresServer
) -> None:
    postgres_to_stop.go_down("fast")
    clock, serve = product.start("clock"), product.start("serve", "--port", str(product.port))
    says_that_it_waits(clock)
    says_that_it_waits(serve)
    assert clock.stop() < ENDS_AT_ONCE and clock.process.returncode == 0
    for words in (("migrate",), ("clock", "--once"), ("audit", "verify")):
        said = product.run(*words)
        assert said.code == 1 and len(said.lines) == 1 and "FOSTER_BOND_DATABASE_URL" in said.lines[0], said
    postgres_to_stop.come_up()
    wait_for(lambda: is_ready(product), "serve goes on, clock and all", PATIENCE * 2)
    assert serve.stop() < 20 and serve.process.returncode == 0


@pytest.mark.long
def test_a_database_of_another_key_is_not_opened_when_it_comes_back(
    product: Product, postgres_to_stop: PostgresServer
) -> None:
    before = product.rows("SELECT id FROM v_inbound")
    postgres_to_stop.go_down("fast")
    product.change(FOSTER_BOND_INDEX_KEY="b3RoZXIga2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXM=")
    web, clock = product.start("web", "--port", str(product.port), "--workers", "1"), product.start("clock")
    says_that_it_waits(web)
    clock.may_end = True
    postgres_to_stop.come_up()
    wait_for(lambda: "not_opened" in web.words, "it says that the keys do not fit", PATIENCE * 2)
    assert "FOSTER_BOND_INDEX_KEY" in web.words
    assert status(product, "/healthz") == 200 and status(product, "/sign-in") == 503 and knock(product) == 503
    assert web.stop() < ENDS_AT_ONCE
    wait_for(lambda: clock.process.poll() == 2, "the clock refuses")
    assert product.rows("SELECT id FROM v_inbound") == before
