"""Families change hands whole, and a cover gives them for its days only: to everybody else they do not exist."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from foster_bond.errors import InvalidInput, NotAllowed, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.new_worker import new_worker_text
from foster_bond.rules.segments import measure
from foster_bond.runtime import open_store
from foster_bond.steps.hearing._calling import team_of
from foster_bond.steps.keeping import hand_over as step
from foster_bond.steps.keeping.note_look import note_look
from foster_bond.steps.keeping.sign_in import session_of, sign_in
from foster_bond.steps.reading.read_timeline import read_family
from foster_bond.store import agencies, looks
from foster_bond.store.alerts import Alert
from foster_bond.store.audit import AuditEvent
from foster_bond.store.covers import Cover, HandOver, hand_overs_of, open_reasons, unread_of
from foster_bond.store.families import Family
from foster_bond.store.open_store import Store
from foster_bond.store.outbox import OutboxMessage
from tests.cast import MONDAY, PASSWORD, Cast, Person, gather, settings_for
from tests.past import Past, open_past

TODAY, DAY = "2026-11-02", timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Iterator[Store]:
    made = open_store(settings_for(tmp_path, database_url))
    yield made
    made.close()


@pytest.fixture
def cast(store: Store) -> Cast:
    return gather(store)


@pytest.fixture
def past(store: Store, cast: Cast) -> Past:
    return open_past(store, cast.harbor)


def viewer_on(store: Store, person: Person, day: int) -> Viewer:
    """Whoever this person is on that day, as the door finds it at every request."""
    now = MONDAY + day * DAY
    token = sign_in(store, email=person.email, password=PASSWORD, source="203.0.113.7", now=now).token
    found = session_of(store, token, now, active=True)
    assert found is not None
    return found


def sees(store: Store, viewer: Viewer, family_id: str) -> bool:
    try:
        read_family(store, viewer, family_id, MONDAY)
    except NotYours:
        return False
    return True


def test_a_family_goes_with_everything_that_is_open(store: Store, cast: Cast, past: Past) -> None:
    past.wrote(MONDAY + timedelta(hours=1), "A hard one.")
    alert = past.alarm(MONDAY, "He ran away", sign="ran away")
    with store.write() as session:
        row = session.get(Alert, alert)
        assert row is not None
        row.state, row.acknowledged_by = "acknowledged", cast.mina.staff_id
    note_look(store, cast.mina.viewer, past.family_id, MONDAY)
    assert step.hand_over(store, cast.mina.viewer, [past.family_id], cast.cal.staff_id, MONDAY) == 1
    assert sees(store, cast.cal.viewer, past.family_id) and not sees(store, cast.mina.viewer, past.family_id)
    with store.read() as session:
        agency_id = cast.harbor.agency_id
        taken = session.get(Alert, alert)
        assert taken is not None and taken.acknowledged_by == cast.cal.staff_id
        assert unread_of(session, agency_id, cast.cal.staff_id, [past.family_id]) != {}
        look = looks.of_person(session, agency_id, cast.cal.staff_id, past.family_id)
        family = session.get(Family, past.family_id)
        assert look is not None and family is not None and look.seen_at == family.created_at
        went = hand_overs_of(session, agency_id, past.family_id)
        assert [(one.from_id, one.to_id) for one in went] == [(cast.mina.staff_id, cast.cal.staff_id)]
        act = session.execute(select(AuditEvent).where(AuditEvent.act == "family_handed_over")).scalar_one()
        assert act.staff_id == cast.mina.staff_id and act.subject_id == past.family_id
        told = session.execute(select(OutboxMessage).where(OutboxMessage.text_id == "NEW-WORKER")).all()
        assert told == []  # the agency has not asked for it
    assert step.hand_over(store, cast.tom.viewer, [past.family_id], cast.cal.staff_id, MONDAY) == 0  # twice is once


@pytest.mark.parametrize(("priority", "kind"), [("now", "alert"), ("review", "look")])
def test_a_sheet_is_as_loud_as_the_alert(store: Store, past: Past, priority: str, kind: str) -> None:
    alert = past.alarm(MONDAY, "He ran away", sign="ran away")
    with store.write() as session:
        row = session.get(Alert, alert)
        assert row is not None
        row.priority = priority
    with store.read() as session:
        assert (kind, "missing") in open_reasons(session, row.agency_id, past.family_id)


def test_the_family_is_told_where_the_agency_says_so(store: Store, cast: Cast, past: Past) -> None:
    with pytest.raises(NotAllowed):
        step.tell_families(store, cast.tom.viewer, MONDAY, tells=True)
    step.tell_families(store, cast.ada.viewer, MONDAY, tells=True)
    night = MONDAY + timedelta(hours=14)  # 23:00 in Denver
    step.hand_over(store, cast.tom.viewer, [past.family_id], cast.cal.staff_id, night)
    with store.read() as session:
        rows = session.execute(select(OutboxMessage).where(OutboxMessage.text_id == "NEW-WORKER")).scalars().all()
        assert len(rows) == 2 and {row.due_at for row in rows} == {MONDAY + DAY}  # nine in the morning
        assert {row.kind for row in rows} == {"staff_reply"}
    for language in ("en", "es"):
        cost = measure(new_worker_text(language, "x" * 17))
        assert (cost.encoding, cost.parts) == ("GSM-7", 1)


def test_nobody_hands_over_what_is_not_theirs(store: Store, cast: Cast, past: Past) -> None:
    for who in (cast.cal, cast.rex, cast.eve):
        with pytest.raises(NotYours):
            step.hand_over(store, who.viewer, [past.family_id], who.staff_id, MONDAY)
    for to in (cast.rex.staff_id, "nobody", ""):
        with pytest.raises(InvalidInput):
            step.hand_over(store, cast.mina.viewer, [past.family_id], to, MONDAY)
    with pytest.raises(InvalidInput):
        step.hand_over(store, cast.mina.viewer, [], cast.cal.staff_id, MONDAY)
    with store.read() as session:
        assert session.execute(select(HandOver)).all() == []
        family = session.get(Family, past.family_id)
        assert family is not None and family.caseworker_id == cast.mina.staff_id


def test_a_cover_gives_the_families_for_its_days_and_ends_by_itself(store: Store, cast: Cast, past: Past) -> None:
    days = ("2026-11-03", "2026-11-04")
    step.add_cover(store, cast.mina.viewer, cast.mina.staff_id, cast.cal.staff_id, days, MONDAY)
    seen = [sees(store, viewer_on(store, cast.cal, day), past.family_id) for day in range(4)]
    assert seen == [False, True, True, False]
    assert all(sees(store, viewer_on(store, cast.mina, day), past.family_id) for day in range(4))
    covering = viewer_on(store, cast.cal, 1)
    with pytest.raises(NotYours):  # who stands in hands nothing over
        step.hand_over(store, covering, [past.family_id], cast.cal.staff_id, MONDAY + DAY)
    with pytest.raises(NotYours):  # and asks nobody else to stand in for her
        step.add_cover(store, covering, cast.mina.staff_id, cast.lena.staff_id, days, MONDAY)
    with store.read() as session:
        cover = session.execute(select(Cover).where(Cover.first_day == date(2026, 11, 3))).scalar_one()
    with pytest.raises(NotYours):
        step.end_cover(store, cast.rex.viewer, cover.id, MONDAY)
    step.end_cover(store, cast.tom.viewer, cover.id, MONDAY)
    assert not sees(store, viewer_on(store, cast.cal, 1), past.family_id)
    with pytest.raises(NotYours):
        step.end_cover(store, cast.tom.viewer, cover.id, MONDAY)


def test_alerts_call_who_stands_in(store: Store, cast: Cast) -> None:
    step.add_cover(store, cast.tom.viewer, cast.mina.staff_id, cast.cal.staff_id, (TODAY, TODAY), MONDAY)
    with store.read() as session:
        agency = agencies.by_id(session, cast.harbor.agency_id)
        for day, expected in ((0, cast.cal.staff_id), (1, cast.mina.staff_id)):
            team = team_of(session, store.vault, agency, MONDAY + day * DAY)
            assert team.worker(cast.mina.staff_id) == expected
        assert team.worker(None) is None


@pytest.mark.parametrize(
    "days", [("", ""), ("2026-11-05", "2026-11-04"), ("2026-10-01", "2026-10-02"), ("2026-11-02", "2028-11-02")]
)
def test_days_of_a_cover_are_checked(store: Store, cast: Cast, days: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput):
        step.add_cover(store, cast.tom.viewer, cast.mina.staff_id, cast.cal.staff_id, days, MONDAY)
    with pytest.raises(InvalidInput):
        step.add_cover(store, cast.tom.viewer, cast.mina.staff_id, cast.mina.staff_id, (TODAY, TODAY), MONDAY)
