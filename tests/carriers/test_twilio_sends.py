"""The contract: the official client, through `TwilioCarrier`, against a carrier that knows Twilio's description."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
from aiohttp.abc import ResolveResult
from aiohttp.resolver import DefaultResolver

from foster_bond.carriers.carrier import Accepted, CredentialsRefused, Later, Outcome, OutgoingText, Refused, Unknown
from foster_bond.carriers.twilio_carrier import TwilioCarrier
from tests.loopback_carrier import ACCOUNT_SID, AUTH_TOKEN, LoopbackCarrier, Script

T = TypeVar("T")
SERVICE = "MG" + "a" * 32


def text(to: str = "+13035550101", **change: object) -> OutgoingText:
    ref = str(uuid4())
    values: dict[str, object] = {
        "ref": ref,
        "to": to,
        "body": "Harbor: How did Ben's day go? ¿Todo bien? 🙂",
        "sender": "+13035550100",
        "callback_url": f"http://127.0.0.1:8000/hooks/twilio/status?ref={ref}",
        "validity": timedelta(hours=1),
    }
    return OutgoingText(**(values | change))  # type: ignore[arg-type]


def ask(url: str, does: Callable[[TwilioCarrier], Awaitable[T]], *, timeout: float = 5.0, token: str = AUTH_TOKEN) -> T:
    async def run() -> T:
        carrier = TwilioCarrier(ACCOUNT_SID, token, api_url=url, timeout=timedelta(seconds=timeout))
        try:
            return await does(carrier)
        finally:
            await carrier.aclose()

    return asyncio.run(run())


def send_under(fault: str, *, timeout: float = 5.0) -> tuple[Outcome, int]:
    """The outcome of one send, and how many texts the carrier really took."""
    with LoopbackCarrier(script=Script.of(fault)) as carrier:
        outcome = ask(carrier.url, lambda c: c.send(text()), timeout=timeout)
        assert carrier.violations == []
        assert len(carrier.requests) == 1  # whatever happened, it was asked once
        return outcome, len(carrier.ledger.sent)


def test_a_text_is_taken_whole() -> None:
    outgoing = text(validity=timedelta(minutes=90))
    with LoopbackCarrier() as carrier:
        outcome = ask(carrier.url, lambda c: c.send(outgoing))
        (taken,) = carrier.ledger.sent
        assert outcome == Accepted(taken.sid, "queued")
        assert (taken.to, taken.sender, taken.body) == (outgoing.to, outgoing.sender, outgoing.body)
        assert (taken.ref, taken.status_callback) == (outgoing.ref, outgoing.callback_url)
        assert taken.validity == 5400
        assert carrier.violations == []


def test_a_messaging_service_chooses_the_number() -> None:
    with LoopbackCarrier() as carrier:
        outcome = ask(carrier.url, lambda c: c.send(text(sender=SERVICE)))
        (taken,) = carrier.ledger.sent
        assert outcome == Accepted(taken.sid, "accepted")
        assert (taken.sender, taken.service) == (None, SERVICE)
        assert carrier.violations == []


@pytest.mark.parametrize(
    ("validity", "told"), [(timedelta(0), 1), (timedelta(days=3), 36_000), (timedelta(hours=-1), 1)]
)
def test_the_validity_stays_inside_twilios_limits(validity: timedelta, told: int) -> None:
    with LoopbackCarrier() as carrier:
        ask(carrier.url, lambda c: c.send(text(validity=validity)))
        assert [r.validity for r in carrier.ledger.sent] == [told]
        assert carrier.violations == []


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        ("reset_before", 0),
        ("error_500_before", 0),
        ("reset_after_accept", 1),
        ("reset_mid", 1),
        ("error_500_after_accept", 1),
        ("garbage_body", 1),
        ("wrong_sid", 1),
        ("no_sid", 1),
        ("other_text", 1),
    ],
)
def test_what_may_have_left_is_unknown_and_never_repeated(fault: str, taken: int) -> None:
    outcome, kept = send_under(fault)
    assert isinstance(outcome, Unknown)
    assert kept == taken


@pytest.mark.parametrize(("fault", "taken"), [("hang", 0), ("accept_then_hang", 1), ("slow_drip:0.1", 1)])
def test_no_answer_in_time_is_unknown(fault: str, taken: int) -> None:
    outcome, kept = send_under(fault, timeout=0.4)
    assert outcome == Unknown("no readable answer from the carrier (TimeoutError)")
    assert kept == taken


def test_a_carrier_that_accepts_after_breaking_off_is_unknown_too() -> None:
    with LoopbackCarrier(script=Script.of("accept_late:0.05")) as carrier:
        outcome = ask(carrier.url, lambda c: c.send(text()))
        assert isinstance(outcome, Unknown)

        async def until_taken() -> None:
            while not carrier.ledger.sent:
                await asyncio.sleep(0.01)

        asyncio.run(asyncio.wait_for(until_taken(), 5))


def test_too_many_is_later_with_the_carriers_own_wish() -> None:
    assert send_under("too_many") == (Later(timedelta(seconds=1), "the carrier asked us to slow down"), 0)


def test_a_full_queue_is_later() -> None:
    outcome, _ = send_under("code:21611")
    assert isinstance(outcome, Later)


@pytest.mark.parametrize("code", [21211, 21610, 21614, 30034, 39999])
def test_a_refusal_keeps_the_carriers_number(code: int) -> None:
    outcome, kept = send_under(f"code:{code}")
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.status, kept) == (code, 400, 0)


@pytest.mark.parametrize(
    ("fault", "status"), [("unauthorized", 401), ("forbidden", 403), ("code:20003", 400), ("code:20404", 400)]
)
def test_a_refused_account_is_not_the_texts_fault(fault: str, status: int) -> None:
    assert send_under(fault) == (CredentialsRefused(status), 0)


def test_a_wrong_token_is_refused_for_real() -> None:
    with LoopbackCarrier() as carrier:
        assert ask(carrier.url, lambda c: c.send(text()), token="wrong") == CredentialsRefused(401)
        assert carrier.ledger.sent == []


def test_a_refused_connection_is_later() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        outcome = ask(f"http://127.0.0.1:{port}", lambda c: c.send(text()))
    assert isinstance(outcome, Later) and "ClientConnectorError" in outcome.why


def test_an_unknown_host_is_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody_knows(*_: object, **__: object) -> list[ResolveResult]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(DefaultResolver, "resolve", nobody_knows)
    outcome = ask("http://carrier.invalid", lambda c: c.send(text()))
    assert isinstance(outcome, Later) and "ClientConnectorDNSError" in outcome.why


def test_a_connection_that_never_opens_is_later_not_unknown() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)  # nobody accepts: one connection waits, and the next hang before they are open
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        outcome = ask(f"http://127.0.0.1:{full.getsockname()[1]}", lambda c: c.send(text()), timeout=1.0)
    assert isinstance(outcome, Later) and "ConnectionTimeoutError" in outcome.why


def test_a_failed_tls_handshake_is_later() -> None:
    with LoopbackCarrier() as plain:
        outcome = ask(plain.url.replace("http:", "https:"), lambda c: c.send(text()), timeout=0.6)
        assert isinstance(outcome, Later)
        assert plain.ledger.sent == []


def test_a_refusal_never_repeats_the_persons_number() -> None:
    with LoopbackCarrier() as carrier:
        outcome = ask(carrier.url, lambda c: c.send(text(to="+13")))
    assert isinstance(outcome, Refused)
    assert outcome.code == 21211
    with LoopbackCarrier() as carrier:
        outcome = ask(carrier.url, lambda c: c.send(text(to="303 555 0101")))
    assert isinstance(outcome, Refused) and "555" not in outcome.message and "(number)" in outcome.message


def test_hundreds_at_once_are_each_taken_once() -> None:
    async def burst(carrier: TwilioCarrier) -> list[Outcome]:
        return list(await asyncio.gather(*(carrier.send(text(f"+1303555{n:04}")) for n in range(300))))

    with LoopbackCarrier() as carrier:
        outcomes = ask(carrier.url, burst, timeout=20)
        assert all(isinstance(outcome, Accepted) for outcome in outcomes)
        assert len(carrier.ledger.sent) == 300
        assert carrier.ledger.doubled_refs() == []
        assert carrier.violations == []


def test_one_carrier_serves_several_event_loops() -> None:
    with LoopbackCarrier() as loopback:
        carrier = TwilioCarrier(ACCOUNT_SID, AUTH_TOKEN, api_url=loopback.url)

        async def once() -> Outcome:
            try:
                return await carrier.send(text())
            finally:
                await carrier.aclose()
                await carrier.aclose()

        assert all(isinstance(asyncio.run(once()), Accepted) for _ in range(3))


def test_nothing_about_a_person_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), LoopbackCarrier() as carrier:
        ask(carrier.url, lambda c: c.send(text()))
        ask(carrier.url, lambda c: c.sent_to("+13035550101"))
    assert "555" not in caplog.text
    assert logging.getLogger("twilio").level == logging.WARNING
