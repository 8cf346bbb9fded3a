"""The demo's past: an agency is set up and its families live through the weeks, door to door, in virtual time."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from foster_bond.app import create_app
from foster_bond.clock import FixedClock
from foster_bond.demo.life import Life
from foster_bond.demo.places import note_lived, set_clock
from foster_bond.demo.staff_acts import do_act, read_careful_looks
from foster_bond.demo.storyteller import Storyteller
from foster_bond.library.demo_story import Home, Story, demo_story
from foster_bond.migrations import upgrade
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day, local_instant
from foster_bond.rules.new_agency import read_new_agency
from foster_bond.runtime import Runtime, build, open_store
from foster_bond.settings import Settings
from foster_bond.steps.keeping.act_as_operator import act_as_operator
from foster_bond.steps.keeping.add_staff import add_staff
from foster_bond.steps.keeping.import_families import import_families
from foster_bond.steps.keeping.load_pack import load_pack
from foster_bond.steps.keeping.set_up_agency import set_up_agency
from foster_bond.steps.sending.send_outbox import Sender
from jobs.clockwork import sender_of
from jobs.timetable import Job

SHORTEST = timedelta(seconds=30)  # receipts of one text come seconds apart, and nobody watches them come
READS, UNREAD_DAYS = time(8, 40), 1  # when staff read what woke nobody, but for the last days of the story
OPENS = time(9, 30)  # on the agency's wall: when it is set up, and when a family joins
_CONSENT = "signed on paper when the placement began"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_FAMILY = re.compile(r'href="(/families/[0-9a-f-]{36})"')

Told = Callable[[float, datetime], None]


class Client(Protocol):
    """What posts to an app in this process, as Flask's own test client does."""

    def get(self, path: str) -> Any: ...
    def post(self, path: str, **more: Any) -> Any: ...


@dataclass(slots=True)
class OwnDoor:
    """Knocks at an app of this process. It is made before the app is, since the app needs a runtime that has it."""

    client: Client | None = None

    def __call__(self, path: str, form: Mapping[str, str], signature: str) -> int:
        assert self.client is not None
        answer = self.client.post(path, data=dict(form), headers={"X-Twilio-Signature": signature})
        return int(answer.status_code)


def live_through(
    settings: Settings, folder: Path, *, weeks: int, real_now: datetime, told: Told = lambda _share, _now: None
) -> datetime:
    """A fresh folder → the story, lived to its end; the instant it ends at.

    `told` hears how far it is, from 0 to 1, and where the virtual clock stands.
    """
    story = demo_story()
    ends = _end_of(story, real_now)
    begins = local_instant(local_day(ends, story.zone) - timedelta(weeks=weeks), OPENS, story.zone)
    store = open_store(settings, pool_size=1)
    try:
        upgrade(store.database)
    finally:
        store.close()
    door, clock = OwnDoor(), FixedClock(begins)
    runtime = build(settings, clock=clock, post=door, keeps_mail=True)
    sender = sender_of(runtime)
    try:
        door.client = create_app(runtime).test_client()
        operator = _set_up(runtime, story, begins)
        company = _company(runtime, story, begins, ends, operator, door.client)
        life = Life(
            runtime, sender, set_time=lambda to: _move(clock, to), run=_run_without_pulse, company=company,
            shortest=SHORTEST,
        )  # fmt: skip
        life.until(ends, said=lambda now: told((now - begins) / (ends - begins), now))
    finally:
        sender.close()
        runtime.close()
    assert settings.clock_file is not None
    set_clock(settings.clock_file, ends)
    note_lived(folder, weeks, ends)
    return ends


def _end_of(story: Story, real_now: datetime) -> datetime:
    """The last time that it was the story's weekday and hour."""
    today = local_day(real_now, story.zone)
    day = today - timedelta(days=(today.weekday() - story.ends_on) % 7)
    ends = local_instant(day, story.ends_at, story.zone)
    return ends if ends <= real_now else local_instant(day - timedelta(weeks=1), story.ends_at, story.zone)


