"""The loopback carrier itself: a witness is worth what it keeps, and a chaos run what its carrier survives."""

import asyncio
import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from foster_bond.carriers.carrier import Accepted, Outcome, Unknown
from foster_bond.carriers.twilio_carrier import TwilioCarrier
from foster_bond.carriers.twilio_signature import is_genuine
from tests.carriers.test_twilio_sends import ask, text
from tests.loopback_carrier import AUTH_TOKEN, Callbacks, Ledger, LoopbackCarrier, Script
from tests.loopback_carrier.ledger import read_ledger

ROOT = Path(__file__).resolve().parent.parent.parent
GRACE, HARBOR = "+13035550101", "+13035550100"


@contextmanager
def our_door() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Our webhooks in small: they check the signature and keep the form."""
    seen: list[dict[str, str]] = []

    @Request.application
    def door(request: Request) -> Response:
        form = request.form
        if not is_genuine(request.url, form, request.headers.get("X-Twilio-Signature"), AUTH_TOKEN):
            return Response(status=403)
        seen.append({**form.to_dict(), "ref": request.args.get("ref", "")})
        return Response(status=204)

    server = make_server("127.0.0.1", 0, door, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_reports_what_became_of_a_text_signed_and_with_our_ref() -> None:
    with (
        our_door() as (url, seen),
        LoopbackCarrier(callbacks=Callbacks(results={GRACE: "undelivered:30005"})) as carrier,
    ):
        outgoing = text(GRACE, callback_url=f"{url}/hooks/twilio/status?ref=abc")
        accepted = ask(carrier.url, lambda c: c.send(outgoing))
        assert isinstance(accepted, Accepted)
        until(lambda: len(seen) == 2)
        assert [form["MessageStatus"] for form in seen] == ["sent", "undelivered"]
        assert {(form["MessageSid"], form["ref"]) for form in seen} == {(accepted.sid, "abc")}
        assert seen[-1]["ErrorCode"] == "30005"
        until(lambda: carrier.counts["callback:204"] == 2)


def test_reports_twice_and_out_of_order_when_told_to() -> None:
    callbacks = Callbacks(statuses=("sending", "sent", "delivered"), copies=2, shuffle=True, seed=3)
    plans = [[status for status, _ in callbacks.for_number(GRACE)] for _ in range(20)]
    assert all(sorted(plan) == sorted(["sending", "sent", "delivered"] * 2) for plan in plans)
    assert len({tuple(plan) for plan in plans}) > 1
    again = Callbacks(statuses=("sending", "sent", "delivered"), copies=2, shuffle=True, seed=3)
    assert [[status for status, _ in again.for_number(GRACE)] for _ in range(20)] == plans


def test_somebody_texts_us_and_the_same_text_can_come_again() -> None:
    with our_door() as (url, seen), LoopbackCarrier() as carrier:
        sid, answered = carrier.text_in(f"{url}/hooks/twilio/inbound", GRACE, HARBOR, "¿Qué? 🙂", media=1)
        assert answered == 204
        assert carrier.post_inbound(f"{url}/hooks/twilio/inbound", sid) == 204
        assert [form["MessageSid"] for form in seen] == [sid, sid]
        assert seen[0]["Body"] == "¿Qué? 🙂" and seen[0]["NumMedia"] == "1"
        assert carrier.post_inbound("http://127.0.0.1:9/hooks/twilio/inbound", sid) is None


def test_chance_is_the_same_for_the_same_seed() -> None:
    def drawn(seed: int) -> list[str]:
        script = Script.seeded(seed, {"reset_before": 0.3, "too_many": 0.3, "code:30034": 0.1})
        return [script.for_create(GRACE).kind for _ in range(50)]

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)
    assert {"ok", "reset_before", "too_many", "code"} == set(drawn(7))


def test_one_number_can_be_the_bad_one() -> None:
    script = Script.from_json({"by_to": {GRACE: "garbage_body"}})
    with LoopbackCarrier(script=script) as carrier:
        assert isinstance(ask(carrier.url, lambda c: c.send(text(GRACE))), Unknown)
        assert isinstance(ask(carrier.url, lambda c: c.send(text(HARBOR, sender=GRACE))), Accepted)


def test_notices_a_text_that_was_taken_twice() -> None:
    outgoing = text()
    with LoopbackCarrier() as carrier:
        ask(carrier.url, lambda c: c.send(outgoing))
        assert carrier.ledger.doubled_refs() == []
        ask(carrier.url, lambda c: c.send(outgoing))
        assert carrier.ledger.doubled_refs() == [outgoing.ref]


def test_notices_a_request_that_breaks_the_description() -> None:
    with LoopbackCarrier() as carrier:
        ask(carrier.url, lambda c: c.send(text(body="x" * 1601)))
        assert len(carrier.violations) == 1 and "too long" in carrier.violations[0]
        assert carrier.ledger.sent == []


@contextmanager
def process(*told: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.loopback_carrier", *told], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    try:
        yield started, started.stdout.readline().removeprefix("listening on ").strip()
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


def control(url: str, name: str, told: object = None) -> dict[str, object]:
    body = None if told is None else json.dumps(told).encode()
    with urllib.request.urlopen(f"{url}/_control/{name}", body, timeout=10) as answer:
        return dict(json.load(answer))


def test_as_a_process_it_obeys_and_keeps_its_ledger_over_a_kill(tmp_path: Path) -> None:
    book, clock = tmp_path / "ledger.jsonl", tmp_path / "clock"
    clock.write_text("86400")
    with process("--ledger", str(book), "--clock-file", str(clock), "--script", '{"first": ["no_sid"]}') as (
        started,
        url,
    ):
        assert isinstance(ask(url, lambda c: c.send(text(GRACE))), Unknown)
        assert isinstance(ask(url, lambda c: c.send(text(GRACE))), Accepted)
        control(url, "script", {"rates": {"reset_after_accept": 1.0}})
        assert isinstance(ask(url, lambda c: c.send(text(GRACE))), Unknown)
        with our_door() as (door, seen):
            told = {"url": f"{door}/hooks/twilio/inbound", "from": GRACE, "to": HARBOR, "body": "Hi"}
            assert control(url, "inbound", told)["status"] == 204
            assert seen[0]["Body"] == "Hi"
        before = control(url, "ledger")
        started.send_signal(signal.SIGKILL)
        started.wait()
    assert before["violations"] == []
    assert len(list(read_ledger(book))) == 4
    with process("--ledger", str(book)) as (_, url):
        assert control(url, "ledger")["messages"] == before["messages"]
        found = ask(url, lambda c: c.sent_to(GRACE))
        assert len(found) == 3 and len({one.sid for one in found}) == 3
        assert found[0].created_at - found[-1].created_at < timedelta(minutes=1)


def test_stops_when_asked_even_with_somebody_hanging() -> None:
    carrier = LoopbackCarrier(script=Script.of("accept_then_hang")).start()
    began = time.monotonic()
    ask(carrier.url, lambda c: c.send(text()), timeout=0.2)
    carrier.stop()
    carrier.stop()
    assert time.monotonic() - began < 5
    assert len(carrier.ledger.sent) == 1


def test_a_ledger_reads_back_what_it_wrote(tmp_path: Path) -> None:
    book = tmp_path / "ledger.jsonl"
    with LoopbackCarrier(ledger_path=book) as carrier:
        ask(carrier.url, lambda c: c.send(text()))
        carrier.report(carrier.ledger.sent[0].sid, "failed", 30008)
        kept = carrier.ledger.all()
    again = Ledger(book)
    assert again.all() == kept == list(read_ledger(book))
    assert again.all()[0].error_code == 30008
    again.close()


@pytest.mark.long
def test_is_quick_enough_to_never_be_the_bottleneck() -> None:
    async def many(carrier: TwilioCarrier) -> list[Outcome]:
        gate = asyncio.Semaphore(64)

        async def one(n: int) -> Outcome:
            async with gate:
                return await carrier.send(text(f"+1303555{n % 10_000:04}"))

        return list(await asyncio.gather(*(one(n) for n in range(4000))))

    with process() as (_, url):
        ask(url, many, timeout=60)
        began = time.monotonic()
        outcomes = ask(url, many, timeout=60)
        rate = 4000 / (time.monotonic() - began)
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert rate > 600, f"{rate:.0f} a second"
