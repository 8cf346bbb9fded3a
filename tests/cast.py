"""The people of every test: Harbor with Mina, Tom, Lena, Ada and the Okafors; and strangers, the agency Elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from foster_bond.carriers.twilio_signature import sign
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.blackout import DateKind, MarkedDate
from foster_bond.rules.kinds import Kind
from foster_bond.rules.placement_status import PlacementEvent, PlacementKind
from foster_bond.rules.scans import Scan
from foster_bond.rules.states import Consent
from foster_bond.settings import Settings, load_settings
from foster_bond.steps.passwords import hash_password
from foster_bond.store import calendar_dates, consent_scans, consents, outbox, placement_events
from foster_bond.store.agencies import Agency, give_number
from foster_bond.store.alerts import Alert, Task
from foster_bond.store.corrections import Correction
from foster_bond.store.covers import Cover
from foster_bond.store.departures import Departure
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.flow_runs import FlowRun
from foster_bond.store.follow_ups import FollowUp
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Store
from foster_bond.store.practice import PromptOverride
from foster_bond.store.prompts import Programme, Prompt, Schedule
from foster_bond.store.rota import TimeOff
from foster_bond.store.sealing import Place, Vault
from foster_bond.store.staff import Staff
from foster_bond.store.visits import Visit

MONDAY = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)  # 9:00 in Denver
PASSWORD = "seven calm otters swim home"
GRACE, BEN = "+13035550111", "+13035550112"
IVO = "+14155550121"
HARBOR_NUMBER, ELSEWHERE_NUMBER = "+13035550100", "+14155550100"
ZONE = "America/Denver"
PUBLIC_URL = "https://harbor.example"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff."""

    staff_id: str
    agency_id: str
    name: str
    email: str
    role: Role

    @property
    def viewer(self) -> Viewer:
        return Viewer(staff_id=self.staff_id, agency_id=self.agency_id, role=self.role, name=self.name)