def _move(clock: FixedClock, to: datetime) -> None:
    clock.move(to - clock.now())


def _run_without_pulse(job: Job, runtime: Runtime, sender: Sender) -> dict[str, int]:
    """A job that breaks must break the demo: nobody would look for it later."""
    return job.run(runtime, sender)


def _set_up(runtime: Runtime, story: Story, now: datetime) -> Viewer:
    admin = next(one for one in story.staff if one.role == "admin")
    agency = read_new_agency(
        name=story.name, slug=story.slug, zone=story.zone, admin=admin.email, text_name=story.text_name,
        **story.numbers,
    )  # fmt: skip
    set_up_agency(runtime.store, agency=agency, now=now, password=admin.password, simulated=True)
    operator = act_as_operator(runtime.store, slug=story.slug)
    for one in story.staff:
        if one is not admin:
            add_staff(
                runtime.store, viewer=operator, email=one.email, name=one.name, role=one.role, phone=one.phone,
                on_call=one.on_call, password=one.password, now=now,
            )  # fmt: skip
    load_pack(runtime.store, viewer=operator, toml_text=story.pack, now=now)
    return operator


def _company(
    runtime: Runtime, story: Story, begins: datetime, ends: datetime, operator: Viewer, client: Client
) -> Storyteller:
    """The families, who text; and the two things that happen beside texting: families join, colleagues sign in."""
    network = runtime.network
    assert network is not None

    def text(phone: str, words: str, at: datetime) -> None:
        network.reply(phone, story.numbers["sender"], words, at)

    company = Storyteller(runtime, story, begins=begins, ends=ends, text=text)
    for home in story.homes:
        joins = max(begins, company.moment(7 * home.joined, OPENS, story.zone))
        company.do_at(joins, partial(_join, runtime, operator, story, home))
        for act in home.acts:
            at = company.moment(act.days_before, act.at, home.zone)
            if at > joins:
                company.do_at(at, partial(do_act, runtime, story, home, act))
    for day in range((ends - begins).days, UNREAD_DAYS, -1):
        company.do_at(company.moment(day, READS, story.zone), partial(read_careful_looks, runtime, story))
    people = {one.key: one for one in story.staff}
    for visit in story.visits:
        who = people[visit.staff]
        at = company.moment(visit.days_before, visit.at, story.zone)
        company.do_at(at, partial(_sign_in, client, who.email, who.password))
    return company


def _join(runtime: Runtime, operator: Viewer, story: Story, home: Home, now: datetime) -> None:
    worker = next(one.email for one in story.staff if one.key == home.worker)
    today = local_day(now, story.zone).isoformat()
    rows = [
        {
            "family": home.family, "zone": home.zone, "member": person.name, "role": person.role,
            "phone": person.phone, "language": person.language, "consent": person.consent,
            "consent_wording": _CONSENT if person.consent == "recorded" else "", "consent_date": today,
            "caseworker_email": worker, "child_word": person.child_word, "tags": person.tags,
            "family_ref": home.ref, "member_ref": f"{home.ref}-{number}", "age_band": person.age_band,
            "guardian_consent": person.guardian_consent, "guardian_date": today if person.guardian_consent else "",
            "assent_date": today if person.role == "teen" else "",
            "contact_date": today if person.role == "birth_parent" else "",
        }
        for number, person in enumerate(home.people, 1)
    ]  # fmt: skip
    written = io.StringIO()
    table = csv.DictWriter(written, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    import_families(runtime.store, viewer=operator, content=written.getvalue().encode(), now=now)


def _sign_in(client: Client, email: str, password: str, _now: datetime) -> None:
    """In at the front door and through each family's page, so that something is read and the record has it."""
    token = _TOKEN.search(client.get("/sign-in").text)
    assert token is not None
    client.post("/sign-in", data={"email": email, "password": password, "csrf_token": token[1]})
    for address in sorted(set(_FAMILY.findall(client.get("/").text))):
        client.get(address)
