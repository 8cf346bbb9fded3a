"""Door to door: a prompt comes due, leaves as a text, is answered on the phone, and Mina reads the answer."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from foster_bond.app import create_app
from foster_bond.clock import FixedClock
from foster_bond.rules.access import Role
from foster_bond.rules.new_agency import read_new_agency
from foster_bond.rules.states import Outbound
from foster_bond.runtime import Runtime, build
from foster_bond.steps.keeping.act_as_operator import act_as_operator
from foster_bond.steps.keeping.add_staff import add_staff
from foster_bond.steps.keeping.carry_simulated import SealedLedger
from foster_bond.steps.keeping.import_families import import_families
from foster_bond.steps.keeping.load_pack import load_pack
from foster_bond.steps.keeping.set_up_agency import set_up_agency
from foster_bond.steps.sending.send_outbox import Sender, Sending
from foster_bond.store.outbox import OutboxMessage
from jobs.timetable import timetable_of
from tests.blackbox.harbor import DENVER_EVENING, FAMILIES, GRACE, HARBOR, NEW_YORK_EVENING, PACK, ROSA, START
from tests.cast import PASSWORD, Browser, post_signed, post_text, settings_for
from tests.loopback_carrier import ACCOUNT_SID, AUTH_TOKEN, LoopbackCarrier, status_form

SERVICE = "MG" + "0" * 31 + "7"
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Door:
    """How simulated phones knock at an app of this process."""

    client: FlaskClient | None = None

    def __call__(self, path: str, form: Mapping[str, str], signature: str) -> int:
        assert self.client is not None
        return self.client.post(path, data=dict(form), headers={"X-Twilio-Signature": signature}).status_code


@dataclass(slots=True)
class World:
    """The whole river in one process, with phones at its mouth. Time stands still until it is moved."""

    runtime: Runtime
    app: Flask
    clock: FixedClock
    sender: Sender
    loopback: LoopbackCarrier | None

    def beat(self) -> None:
        """Every job of the clock once; a job that breaks fails the test."""
        for job in timetable_of(self.runtime):
            job.run(self.runtime, self.sender)
        self.clock.move(timedelta(seconds=2))

    def live_to(self, moment: timedelta) -> None:
        self.clock.move(moment)
        for _ in range(3):
            self.beat()

    def phone(self, number: str) -> list[str]:
        """What has come to a phone, oldest first."""
        if self.loopback is not None:
            return [text.body for text in self.loopback.ledger.sent if text.to == number]
        known = SealedLedger(self.runtime.store).sent_to(number, 100)
        return [text.body for text in reversed(known)]

    def answer(self, number: str, words: str) -> None:
        """Somebody types on their phone."""
        if self.runtime.network is not None:
            self.runtime.network.reply(number, HARBOR, words, self.clock.now())
            return
        answered = post_text(self.app, self.runtime.settings, number, words, to=HARBOR)
        assert answered.status_code == 200, answered.status

    def report_all(self) -> None:
        """The carrier tells what became of its texts; simulated phones do so by themselves."""
        for text in () if self.loopback is None else self.loopback.ledger.sent:
            assert text.ref is not None
            for status in ("sent", "delivered"):
                form = status_form(text, status, ACCOUNT_SID)
                path = f"/hooks/twilio/status?ref={text.ref}"
                assert post_signed(self.app, self.runtime.settings, path, form).status_code == 204

    def prompts(self) -> list[OutboxMessage]:
        with self.runtime.store.read() as session:
            query = select(OutboxMessage).where(OutboxMessage.kind == "prompt").order_by(OutboxMessage.id)
            return list(session.exec(query))


@pytest.fixture(params=["simulated", "twilio"])
def world(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[World]:
    """Harbor with its families and its pack, on each database and with each carrier."""
    clock, door = FixedClock(START), Door()
    with ExitStack() as stack:
        more, loopback = {}, None
        if request.param == "twilio":
            loopback = stack.enter_context(LoopbackCarrier(now=clock.now))
            more = {
                "FOSTER_BOND_CARRIER": "twilio", "TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
                "TWILIO_MESSAGING_SERVICE_SID": SERVICE, "FOSTER_BOND_TWILIO_API_URL": loopback.url,
            }  # fmt: skip
        settings = settings_for(tmp_path, database_url, **more)
        runtime = build(settings, clock=clock, post=door)
        stack.callback(runtime.close)
        service = SERVICE if loopback is not None else None
        sender = Sender(runtime.store, runtime.carrier, clock, Sending(settings.public_url, service, paced=False))
        stack.callback(sender.close)
        _settle_in(runtime)
        app = create_app(runtime)
        door.client = app.test_client()
        yield World(runtime, app, clock, sender, loopback)


def _settle_in(runtime: Runtime) -> None:
    agency = read_new_agency(
        name="Harbor", slug="harbor", zone="America/Denver", admin="ada@harbor.example", text_name="Harbor",
        sender=HARBOR, phone="+13035550190", oncall=None, hotline=None,
    )  # fmt: skip
    store, now = runtime.store, runtime.clock.now()
    set_up_agency(store, agency=agency, now=now, password=PASSWORD)
    viewer = act_as_operator(store, slug="harbor")
    for first, role in (("mina", Role.CASEWORKER), ("tom", Role.SUPERVISOR)):
        add_staff(
            store, viewer=viewer, email=f"{first}@harbor.example", name=first.title(), role=role, now=now,
            password=PASSWORD,
        )  # fmt: skip
    import_families(store, viewer=viewer, content=FAMILIES.encode(), now=now)
    load_pack(store, viewer=viewer, toml_text=PACK, now=now)


def test_a_prompt_leaves_is_answered_and_is_read_on_the_timeline(world: World) -> None:
    world.live_to(timedelta())
    assert len(world.phone(GRACE)) == len(world.phone(ROSA)) == 2  # welcome, and what to know
    world.live_to(NEW_YORK_EVENING - world.clock.now() - 9 * MINUTE)
    assert len(world.phone(ROSA)) == 2  # written ten minutes ahead, and nothing leaves early
    world.live_to(NEW_YORK_EVENING - world.clock.now())
    assert world.phone(ROSA)[2:] == ["¿Cuál fue un buen minuto con su peque hoy?"]
    assert len(world.phone(GRACE)) == 2
    world.live_to(DENVER_EVENING - world.clock.now())
    assert world.phone(GRACE)[2:] == ["What was one good minute with kiddo today?"]
    world.report_all()
    assert {row.state for row in world.prompts()} == {Outbound.DELIVERED.value}

    world.live_to(20 * MINUTE)
    world.answer(GRACE, "He laughed at <the> dog & stayed at the table.")
    world.answer(GRACE, "Then he slept.")
    world.live_to(MINUTE)
    assert world.phone(GRACE)[3:] == ["Thank you. We got your note and your team can see it."]

    mina = Browser(world.app)
    assert mina.sign_in("mina@harbor.example").status_code == 303
    home = mina.get("/").text
    assert "Okafor" in home and "Reyes" in home and "Lind" not in home  # Tom's family
    family = world.prompts()[-1].family_id
    page = mina.get(f"/families/{family}")
    assert page.status_code == 200
    said = ["What was one good minute with kiddo today?", "He laughed at &lt;the&gt; dog &amp; stayed at the table."]
    assert [words for words in [*said, "Then he slept.", "Grace"] if words not in page.text] == []
    assert "<the>" not in page.text
    assert Browser(world.app).get(f"/families/{family}").status_code == 303


def test_a_stop_holds_on_every_carrier_and_is_shown_to_the_caseworker(world: World) -> None:
    world.live_to(timedelta())
    world.answer(GRACE, "Stop")
    world.live_to(timedelta())
    assert [body.partition(":")[2].strip()[:21] for body in world.phone(GRACE)[2:]] == ["you are opted out and"]
    world.live_to(DENVER_EVENING - world.clock.now())
    world.answer(GRACE, "STOP")
    world.live_to(timedelta())
    assert len(world.phone(GRACE)) == 3
    mina = Browser(world.app)
    mina.sign_in("mina@harbor.example")
    family = next(row.family_id for row in world.prompts())  # Ben's: the home is the same
    assert "stopped" in mina.get(f"/families/{family}").text.lower()
