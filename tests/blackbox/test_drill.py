"""The drill of docs/drill.md, typed as it stands there: a backup, a lost machine, a copy that catches up."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.blackbox.conftest import SQLITE_FIRST
from tests.blackbox.driver import Product
from tests.blackbox.harbor import BEN, DENVER_EVENING, GRACE, HARBOR, NUMBERS, ROSA

Harbor = Callable[[str, str], Product]
Blank = Callable[..., Product]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def prompts(product: Product, to: str) -> list[str]:
    """The evening questions that the carrier has taken for a number."""
    return [body for body in product.carried.bodies(to) if body.endswith("?") or "kiddo" in body]


def on_another_machine(first: Product, empty: Product) -> Product:
    """An empty database with the same keys, the same clock on the wall and the same carrier."""
    for name in ("SECRET_KEY", "MASTER_KEYS", "INDEX_KEY", "CLOCK_FILE"):
        empty.settings[f"FOSTER_BOND_{name}"] = first.settings[f"FOSTER_BOND_{name}"]
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_MESSAGING_SERVICE_SID", "FOSTER_BOND_TWILIO_API_URL"):
        empty.settings[name] = first.settings[name]
    empty.clock_file, empty.loopback, empty.numbers = first.clock_file, first.loopback, NUMBERS
    return empty


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_a_restored_copy_hears_the_stop_it_missed_and_sends_nothing_twice(
    harbor: Harbor, blank: Blank, engine: str
) -> None:
    first = harbor(engine, "twilio")
    first.once()
    first.go_to(DENVER_EVENING - 5 * MINUTE)
    first.once()  # tonight's questions are written and wait for their hour
    assert [row["state"] for row in first.outbound("M-GRACE", "prompt")] == ["scheduled"]
    first.does("backup", "backup")
    first.go_to(DENVER_EVENING + MINUTE)
    first.once()
    assert len(prompts(first, GRACE)) == len(prompts(first, BEN)) == 1

    first.go_on(10 * MINUTE)  # the machine is lost; Grace's STOP finds no door, and the carrier keeps it
    told = {"url": f"{first.url}/hooks/twilio/inbound", "from": GRACE, "to": HARBOR, "body": "STOP"}
    assert first.carried._control("inbound", told)["status"] is None

    first.go_on(10 * MINUTE)
    copy = on_another_machine(first, blank(engine, "twilio"))
    copy.does("restore", str(first.folder / "backup"))
    assert copy.member("M-GRACE")["consent"] == "active"
    assert "in recovery" in copy.run("doctor").out
    caught_up = copy.once()
    assert caught_up["reconcile"]["live"] == 1
    heard = [tally.get("heard", 0) + tally.get("recovered", 0) for tally in caught_up.values()]
    assert sum(heard) == 1, caught_up  # whichever job asked the carrier first
    assert copy.member("M-GRACE")["consent"] == "stopped"
    assert {row["state"] for row in copy.outbound("M-BEN", "prompt")} <= {"accepted", "sent", "delivered"}
    assert len(prompts(copy, GRACE)) == len(prompts(copy, BEN)) == 1

    copy.go_to(DENVER_EVENING + DAY - 5 * MINUTE)
    copy.once()
    copy.go_to(DENVER_EVENING + DAY + MINUTE)
    copy.once()
    assert (len(prompts(copy, GRACE)), len(prompts(copy, BEN))) == (1, 2)
    refs = Counter(one.ref for one in copy.carried.sent())
    assert set(refs.values()) == {1}
    same = Counter((one.to, one.body) for one in copy.carried.sent())
    assert set(same.values()) == {1}, same
    assert copy.carried.bodies(ROSA) and copy.carried.violations() == []