@dataclass(frozen=True, slots=True)
class Home:
    """A family and the ids of its members by first name."""

    family_id: str
    members: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class House:
    """An agency: its number, its people by first name, its one family, and an id of everything an address may name."""

    agency_id: str
    sender: str
    people: Mapping[str, Person]
    home: Home
    ids: Mapping[str, str] = field(default_factory=dict)  # "family_id" -> an id of this agency

    def one(self, role: Role) -> Person:
        return next(person for person in self.people.values() if person.role is role)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody. `harbor` is ours, `elsewhere` are the strangers."""

    store: Store
    harbor: House
    elsewhere: House

    def __getattr__(self, name: str) -> Person:
        """`cast.mina`, `cast.rex` ..."""
        people = {**self.harbor.people, **self.elsewhere.people}
        try:
            return people[name.capitalize()]
        except KeyError:
            raise AttributeError(name) from None


def gather(store: Store, now: datetime = MONDAY) -> Cast:
    """Two whole agencies in an empty, migrated store."""
    with store.write() as session:
        store.vault.adopt(session)
        harbor = _house(
            session, store.vault, now, slug="harbor", sender=HARBOR_NUMBER, family="Okafor",
            people={"Mina": Role.CASEWORKER, "Cal": Role.CASEWORKER, "Tom": Role.SUPERVISOR, "Lena": Role.LEAD,
                    "Ada": Role.ADMIN},
            members={"Grace": GRACE, "Ben": BEN},
        )  # fmt: skip
        elsewhere = _house(
            session, store.vault, now, slug="elsewhere", sender=ELSEWHERE_NUMBER, family="Novak",
            people={"Rex": Role.CASEWORKER, "Sue": Role.SUPERVISOR, "Lev": Role.LEAD, "Eve": Role.ADMIN},
            members={"Ivo": IVO},
        )  # fmt: skip
    return Cast(store=store, harbor=harbor, elsewhere=elsewhere)


def settings_for(folder: Path, database_url: str, **more: str) -> Settings:
    """Settings of a test: made-up keys, a carrier that stays on this machine."""
    environ = {
        "FOSTER_BOND_DATABASE_URL": database_url,
        "FOSTER_BOND_SECRET_KEY": "a secret of the tests, 32 characters",
        "FOSTER_BOND_MASTER_KEYS": "bWFzdGVyIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGU=",
        "FOSTER_BOND_INDEX_KEY": "aW5kZXgga2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXM=",
        "FOSTER_BOND_LOG_FORMAT": "json",
    }
    return load_settings(environ | more, folder)


class Browser:
    """A person at a browser: it keeps cookies and sends each form's own token, like the real one."""

    def __init__(self, app: Flask, *, https: bool = False, address: str = "203.0.113.7") -> None:
        self.client: FlaskClient = app.test_client()
        self._base = "https://localhost" if https else "http://localhost"
        self._address = address
        self._token = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._kept(self.client.get(path, **self._sent(headers)))

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> TestResponse:
        """Post a form with the token of the page last seen."""
        data = {"csrf_token": self._token} | dict(fields or {})
        return self._kept(self.client.post(path, data=data, **self._sent(headers)))

    def sign_in(self, person: Person | str, password: str = PASSWORD) -> TestResponse:
        """Open the door's page and send its form."""
        self.get("/sign-in")
        email = person if isinstance(person, str) else person.email
        answer = self.post("/sign-in", {"email": email, "password": password})
        if answer.status_code == 303:
            self.get("/people")  # any signed-in page: the token changes at sign-in
        return answer

    def _sent(self, headers: Mapping[str, str]) -> dict[str, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {
            "base_url": self._base,
            "headers": {"Referer": f"{self._base}/"} | named,
            "environ_base": {"REMOTE_ADDR": self._address},
            "buffered": True,  # read to the end, so that a file is closed
        }

    def _kept(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html":
            found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text) or re.search(
                r'"X-CSRFToken": "([^"]+)"', unescape(answer.text)
            )
            self._token = found[1] if found else self._token
        return answer


def post_text(
    app: Flask, settings: Settings, sender: str, body: str, *, to: str = HARBOR_NUMBER, sid: str | None = None
) -> TestResponse:
    """A text as the carrier delivers it to the inbound webhook, signed."""
    sid = sid or "SM" + new_id().replace("-", "")
    fields = {"MessageSid": sid, "SmsSid": sid, "From": sender, "To": to, "Body": body, "NumMedia": "0"}
    return post_signed(app, settings, "/hooks/twilio/inbound", fields)


def post_signed(app: Flask, settings: Settings, path: str, fields: Mapping[str, str]) -> TestResponse:
    """A form post that the carrier signed for our public address."""
    signature = sign(settings.public_url + path, fields, settings.webhook_token.get_secret_value())
    return app.test_client().post(path, data=dict(fields), headers={"X-Twilio-Signature": signature})


@cache
def _hash() -> str:
    return hash_password(PASSWORD)  # 0.2 s of a core: once per process, not once per person


def _house(
    session: Session, vault: Vault, now: datetime, *, slug: str, sender: str, family: str,
    people: Mapping[str, Role], members: Mapping[str, str],
) -> House:  # fmt: skip
    agency = Agency(
        id=new_id(), slug=slug, name=slug.capitalize(), text_name=slug.capitalize(), zone=ZONE, created_at=now,
        closed_days=[],
    )  # fmt: skip
    session.add(agency)
    session.flush()
    vault.new_key(session, agency.id)
    give_number(session, vault, agency, "sender", sender)
    staff = {name: _person(session, agency.id, name, role, slug, now) for name, role in people.items()}
    worker = next(person for person in staff.values() if person.role is Role.CASEWORKER)
    day_off = TimeOff(
        id=new_id(), agency_id=agency.id, staff_id=worker.staff_id, first=date(2020, 1, 1), last=date(2020, 1, 1)
    )
    session.add(day_off)
    home = _home(session, vault, now, agency.id, worker.staff_id, family, members)
    ids = _one_of_everything(session, vault, now, agency.id, home, next(iter(members.items())))
    chosen = PromptOverride(
        id=new_id(), agency_id=agency.id, family_id=home.family_id, member_id=ids["member_id"], prompt_key="own-1",
        level=1, set_by=worker.staff_id, set_at=now, ended_at=now,
    )  # fmt: skip
    walked = FlowRun(
        id=new_id(), agency_id=agency.id, family_id=home.family_id, member_id=ids["member_id"], to_bidx="",
        flow="dream_journey", version=1, state="done", step="1", started_at=now, last_at=now, expires_at=now,
        look_at=now, ended_at=now, why="finished",
    )  # fmt: skip
    session.add_all([chosen, walked])
    session.flush()
    ids |= {"override_id": chosen.id, "run_id": walked.id, "kind": "contact"}
    others = [person.staff_id for person in staff.values()]
    cover = Cover(
        id=new_id(), agency_id=agency.id, worker_id=others[0], cover_id=others[1], first_day=date(2020, 1, 1),
        last_day=date(2020, 1, 1), added_at=now,
    )  # fmt: skip
    session.add(cover)
    session.flush()
    ids |= {"cover_id": cover.id}
    ids |= {"row_id": day_off.id, "staff_id": worker.staff_id, "agency_id": agency.id}
    return House(agency_id=agency.id, sender=sender, people=staff, home=home, ids=ids)


def _person(session: Session, agency_id: str, name: str, role: Role, slug: str, now: datetime) -> Person:
    row = Staff(
        id=new_id(), agency_id=agency_id, email=f"{name.lower()}@{slug}.example", name=f"{name} Vale", role=role.value,
        password_hash=_hash(), created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return Person(staff_id=row.id, agency_id=agency_id, name=row.name, email=row.email, role=role)


def _home(
    session: Session, vault: Vault, now: datetime, agency_id: str, worker_id: str, name: str, members: Mapping[str, str]
) -> Home:
    family = Family(
        id=new_id(), agency_id=agency_id, ref=f"F-{name}", name=b"", zone=ZONE, caseworker_id=worker_id, created_at=now
    )
    session.add(family)
    session.flush()
    vault.new_key(session, agency_id, family.id)

    def seal(words: str, table: str, column: str, row: str) -> bytes:
        return vault.seal(session, words, Place(table, column, row), agency_id=agency_id, family_id=family.id)

    family.name = seal(name, "families", "name", family.id)
    ids = {}
    for first, number in members.items():
        member_id = new_id()
        ids[first] = member_id
        bidx = vault.blind_index(agency_id, number)
        session.add(
            Member(
                id=member_id,
                agency_id=agency_id,
                family_id=family.id,
                ref=f"M-{first}",
                role="foster_parent",
                name=seal(first, "members", "name", member_id),
                phone=seal(number, "members", "phone", member_id),
                to_bidx=bidx,
                created_at=now,
                tags=[],
            )
        )
        session.flush()
        consents.change(
            session, vault, agency_id=agency_id, to_bidx=bidx, to=Consent.ACTIVE, at=now, how="recorded",
            wording="signed at placement", family_id=family.id, member_id=member_id,
        )  # fmt: skip
    return Home(family_id=family.id, members=ids)


def _one_of_everything(
    session: Session, vault: Vault, now: datetime, agency_id: str, home: Home, member: tuple[str, str]
) -> dict[str, str]:
    """An id for every kind of thing that an address may name, so that a stranger can be shown each door."""
    name, number = member
    owned = {"agency_id": agency_id, "family_id": home.family_id, "member_id": home.members[name]}
    bidx = vault.blind_index(agency_id, number)
    ids = {"family_id": home.family_id, "member_id": home.members[name], "phone_id": home.members[name]}
    prompt = Prompt(
        id=new_id(), agency_id=agency_id, key="own-1", technique="support", level=1, target="self", reply="text",
        roles=["foster_parent"], texts={"en": "How was today?"},
    )  # fmt: skip
    programme = Programme(
        id=new_id(), agency_id=agency_id, key="own", name="Own", kind="ordered", prompt_keys=["own-1"]
    )  # fmt: skip
    session.add_all([prompt, programme])
    session.flush()
    schedule = Schedule(
        id=new_id(), agency_id=agency_id, key="evenings", name="Evenings", roles=["foster_parent"],
        rule="FREQ=WEEKLY;BYDAY=TU", at=time(19), programme_id=programme.id, starts=date(2026, 11, 2), seed="seed",
        created_at=now,
    )  # fmt: skip
    session.add(schedule)
    session.flush()
    enrolment = Enrolment(id=new_id(), **owned, schedule_id=schedule.id, started_on=date(2026, 11, 2), created_at=now)
    session.add(enrolment)
    session.flush()
    occurrence = Occurrence(
        id=new_id(), **owned, enrolment_id=enrolment.id, local_date=date(2026, 11, 3), slot=0, due_at=now,
        closes_at=now, look_at=now,
    )  # fmt: skip
    session.add(occurrence)
    session.flush()
    reflection = Reflection(id=new_id(), **owned, occurrence_id=occurrence.id, first_at=now, last_at=now)
    session.add(reflection)
    session.flush()
    inbound_id = _inbound(session, vault, now, owned, number, bidx)
    message = outbox.compose(
        session, vault, agency_id=agency_id, kind=Kind.STAFF_REPLY, to=number, to_bidx=bidx, body="See you Tuesday",
        now=now, due_at=now, not_after=now, zone=ZONE, family_id=home.family_id, member_id=owned["member_id"],
    )  # fmt: skip
    assert message is not None
    task = Task(
        id=new_id(), **owned, kind="help", why="asked for help", inbound_id=inbound_id, made_at=now
    )  # fmt: skip
    alert = Alert(
        id=new_id(), **owned, inbound_id=inbound_id, from_bidx=bidx, group_id=new_id(), category="violence",
        priority="review", spans=b"", raised_at=now,
    )  # fmt: skip
    move = Correction(
        id=new_id(), **owned, from_reflection_id=reflection.id, to_reflection_id=reflection.id, at=now
    )  # fmt: skip
    session.add_all([task, alert, move])
    session.flush()
    hearing = MarkedDate(DateKind.HEARING, date(2027, 3, 4), date(2027, 3, 4))
    marked = calendar_dates.add(
        session, vault, agency_id=agency_id, family_id=home.family_id, date_=hearing, note="", added_by=None, at=now
    )  # fmt: skip
    began = placement_events.add(
        session, vault, agency_id=agency_id, family_id=home.family_id, added_by=None, at=now, note="",
        event=PlacementEvent(PlacementKind.START, date(2026, 10, 1)),
    )  # fmt: skip
    left = Departure(
        id=new_id(), agency_id=agency_id, family_id=home.family_id, member_id=owned["member_id"], why="left", at=now,
        undone_at=now,
    )  # fmt: skip
    session.add(left)
    once = {"agency_id": agency_id, "family_id": home.family_id, "once_key": new_id()}
    called_off = Visit(id=new_id(), **once, state="cancelled", day=now.date(), made_at=now)
    far_off = FollowUp(id=new_id(), **once, words=b"", due_on=date(2027, 9, 1), made_at=now)
    session.add_all([called_off, far_off])
    session.flush()
    named = {
        "visit_id": called_off, "follow_up_id": far_off, "moment_id": reflection,
        "departure_id": left,
        "prompt_id": prompt, "programme_id": programme, "schedule_id": schedule, "enrolment_id": enrolment,
        "occurrence_id": occurrence, "reflection_id": reflection, "message_id": message, "task_id": task,
        "alert_id": alert, "move_id": move, "date_id": marked, "event_id": began,
    }  # fmt: skip
    event = consents.newest_event(session, agency_id, bidx)
    assert event is not None
    scan = Scan("application/pdf", b"%PDF-1.7 signed")
    ids["scan_id"] = consent_scans.keep(session, vault, event, scan, now, staff_id=None)
    return ids | {"inbound_id": inbound_id} | {key: row.id for key, row in named.items()}


def _inbound(session: Session, vault: Vault, now: datetime, owned: Mapping[str, str], number: str, bidx: str) -> str:
    text_id = new_id()
    agency_id, family_id = owned["agency_id"], owned["family_id"]

    def seal(words: str, column: str) -> bytes:
        return vault.seal(
            session, words, Place("inbound_texts", column, text_id), agency_id=agency_id, family_id=family_id
        )

    session.add(
        InboundText(
            id=text_id,
            **owned,
            carrier_sid=f"SM{text_id.replace('-', '')}",
            from_sealed=seal(number, "from_sealed"),
            from_bidx=bidx,
            body=seal("A loud evening.", "body"),
            kind="reply",
            received_at=now,
        )
    )
    session.flush()
    return text_id
