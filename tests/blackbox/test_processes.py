"""Processes from outside: one clock on SQLite, many on PostgreSQL; killed mid-send, told to end, begun anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.blackbox.driver import Product, Row, wait_for
from tests.blackbox.harbor import DENVER_EVENING, GRACE
from tests.blackbox.views import look_over

Harbor = Callable[[str, str], Product]

QUICK = {  # a carrier on this machine may be asked sooner
    "FOSTER_BOND_HTTP_TIMEOUT_SECONDS": "3",
    "FOSTER_BOND_SEND_LEASE_SECONDS": "4",
    "FOSTER_BOND_LOOKUP_GRACE_SECONDS": "2",
}
ENDS_WITHIN = 15


def welcomed(product: Product) -> None:
    wait_for(
        lambda: (
            len([row for row in product.outbound("M-GRACE", "welcome") if row["state"] in ("accepted", "delivered")])
            == 2
        ),
        "Grace is welcomed",
    )


def prompt_in(product: Product, *states: str) -> Row:
    def there() -> Row | None:
        return next((row for row in product.outbound("M-GRACE", "prompt") if row["state"] in states), None)

    found = wait_for(there, f"the prompt is {' or '.join(states)}")
    assert found is not None
    return found


def test_on_sqlite_a_second_clock_refuses_and_a_killed_one_leaves_no_lock(harbor: Harbor) -> None:
    product = harbor("sqlite", "twilio")
    product.change(**QUICK)
    first = product.start("clock")
    welcomed(product)
    for words in (("clock",), ("clock", "--once")):
        (line,) = product.refuses(*words)
        assert "clock" in line and "SQLite" in line
    assert first.process.poll() is None

    product.carried.misbehave(by_to={GRACE: "accept_then_hang"})
    product.go_to(DENVER_EVENING + timedelta(seconds=1))
    prompt_in(product, "sending")
    wait_for(lambda: len(product.carried.bodies(GRACE)) == 3, "the carrier has it and does not answer")
    first.kill()
    product.carried.misbehave()
    second = product.start("clock")
    row = prompt_in(product, "accepted")
    assert row["attempts"] == 1 and row["carrier_sid"] == product.carried.by_ref(row["ref"]).sid
    assert len(product.carried.bodies(GRACE)) == 3  # asked about, never sent again
    assert second.stop() < ENDS_WITHIN
    look_over(product)


@pytest.mark.long
@pytest.mark.postgres
def test_on_postgresql_several_clocks_share_the_work_and_what_is_in_flight_is_finished(harbor: Harbor) -> None:
    product = harbor("postgresql", "twilio")
    clocks = [product.start("clock") for _ in range(2)]
    welcomed(product)
    product.carried.misbehave(by_to={GRACE: "slow_drip:0.003"})
    product.go_to(DENVER_EVENING + timedelta(seconds=1))
    prompt_in(product, "sending", "accepted")
    took = [one.stop() for one in clocks]
    assert max(took) < ENDS_WITHIN
    product.settle()
    rows = product.rows("SELECT * FROM v_outbound WHERE kind = 'prompt'")
    assert {row["state"] for row in rows} <= {"accepted", "scheduled"}
    refs = [text.ref for text in product.carried.sent()]
    assert len(refs) == len(set(refs))
    look_over(product)


@pytest.mark.long
def test_serve_ends_when_told_and_begins_again_after_a_kill(harbor: Harbor) -> None:
    product = harbor("sqlite", "simulated")
    first = product.open_doors("serve")
    welcomed(product)
    (line,) = product.refuses("clock", "--once")
    assert "clock" in line
    first.kill()
    second = product.open_doors("serve")
    product.go_to(DENVER_EVENING + timedelta(seconds=1))
    prompt_in(product, "accepted", "sent", "delivered")
    assert second.stop(25) < 20
    third = product.open_doors("web", "--workers", "2")
    assert third.stop() < ENDS_WITHIN
    look_over(product)
