"""The demo, door to door: two weeks of an invented agency on the real code path, then a clock that a visitor moves."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.app import create_app
from foster_bond.clock import SystemClock
from foster_bond.demo.history import OwnDoor
from foster_bond.demo.mover import Mover
from foster_bond.demo.places import CLOCK, alone_in, empty, has_lived, set_clock, settings_of_demo
from foster_bond.demo.serving import sign_ins, take_up
from foster_bond.errors import Conflict
from foster_bond.library.demo_story import demo_story
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import zone_of
from foster_bond.rules.page_values.phones import PhonesPage
from foster_bond.rules.states import FINAL_OUTBOUND, Consent, Outbound
from foster_bond.runtime import Runtime, build
from foster_bond.settings import Settings
from foster_bond.steps.audit_chain import walk
from foster_bond.steps.keeping.act_as_operator import act_as_operator
from foster_bond.steps.reading.read_phones import next_text, read_phones
from foster_bond.store import agencies, consents
from foster_bond.store.alerts import Alert, Task
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.outbox_rows import OutboxMessage
from foster_bond.store.sealing import Place
from jobs.clockwork import Clockwork, sender_of
from tests.cast import Browser
from tests.lived_demo import lived_demo

STORY = demo_story()
ENDS = datetime(2026, 11, 18, 23, 12, tzinfo=UTC)  # 4:12 pm in Denver


@dataclass(frozen=True)
class Lived:
    folder: Path
    settings: Settings
    ended: datetime
    heard: tuple[tuple[float, datetime], ...]


pytestmark = pytest.mark.in_order  # the clock is moved on in the last of them


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    once = lived_demo(tmp_path_factory)
    folder = once.copied_to(tmp_path_factory.mktemp("demo") / "here")
    settings = settings_of_demo(folder, port=8000)
    set_clock(folder / CLOCK, once.ended)  # it stood still since
    return Lived(folder, settings, once.ended, once.heard)


@pytest.fixture
def runtime(lived: Lived) -> Iterator[Runtime]:
    door = OwnDoor()
    made = build(lived.settings, post=door, keeps_mail=True)
    door.client = create_app(made).test_client()
    yield made
    made.close()


@pytest.fixture
def everybody(runtime: Runtime) -> Viewer:
    return act_as_operator(runtime.store, slug=STORY.slug)


def phones(runtime: Runtime, viewer: Viewer) -> PhonesPage:
    return read_phones(runtime.store, viewer, runtime.clock.now(), public_url="http://127.0.0.1:8000")


def test_it_ends_where_the_story_ends_and_says_how_far_it_is(lived: Lived) -> None:
    assert lived.ended == ENDS
    assert has_lived(lived.folder) == 2
    shares = [share for share, _ in lived.heard]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert abs(SystemClock(lived.settings.clock_file).now() - ENDS) < timedelta(minutes=5)


def test_families_were_asked_on_their_own_evenings_and_answered(runtime: Runtime, everybody: Viewer) -> None:
    with runtime.store.read() as session:
        out = list(session.execute(select(OutboxMessage)).scalars())
        states = Counter(Outbound(one.state) for one in out)
        assert set(states) <= FINAL_OUTBOUND, states
        prompts = [one for one in out if one.kind == "prompt"]
        assert len(prompts) >= 30
        hours = Counter(one.due_at.astimezone(zone_of(one.zone)).time() for one in prompts)
        assert hours[time(19)] >= 30 and hours[time(18)] >= 1  # Jan wrote TIME 6PM
        assert all(time(9) <= hour <= time(20) for hour in hours), hours
        reflections = list(session.execute(select(Reflection)).scalars())
        assert len(reflections) >= 20
        assert any(one.late for one in reflections)
        assert any(one.parts == 2 for one in reflections)
        assert {one.rating for one in reflections} >= {3, 4}
        kinds = Counter(session.execute(select(col(InboundText.kind))).scalars())
        assert kinds["reaction"] >= 1
        assert kinds["keyword"] >= 6  # YES, STOP, START, PAUSE, BACK, HELP
        assert kinds["unplaced"] == 1


def test_one_cry_for_help_is_open_and_two_people_were_told(runtime: Runtime, everybody: Viewer) -> None:
    with runtime.store.read() as session:
        alerts = list(session.execute(select(Alert).where(col(Alert.priority) == "now")).scalars())
        assert [(one.category, one.state) for one in alerts] == [("missing", "notified")]
        told = session.execute(select(OutboxMessage).where(col(OutboxMessage.kind) == "staff_alert")).scalars()
        assert len({one.staff_id for one in told if one.created_at <= ENDS}) == 2
        assert session.execute(select(Task).where(col(Task.kind) == "unplaced")).scalars().all()


def test_the_phones_show_both_languages_and_who_stopped_came_back(runtime: Runtime, everybody: Viewer) -> None:
    page = phones(runtime, everybody)
    by_name = {phone.member_name: phone for phone in page.threads}
    assert {"Grace", "Ben", "Lucía", "Mateo", "Dale", "Karin", ""} <= set(by_name)
    assert not any(phone.stopped for phone in page.threads)
    words = [bubble.text for bubble in by_name["Ben"].bubbles]
    assert words.index("STOP") < words.index("START")
    assert any("¿" in bubble.text for bubble in by_name["Lucía"].bubbles)
    assert page.next_text is not None
    told = {one.to for one in page.mail}  # of the cry for help, by mail, too; more are called if the clock was moved on
    assert told >= {"Paul Ferreira", "Tom Becker"}
    assert all("http://127.0.0.1:8000/alerts" in one.body for one in page.mail)
    with runtime.store.read() as session:
        agency = agencies.by_id(session, everybody.agency_id)
        index = runtime.store.vault.blind_index(agency.id, "+13035550142")
        assert consents.state_of(session, agency.id, index) is Consent.ACTIVE
        assert walk(session, agency).broken_at is None


def test_everybody_who_is_named_can_sign_in(runtime: Runtime) -> None:
    app = create_app(runtime, demo_doors=[(one.email, one.password) for one in sign_ins()])
    for one in sign_ins():
        assert Browser(app).sign_in(one.email, one.password).status_code == 303


def test_numbers_and_words_are_sealed_in_the_file(lived: Lived) -> None:
    raw = b"".join(path.read_bytes() for path in lived.folder.iterdir() if path.name.startswith("foster_bond.db"))
    for person in (person for home in STORY.homes for person in home.people):
        assert person.phone.encode() not in raw
        assert person.name.encode() not in raw or len(person.name) < 5  # a few letters happen by chance
    assert b"no ha vuelto de la escuela" not in raw


def test_the_clock_goes_on_where_it_stood_and_moves_to_the_next_text(
    lived: Lived, runtime: Runtime, everybody: Viewer
) -> None:
    take_up(lived.settings)
    sender = sender_of(runtime)
    mover = Mover(runtime, Clockwork(runtime, sender))
    target = next_text(runtime.store, everybody, runtime.clock.now())
    assert target is not None
    before = {phone.member_name: len(phone.bubbles) for phone in phones(runtime, everybody).threads}
    mover.move_to(target)
    _wait(mover)
    assert timedelta(0) <= runtime.clock.now() - target < timedelta(minutes=1)
    after = {phone.member_name: phone for phone in phones(runtime, everybody).threads}
    grew = {name for name, phone in after.items() if len(phone.bubbles) > before[name]}
    assert {"Ama", "Jan"} <= grew  # it is evening in the east first
    assert not {"Lucía", "Mateo"} & grew  # all their texts wait while the alert is open
    with runtime.store.read() as session:
        text = session.execute(select(OutboxMessage).order_by(col(OutboxMessage.due_at).desc()).limit(1)).scalar_one()
        assert text.state == Outbound.DELIVERED.value
        body = runtime.store.vault.open(session, text.body, Place("outbox_messages", "body", text.id))
    assert body
    sender.close()


def _wait(mover: Mover) -> None:
    until = datetime.now(UTC) + timedelta(seconds=60)
    while mover.moving and datetime.now(UTC) < until:
        pass
    assert not mover.moving


def test_a_second_demo_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with alone_in(tmp_path), pytest.raises(Conflict, match="running in this folder"), alone_in(tmp_path):
        pass


def test_fresh_throws_everything_away_but_the_lock(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        settings_of_demo(tmp_path, port=8000)
        (tmp_path / "lived.json").write_text('{"weeks": 3}', encoding="ascii")
        assert has_lived(tmp_path) == 3
        empty(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["running"]
        assert has_lived(tmp_path) is None


@pytest.mark.parametrize("words", ["", "[]", '{"weeks": "three"}', "{", '{"other": 1}'])
def test_a_note_that_cannot_be_read_means_that_it_has_not_lived(tmp_path: Path, words: str) -> None:
    (tmp_path / "lived.json").write_text(words, encoding="ascii")
    assert has_lived(tmp_path) is None


def test_the_demo_reads_nothing_of_the_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOSTER_BOND_CARRIER", "twilio")
    monkeypatch.setenv("FOSTER_BOND_DATABASE_URL", "postgresql+psycopg://somewhere/else")
    settings = settings_of_demo(tmp_path, port=8123)
    assert settings.carrier == "simulated"
    assert settings.database_url == f"sqlite:///{tmp_path}/foster_bond.db"
    assert settings.public_url == "http://127.0.0.1:8123"
