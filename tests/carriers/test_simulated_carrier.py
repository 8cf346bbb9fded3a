"""The simulated carrier: the same port and the same doors as the real one, with nothing leaving this machine."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from twilio.request_validator import RequestValidator

from foster_bond.carriers.carrier import Accepted, Carrier, CarrierUnreachable, Refused, Unknown
from foster_bond.carriers.simulated_carrier import SimulatedCarrier
from foster_bond.carriers.simulated_ledger import MemoryLedger
from foster_bond.carriers.simulated_network import SimulatedNetwork
from foster_bond.carriers.twilio_carrier import TwilioCarrier
from foster_bond.carriers.twilio_signature import is_genuine
from foster_bond.clock import FixedClock
from tests.carriers.test_twilio_sends import SERVICE, text
from tests.loopback_carrier import inbound_form, status_form
from tests.loopback_carrier.ledger import Record

AT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
PUBLIC = "http://127.0.0.1:8000"
TOKEN = "simulated-token"
GRACE, HARBOR = "+13035550101", "+13035550100"


class Door:
    """Our own webhooks, as far as the network can see them."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.posts: list[tuple[str, dict[str, str]]] = []

    def __call__(self, path: str, form: Mapping[str, str], signature: str) -> int:
        assert is_genuine(PUBLIC + path, form, signature, TOKEN)
        self.posts.append((path, dict(form)))
        return self.answers.pop(0) if self.answers else 204


class Scene:
    def __init__(self) -> None:
        self.clock = FixedClock(AT)
        self.ledger = MemoryLedger()
        self.door = Door()
        self.carrier = SimulatedCarrier(self.ledger, self.clock)
        self.network = SimulatedNetwork(self.ledger, public_url=PUBLIC + "/", token=TOKEN, post=self.door)

    def send(self, to: str = GRACE, **change: object) -> object:
        return asyncio.run(self.carrier.send(text(to, **change)))

    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for _, form in self.door.posts if "MessageStatus" in form]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_both_carriers_keep_the_port() -> None:
    ports: list[Carrier] = [SimulatedCarrier(MemoryLedger(), FixedClock(AT)), TwilioCarrier("AC", "token")]
    assert len(ports) == 2


def test_a_text_is_taken_and_found_again(scene: Scene) -> None:
    outcome = scene.send(body="Hi")
    assert isinstance(outcome, Accepted) and outcome.status == "queued"
    assert len(outcome.sid) == 34 and outcome.sid.startswith("SM")
    (found,) = asyncio.run(scene.carrier.sent_to(GRACE))
    assert found == asyncio.run(scene.carrier.fetch(outcome.sid))
    assert (found.to, found.sender, found.body, found.created_at) == (GRACE, HARBOR, "Hi", AT)
    assert asyncio.run(scene.carrier.fetch("SM" + "0" * 32)) is None
    assert asyncio.run(scene.carrier.check()) is None
    asyncio.run(scene.carrier.aclose())


def test_a_messaging_service_names_no_number(scene: Scene) -> None:
    outcome = scene.send(sender=SERVICE)
    assert isinstance(outcome, Accepted) and outcome.status == "accepted"
    assert asyncio.run(scene.carrier.sent_to(GRACE))[0].sender is None
    scene.network.deliver_receipts(AT)
    assert {form["MessagingServiceSid"] for _, form in scene.door.posts} == {SERVICE}


@pytest.mark.parametrize(
    ("change", "code"), [({"to": "303 555"}, 21211), ({"body": ""}, 21602), ({"body": "x" * 1601}, 21617)]
)
def test_refuses_what_twilio_refuses(scene: Scene, change: dict[str, str], code: int) -> None:
    outcome = scene.send(**change)
    assert isinstance(outcome, Refused) and outcome.code == code
    assert scene.ledger.unreported(9) == []


def test_receipts_come_once_in_order_at_the_address_with_our_ref(scene: Scene) -> None:
    outgoing = text()
    outcome = asyncio.run(scene.carrier.send(outgoing))
    assert isinstance(outcome, Accepted)
    assert scene.network.deliver_receipts(AT - timedelta(seconds=1)) == 0
    assert scene.network.deliver_receipts(AT) == 1
    assert scene.network.deliver_receipts(AT) == 0
    assert scene.statuses() == ["sent", "delivered"]
    assert {path for path, _ in scene.door.posts} == {f"/hooks/twilio/status?ref={outgoing.ref}"}
    found = asyncio.run(scene.carrier.fetch(outcome.sid))
    assert found is not None and found.status == "delivered"


@pytest.mark.parametrize("answer", [500, 503, 0])
def test_a_receipt_that_our_door_could_not_take_comes_again(scene: Scene, answer: int) -> None:
    scene.send()
    scene.door.answers = [204, answer]
    assert scene.network.deliver_receipts(AT) == 0
    assert scene.network.deliver_receipts(AT) == 1
    assert scene.statuses() == ["sent", "delivered", "delivered"]


def test_a_receipt_that_our_door_refuses_is_not_repeated_for_ever(scene: Scene) -> None:
    scene.send()
    scene.door.answers = [403, 403]
    assert scene.network.deliver_receipts(AT) == 1
    assert scene.network.deliver_receipts(AT) == 0


