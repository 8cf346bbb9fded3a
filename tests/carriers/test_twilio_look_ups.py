"""Look-ups: what the carrier holds, or a clear "could not ask"; never an empty list in place of an error."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from foster_bond.carriers.carrier import Accepted, CarrierUnreachable
from foster_bond.carriers.twilio_carrier import TwilioCarrier
from foster_bond.clock import FixedClock
from tests.carriers.test_twilio_sends import ask, text
from tests.loopback_carrier import LoopbackCarrier, Script

AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
GRACE, HARBOR = "+13035550101", "+13035550100"


def test_a_text_is_found_by_number_alone_before_it_has_a_date_sent() -> None:
    outgoing = text(GRACE, sender="MG" + "a" * 32)
    with LoopbackCarrier(now=FixedClock(AT).now) as carrier:
        ask(carrier.url, lambda c: c.send(outgoing))
        carrier.ledger.receive(GRACE, HARBOR, "not ours", AT)
        carrier.ledger.receive(HARBOR, GRACE, "inbound to the same number", AT)
        (found,) = ask(carrier.url, lambda c: c.sent_to(GRACE))
        assert (found.to, found.sender, found.body) == (GRACE, None, outgoing.body)
        assert (found.created_at, found.status, found.error_code) == (AT, "accepted", None)
        assert carrier.violations == []


def test_the_newest_come_first_and_the_limit_holds_over_pages() -> None:
    clock = FixedClock(AT)
    with LoopbackCarrier(now=clock.now) as carrier:
        for n in range(7):
            carrier.ledger.accept({"To": GRACE, "From": HARBOR, "Body": str(n)}, clock.move(timedelta(seconds=1)))
        assert [t.body for t in ask(carrier.url, lambda c: c.sent_to(GRACE, limit=3))] == ["6", "5", "4"]
        assert len(ask(carrier.url, lambda c: c.sent_to(GRACE))) == 7


def test_one_text_by_its_id() -> None:
    with LoopbackCarrier() as carrier:
        accepted = ask(carrier.url, lambda c: c.send(text()))
        assert isinstance(accepted, Accepted)
        carrier.report(accepted.sid, "undelivered", 30003)
        found = ask(carrier.url, lambda c: c.fetch(accepted.sid))
        assert found is not None and (found.status, found.error_code) == ("undelivered", 30003)
        assert ask(carrier.url, lambda c: c.fetch("SM" + "0" * 32)) is None
        assert ask(carrier.url, lambda c: c.fetch("../Accounts")) is None


def test_missed_texts_are_listed_from_a_moment_on_oldest_first() -> None:
    with LoopbackCarrier() as carrier:
        for minutes in (0, 10, 20, 30):
            carrier.ledger.receive(GRACE, HARBOR, f"at {minutes}", AT + timedelta(minutes=minutes), media=minutes // 30)
        carrier.ledger.accept({"To": HARBOR, "From": HARBOR, "Body": "ours"}, AT)
        missed = ask(carrier.url, lambda c: c.received_at(HARBOR, AT + timedelta(minutes=10, microseconds=9)))
        assert [m.body for m in missed] == ["at 10", "at 20", "at 30"]
        assert [m.media_count for m in missed] == [0, 0, 1]
        assert missed[0].received_at == AT + timedelta(minutes=10) and missed[0].sender == GRACE
        assert carrier.violations == []


def test_a_long_outage_fills_more_than_one_page() -> None:
    with LoopbackCarrier() as carrier:
        for n in range(1203):
            carrier.ledger.receive(GRACE, HARBOR, str(n), AT + timedelta(seconds=n))
        missed = ask(carrier.url, lambda c: c.received_at(HARBOR, AT))
        assert [m.body for m in missed] == [str(n) for n in range(1203)]


LOOK_UPS: list[Callable[[TwilioCarrier], object]] = [
    lambda c: c.sent_to(GRACE),
    lambda c: c.fetch("SM" + "0" * 32),
    lambda c: c.received_at(HARBOR, AT),
    lambda c: c.check(),
]


@pytest.mark.parametrize("look_up", LOOK_UPS)
@pytest.mark.parametrize(
    ("fault", "permanent"),
    [
        ("error_500_before", False),
        ("too_many", False),
        ("garbage_body", False),
        ("unauthorized", True),
        ("forbidden", True),
        ("hang", False),
    ],
)
def test_no_usable_answer_is_said_so(look_up: Callable[[TwilioCarrier], object], fault: str, permanent: bool) -> None:
    with LoopbackCarrier(script=Script.of(look_ups=(fault,))) as carrier, pytest.raises(CarrierUnreachable) as raised:
        ask(carrier.url, look_up, timeout=0.5)  # type: ignore[arg-type]
    assert raised.value.permanent is permanent
    assert "555" not in str(raised.value)


@pytest.mark.parametrize("look_up", LOOK_UPS)
def test_nobody_there_is_said_so(look_up: Callable[[TwilioCarrier], object]) -> None:
    with pytest.raises(CarrierUnreachable, match="ClientConnectorError"):
        ask("http://127.0.0.1:9", look_up)  # type: ignore[arg-type]


def test_the_check_knows_a_good_account_from_a_bad_token() -> None:
    with LoopbackCarrier() as carrier:
        assert ask(carrier.url, lambda c: c.check()) is None
        with pytest.raises(CarrierUnreachable, match="401") as raised:
            ask(carrier.url, lambda c: c.check(), token="wrong")
        assert raised.value.permanent
