"""Texts in, under the same treatment: copies, floods, a dead web process, a database that is away."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.blackbox.driver import Product, callback, inbound, new_sid, wait_for
from tests.blackbox.harbor import HARBOR, LATER
from tests.chaos.campaign import QUICK
from tests.chaos.hardship import gone, held, no_room
from tests.chaos.invariants import Evidence, broken
from tests.chaos.town import HOUR, NUMBERS, ZONE
from tests.loopback_carrier.ledger import read_ledger

Town = Callable[[str], Product]
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
SQLITE_FIRST = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.long])]
POSTGRES_FIRST = [
    pytest.param("sqlite", marks=pytest.mark.long),
    pytest.param("postgresql", marks=pytest.mark.postgres),
]
GRACE = NUMBERS[0]
IN_HAND = "SELECT id FROM v_outbound WHERE state IN ('sending', 'unknown')"


@pytest.fixture
def open_town(town: Town) -> Town:
    """The town with its doors open, an honest carrier, and no clock yet."""

    def make(engine: str) -> Product:
        product = town(engine)
        product.change(**QUICK)
        product.go_to(LATER)
        product.start_carrier()
        product.open_doors("web", "--workers", "2")
        return product

    return make


def whole(product: Product) -> None:
    """Once everything has ended nothing is broken, and every text that reached the carrier is here."""
    wait_for(lambda: not product.rows(IN_HAND), "nothing is in anybody's hands", 60)
    for one in product.running:
        if one is not product.carried.running:
            one.stop()
    knocked = [one for one in read_ledger(product.carried.path) if one.direction == "inbound"]
    evidence = Evidence(
        product.rows, product.now(), carried=product.carried.sent(), knocked=knocked, zone=ZONE, hour=HOUR
    )
    assert broken(evidence) == []


def knock(product: Product, sender: str, words: str) -> tuple[str, int | None]:
    """Somebody texts us by way of the carrier, which keeps the text; its id, and what our door said."""
    told = {"url": f"{product.url}/hooks/twilio/inbound", "from": sender, "to": HARBOR, "body": words}
    answer = product.carried._control("inbound", told)
    return answer["sid"], answer["status"]


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_fifty_copies_at_once_are_one_text_and_one_answer(open_town: Town, engine: str) -> None:
    product = open_town(engine)
    form = inbound(GRACE, HARBOR, "HELP", new_sid())
    with ThreadPoolExecutor(25) as lines:
        answers = Counter(lines.map(lambda _: product.post_inbound(form), range(50)))
    assert answers == {200: 50}
    assert len(product.rows("SELECT id FROM v_inbound")) == 1
    product.start("clock")
    wait_for(lambda: _answers(product) == ["accepted"], "HELP is answered once")
    assert product.post_inbound(form) == 200
    product.settle()
    assert _answers(product) == ["accepted"]
    whole(product)


def _answers(product: Product) -> list[str]:
    return [row["state"] for row in product.rows("SELECT state FROM v_outbound WHERE kind = 'keyword_reply'")]


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_a_flood_from_one_number_is_kept_whole_and_answered_once_an_hour(open_town: Town, engine: str) -> None:
    product = open_town(engine)
    with ThreadPoolExecutor(8) as phones:
        answers = Counter(status for _, status in phones.map(lambda _: knock(product, GRACE, "BASE"), range(60)))
    assert answers == {200: 60}
    assert len(product.rows("SELECT id FROM v_inbound")) == 60
    product.start("clock")
    wait_for(lambda: "accepted" in _answers(product), "the flood is answered")
    product.settle()
    assert len(product.carried.bodies(GRACE)) <= 2 + 10 + 8 + 1  # welcomes, before it is a flood, at once, its answer
    whole(product)


@pytest.mark.parametrize("engine", POSTGRES_FIRST)
def test_a_web_process_killed_mid_request_has_stored_all_or_nothing(open_town: Town, engine: str) -> None:
    product = open_town(engine)
    victim = product.running[-1]
    with ThreadPoolExecutor(4) as lines:
        with held(product, "inbound_texts"):
            asked = [lines.submit(knock, product, number, "I want to kill myself") for number in NUMBERS[:4]]
            wait_for(lambda: len([one for one in read_ledger(product.carried.path) if one.direction == "inbound"]) == 4,
                     "the carrier knocks")  # fmt: skip
            victim.kill()
        answers = [one.result() for one in asked]
    assert {status for _, status in answers} <= {None, 200}
    product.open_doors("web", "--workers", "2")
    for sid, status in answers:
        stored = product.rows("SELECT crisis FROM v_inbound WHERE carrier_sid = ?", sid)
        assert len(stored) == 1 if status == 200 else len(stored) <= 1
    product.start("clock")
    for (sid, _), number in zip(answers, NUMBERS, strict=False):
        assert product.post_inbound(inbound(number, HARBOR, "I want to kill myself", sid)) == 200
    wait_for(lambda: _told(product) == 4, "somebody is told of each")
    whole(product)


def _told(product: Product) -> int:
    return len(product.rows("SELECT id FROM v_alert WHERE first_notified_at IS NOT NULL"))


@pytest.mark.postgres
def test_while_the_database_is_away_the_door_says_so_and_the_carriers_list_brings_it_back(open_town: Town) -> None:
    product = open_town("postgresql")
    assert knock(product, GRACE, "Before")[1] == 200
    with gone(product):
        answers = [knock(product, number, "While it was away") for number in NUMBERS[:5]]
        assert all(status is not None and status >= 500 for _, status in answers), answers
        ref = product.carried._control("ledger")["messages"][0]["ref"] or "none"
        assert (product.post_status(ref, callback(new_sid(), "sent", GRACE)) or 0) >= 500
    assert knock(product, GRACE, "After")[1] == 200
    product.go_on(timedelta(minutes=3))
    assert product.once()["recover"]["recovered"] == 5
    assert len(product.rows("SELECT id FROM v_inbound")) == 7
    whole(product)


def test_a_full_disk_is_said_and_the_carriers_list_brings_the_texts_back(open_town: Town) -> None:
    product = open_town("sqlite")
    doors = product.running[-1]
    assert knock(product, GRACE, "Before")[1] == 200
    with no_room(product, doors, 0, some_fit=False):
        answers = [knock(product, number, "There was no room") for number in NUMBERS[:5]]
    assert all(status is not None and status >= 500 for _, status in answers), answers
    assert len(product.rows("SELECT id FROM v_inbound")) == 1
    assert knock(product, GRACE, "After")[1] == 200
    product.go_on(timedelta(minutes=3))
    assert product.once()["recover"]["recovered"] == 5
    assert len(product.rows("SELECT id FROM v_inbound")) == 7
    whole(product)