def test_a_phone_that_is_off_is_undelivered(scene: Scene) -> None:
    outcome = scene.send("+13035550198")
    assert isinstance(outcome, Accepted)
    scene.network.deliver_receipts(AT)
    assert [(f["MessageStatus"], f.get("ErrorCode")) for _, f in scene.door.posts] == [
        ("sent", None),
        ("undelivered", "30003"),
    ]


def test_a_lost_answer_is_found_by_looking_it_up(scene: Scene) -> None:
    assert isinstance(scene.send("+13035550197"), Unknown)
    assert len(asyncio.run(scene.carrier.sent_to("+13035550197"))) == 1


def test_one_number_is_stopped_by_its_network_until_it_says_start(scene: Scene) -> None:
    phone = "+13035550199"
    assert isinstance(scene.send(phone), Accepted)
    scene.network.reply(phone, HARBOR, " stop ", scene.clock.now())
    outcome = scene.send(phone)
    assert isinstance(outcome, Refused) and outcome.code == 21610
    scene.network.reply(phone, HARBOR, "START", scene.clock.move(timedelta(minutes=1)))
    assert isinstance(scene.send(phone), Accepted)


def test_stop_is_ours_to_honour_for_everybody_else(scene: Scene) -> None:
    scene.network.reply(GRACE, HARBOR, "STOP", AT)
    assert isinstance(scene.send(GRACE), Accepted)


def test_a_reply_knocks_at_the_same_door_with_all_of_twilios_fields(scene: Scene) -> None:
    sid = scene.network.reply(GRACE, HARBOR, "Él durmió bien 🙂", AT, media_count=1)
    ((path, form),) = scene.door.posts
    assert path == "/hooks/twilio/inbound"
    assert (form["From"], form["To"], form["Body"], form["NumMedia"]) == (GRACE, HARBOR, "Él durmió bien 🙂", "1")
    real = Record(sid, "inbound", HARBOR, GRACE, None, form["Body"], "received", AT.isoformat(), media=1)
    assert form.keys() == inbound_form(real, "AC").keys()
    (kept,) = asyncio.run(scene.carrier.received_at(HARBOR, AT))
    assert (kept.sid, kept.sender, kept.media_count) == (sid, GRACE, 1)
    assert asyncio.run(scene.carrier.received_at(HARBOR, AT + timedelta(seconds=1))) == []


def test_a_receipt_has_all_of_twilios_fields(scene: Scene) -> None:
    scene.send("+13035550198")
    scene.network.deliver_receipts(AT)
    form = scene.door.posts[-1][1]
    real = Record(form["MessageSid"], "outbound-api", form["To"], HARBOR, None, "", "sent", AT.isoformat())
    assert form.keys() == status_form(real, "undelivered", "AC", 30003).keys() - {"RawDlrDoneDate"}


@pytest.mark.parametrize(("answer", "permanent"), [(403, True), (500, False), (0, False)])
def test_a_reply_that_found_no_open_door_is_kept_and_said(scene: Scene, answer: int, permanent: bool) -> None:
    scene.door.answers = [answer]
    with pytest.raises(CarrierUnreachable) as raised:
        scene.network.reply(GRACE, HARBOR, "Hi", AT)
    assert raised.value.permanent is permanent
    assert len(scene.ledger.received_at(HARBOR, AT)) == 1


@pytest.fixture
def real_door() -> Iterator[tuple[str, list[tuple[str, bytes, str]]]]:
    seen: list[tuple[str, bytes, str]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, body, self.headers["X-Twilio-Signature"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


def test_posts_over_http_by_default(real_door: tuple[str, list[tuple[str, bytes, str]]]) -> None:
    url, seen = real_door
    ledger = MemoryLedger()
    network = SimulatedNetwork(ledger, public_url=url, token=TOKEN)
    network.reply(GRACE, HARBOR, "¿Hola & adiós?", AT)
    outgoing = replace(text(), callback_url=f"{url}/hooks/twilio/status?ref=abc")
    asyncio.run(SimulatedCarrier(ledger, FixedClock(AT)).send(outgoing))
    assert network.deliver_receipts(AT) == 1
    assert [path for path, *_ in seen] == ["/hooks/twilio/inbound"] + ["/hooks/twilio/status?ref=abc"] * 2
    for path, body, signature in seen:
        form = {k: v[0] for k, v in parse_qs(body.decode(), keep_blank_values=True).items()}
        assert RequestValidator(TOKEN).validate(url + path, form, signature)


def test_nobody_at_home_is_said_and_tried_again() -> None:
    ledger = MemoryLedger()
    network = SimulatedNetwork(ledger, public_url="http://127.0.0.1:9", token=TOKEN)
    asyncio.run(SimulatedCarrier(ledger, FixedClock(AT)).send(text()))
    assert network.deliver_receipts(AT) == 0
    with pytest.raises(CarrierUnreachable, match="nothing"):
        network.reply(GRACE, HARBOR, "Hi", AT)
