"""The second channel under kill -9: staff are told by mail once or more, never less."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.blackbox.driver import Product, Running, wait_for
from tests.blackbox.harbor import LATER
from tests.chaos.campaign import QUICK
from tests.chaos.hardship import held
from tests.chaos.town import NUMBERS
from tests.mail_server import Server, listening

Town = Callable[[str], Product]
Kill = Callable[[Product, Running, Server], None]
LEASE = timedelta(minutes=2, seconds=1)  # a mail in the hands of a dead process is taken over after it


@pytest.fixture
def server() -> Iterator[Server]:
    with listening() as known:
        yield known


def taken(server: Server) -> Counter[str]:
    """How often each of our mails was taken, by its id."""
    found = [re.search(r"^Message-ID: *<([^@]+)@", letter, re.MULTILINE | re.IGNORECASE) for letter in server.taken]
    return Counter(one[1] for one in found if one is not None)


def cries(product: Product, number: str) -> None:
    """A cry for help comes in, and with it the mails that tell of it."""
    before = len(product.rows("SELECT id FROM mails"))
    product.text_in(number, "I want to kill myself")
    assert len(product.rows("SELECT id FROM mails")) > before


def in_hand(product: Product) -> bool:
    return bool(product.rows("SELECT id FROM mails WHERE state = 'sending'"))


def kill_with_a_mail_in_hand(product: Product, clock: Running, server: Server) -> None:
    """The server has the letter and has said nothing yet: nobody can know whether it took it."""
    before = len(server.taken)
    server.answers.clear()
    cries(product, NUMBERS[0])
    wait_for(lambda: len(server.taken) > before and in_hand(product), "a letter is at the server")
    clock.kill()
    server.answers.set()


def kill_before_it_is_written_down(product: Product, clock: Running, server: Server) -> None:
    """The server has taken the letter and said so, and the database cannot be written."""
    before = len(server.taken)
    server.answers.clear()
    cries(product, NUMBERS[1])
    wait_for(lambda: len(server.taken) > before and in_hand(product), "a letter is at the server")
    with held(product, "mails"):
        server.answers.set()
        wait_for(lambda: in_hand(product), "it waits for the database", 2)
        clock.kill()


KILLS: list[Kill] = [kill_with_a_mail_in_hand, kill_before_it_is_written_down]


@pytest.mark.parametrize(
    ("engine", "kills"),
    [
        pytest.param("sqlite", KILLS[:1], id="sqlite-in-hand"),
        pytest.param("sqlite", KILLS, marks=pytest.mark.long, id="sqlite-twice"),
        pytest.param("postgresql", KILLS, marks=[pytest.mark.postgres, pytest.mark.long], id="postgresql-twice"),
    ],
)
def test_a_mail_outlives_the_process_that_held_it(town: Town, server: Server, engine: str, kills: list[Kill]) -> None:
    product = town(engine)
    product.change(**QUICK, FOSTER_BOND_SMTP_URL=server.url(), FOSTER_BOND_MAIL_FROM="bond@harbor.example")
    product.go_to(LATER)
    product.start_carrier()
    product.open_doors("web", "--workers", "1")
    for kill in kills:
        clock = product.start("clock")
        wait_for(lambda: product.rows("SELECT key FROM channels WHERE key = 'mail'"), "the clock works")
        kill(product, clock, server)
        assert in_hand(product)
        product.go_on(LEASE)
    product.start("clock")
    ours = wait_for(lambda: [row["id"] for row in product.rows("SELECT id FROM mails")], "mails")

    def settled() -> bool:
        return not product.rows("SELECT id FROM mails WHERE state <> 'sent'")

    wait_for(settled, "every mail is known as taken", 40)
    counts = taken(server)
    assert set(ours) <= set(counts)  # none was lost
    assert max(counts.values()) >= 2  # and one was told twice rather than never
    assert product.rows("SELECT id FROM v_alert WHERE first_notified_at IS NULL") == []
