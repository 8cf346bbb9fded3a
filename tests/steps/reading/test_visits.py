"""Visits begin the reading anew, pins and follow-ups go with them, and nobody else's family is touched."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import Conflict, NotYours
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.page_values.opening import Opening
from foster_bond.rules.since_visit import Compared
from foster_bond.steps.keeping import follow_up, visit_family
from foster_bond.steps.keeping.finish_task import finish_task, reopen_task
from foster_bond.steps.keeping.pin_moment import pin_moment, unpin_moment
from foster_bond.steps.reading.read_caseload import NOBODY, read_caseload
from foster_bond.steps.reading.read_tasks import read_tasks
from foster_bond.steps.reading.read_timeline import read_family
from foster_bond.steps.reading.read_visits import read_visits
from foster_bond.store import inbound, visits
from foster_bond.store.notes import Note
from foster_bond.store.open_store import Store
from foster_bond.store.visits import Visit, VisitState
from tests.cast import MONDAY, Cast, Person
from tests.past import Past, new_family

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NOW = MONDAY + 60 * DAY  # Friday, 9:00 in Denver


def opening(store: Store, cast: Cast, past: Past) -> Opening:
    page = read_family(store, cast.mina.viewer, past.family_id, NOW)
    assert page.opening is not None
    return page.opening


def visited(store: Store, who: Person, past: Past, ago: int, *, note: str = "", key: str = "") -> bool:
    at = NOW - ago * DAY
    return visit_family.record_visit(
        store, who.viewer, past.family_id, at.date().isoformat(), note, at, once_key=key or f"v{ago}"
    )


def evenings(past: Past, *days_ago: int, rating: int | None = None) -> list[str]:
    return [
        past.wrote(NOW - ago * DAY + HOUR, "2. A long one.", to=past.asked(NOW - ago * DAY), rating=rating)
        for ago in days_ago
    ]


def test_a_visit_begins_the_reading_anew_and_the_history_keeps_what_stood_then(
    store: Store, cast: Cast, past: Past
) -> None:
    before = evenings(past, *range(58, 15, -3))
    pin_moment(store, cast.mina.viewer, past.family_id, "reflection", before[-1], NOW - 15 * DAY)
    assert visited(store, cast.mina, past, 14, note="The photo box.")
    since = evenings(past, 9, 6, 4, 2, 1)
    past.wrote(NOW - 3 * DAY, "It was a hard day.", hard_day=True)
    head = opening(store, cast, past)
    assert head.visit is not None and head.visit.mine and head.visit.days_ago == 14
    (grace,) = head.reading.people
    assert [one.moment_id for one in grace.wrote if one.shown] == [*since[:3], grace.wrote[3].moment_id, *since[3:]]
    assert (grace.compared, len(grace.hard), head.reading.answered) == (Compared.LITTLE_MORE, 1, 5)
    assert head.pins == ()
    (one,) = read_visits(store, cast.tom.viewer, past.family_id, NOW).visits
    assert (one.visit.note, one.visit.by, one.visit.mine) == ("The photo box.", cast.mina.viewer.name, False)
    assert [pin.behind.moment_id for pin in one.pins] == [before[-1]]
    assert [line.moment_id for line in one.reading.people[0].wrote] == before[-9:]


def test_words_taken_back_are_in_no_reading_and_no_pin(store: Store, cast: Cast, past: Past) -> None:
    kept, gone = evenings(past, 5, 3)
    for moment in (kept, gone):
        pin_moment(store, cast.mina.viewer, past.family_id, "reflection", moment, NOW)
    with store.write() as session:
        for text in inbound.parts_of(session, cast.harbor.agency_id, [gone]):
            text.withdrawn_at = NOW
    head = opening(store, cast, past)
    assert [one.moment_id for one in head.reading.people[0].wrote] == [kept]
    assert [pin.quote for pin in head.pins] == ["2. A long one.", ""]


def test_a_second_press_records_one_visit_and_a_plan_is_fulfilled(store: Store, cast: Cast, past: Past) -> None:
    viewer, family = cast.mina.viewer, past.family_id
    day = (NOW + 2 * DAY).date().isoformat()
    assert visit_family.plan_visit(store, viewer, family, day, NOW, once_key="p")
    assert not visit_family.plan_visit(store, viewer, family, day, NOW, once_key="q")  # that day is planned already
    with store.read() as session:
        asked = (session, [viewer.agency_id], [family], NOW.date(), NOW.date() + 9 * DAY)
        assert visits.planned_between(*asked) == {family: [NOW.date() + 2 * DAY]}
    today = NOW.date().isoformat()
    pressed = [visit_family.record_visit(store, viewer, family, today, "", NOW, once_key="v") for _ in range(2)]
    assert pressed == [True, False]
    head = opening(store, cast, past)
    assert head.planned == () and head.visit is not None
    visit_family.undo_visit(store, viewer, family, head.visit.visit_id, NOW)
    again = opening(store, cast, past)
    assert again.visit is None and [one.visit_id for one in again.planned] == [head.visit.visit_id]
    visit_family.cancel_visit(store, viewer, family, head.visit.visit_id, NOW)
    with pytest.raises(Conflict):
        visit_family.cancel_visit(store, viewer, family, head.visit.visit_id, NOW)
    with store.read() as session:
        states = session.execute(select(col(Visit.state)).where(col(Visit.family_id) == family)).scalars().all()
        assert states == [VisitState.CANCELLED.value] * 2  # the cast's own one, and this


def test_a_visit_taken_back_gives_its_pins_back(store: Store, cast: Cast, past: Past) -> None:
    (moment,) = evenings(past, 9)
    pin_moment(store, cast.mina.viewer, past.family_id, "reflection", moment, NOW - 8 * DAY)
    assert visited(store, cast.tom, past, 7)
    assert visited(store, cast.mina, past, 0)
    first, last = reversed(read_visits(store, cast.mina.viewer, past.family_id, NOW).visits)
    with pytest.raises(Conflict):
        visit_family.undo_visit(store, cast.mina.viewer, past.family_id, first.visit.visit_id, NOW)
    for visit in (last, first):
        visit_family.undo_visit(store, cast.mina.viewer, past.family_id, visit.visit.visit_id, NOW)
    assert [pin.behind.moment_id for pin in opening(store, cast, past).pins] == [moment]


def test_pins_are_pinned_once_and_only_moments_of_this_family(store: Store, cast: Cast, past: Past) -> None:
    other = new_family(store, cast.harbor, "Adeyemi", {"Ife": "+13035550180"}, MONDAY, worker="Mina")
    alert = past.alarm(NOW - 2 * DAY, "He has not come back.", sign="not come back")
    past.note(NOW - DAY, "Ask Ben.")
    with store.read() as session:
        note = session.execute(select(col(Note.id))).scalar_one()
    viewer, family = cast.mina.viewer, past.family_id
    for what, moment in (("note", note), ("alert", alert)):
        assert pin_moment(store, viewer, family, what, moment, NOW)
        assert not pin_moment(store, cast.tom.viewer, family, what, moment, NOW)
    assert [pin.quote for pin in opening(store, cast, past).pins] == ["Ask Ben.", "He has not come back."]
    for what, moment in (("note", alert), ("families", family), ("reflection", other.wrote(NOW, "Mine."))):
        with pytest.raises(NotYours):
            pin_moment(store, viewer, family, what, moment, NOW)
    assert unpin_moment(store, viewer, family, note, NOW) and not unpin_moment(store, viewer, family, note, NOW)
    page = read_family(store, viewer, family, NOW)
    assert page.pinned == frozenset({alert})


def test_nobody_acts_on_a_family_they_do_not_hold(store: Store, cast: Cast, past: Past) -> None:
    (moment,) = evenings(past, 2)
    day, family = NOW.date().isoformat(), past.family_id
    for person in (cast.cal, cast.lena, cast.rex, cast.eve):
        acts: tuple[Callable[[], object], ...] = (
            lambda who=person.viewer: visit_family.record_visit(store, who, family, day, "", NOW, once_key="x"),
            lambda who=person.viewer: visit_family.plan_visit(store, who, family, day, NOW, once_key="x"),
            lambda who=person.viewer: pin_moment(store, who, family, "reflection", moment, NOW),
            lambda who=person.viewer: follow_up.add_follow_up(store, who, family, "Call.", day, NOW, once_key="x"),
            lambda who=person.viewer: read_visits(store, who, family, NOW),
        )
        for act in acts:
            with pytest.raises(NotYours):
                act()


def test_a_follow_up_is_a_task_from_its_day_on_and_done_is_undone(store: Store, cast: Cast, past: Past) -> None:
    viewer, family = cast.mina.viewer, past.family_id
    for key, ahead in (("a", 0), ("b", 3), ("a", 5)):
        day = (NOW + ahead * DAY).date().isoformat()
        follow_up.add_follow_up(store, viewer, family, f"Call in {ahead}.", day, NOW, once_key=key)
    old = past.task(NOW - 3 * DAY, "call", "They asked.")
    assert [one.words for one in opening(store, cast, past).follow_ups][:2] == ["Call in 0.", "Call in 3."]
    page = read_tasks(store, viewer, NOW)  # the cast's own task is the first
    assert [(one.why, one.overdue) for one in page.open][1:] == [("They asked.", True), ("Call in 0.", False)]
    assert [one.why for one in read_tasks(store, viewer, NOW + 4 * DAY).open][2:] == ["Call in 0.", "Call in 3."]
    today = page.open[2].task_id
    follow_up.finish_follow_up(store, viewer, today, NOW)
    finish_task(store, viewer, old, NOW)
    with pytest.raises(Conflict):
        follow_up.finish_follow_up(store, cast.tom.viewer, today, NOW)
    after = read_tasks(store, viewer, NOW)
    assert len(after.open) == 1 and {one.task_id for one in after.done if one.may_reopen} == {today, old}
    follow_up.reopen_follow_up(store, cast.tom.viewer, today, NOW)
    reopen_task(store, viewer, old, NOW)
    assert len(read_tasks(store, viewer, NOW).open) == 3
    with pytest.raises(Conflict):
        reopen_task(store, viewer, old, NOW)
    with pytest.raises(NotYours):
        follow_up.finish_follow_up(store, cast.rex.viewer, today, NOW)
    assert read_tasks(store, cast.cal.viewer, NOW).open == ()


@pytest.mark.parametrize(("words", "day"), [("", "2026-12-31"), ("x" * 1001, "2027-01-02"), ("Call.", "yesterday")])
def test_what_is_off_is_said_by_field(store: Store, cast: Cast, past: Past, words: str, day: str) -> None:
    with pytest.raises(OffFields):
        follow_up.add_follow_up(store, cast.mina.viewer, past.family_id, words, day, NOW, once_key="x")
    with pytest.raises(OffFields):
        visit_family.record_visit(store, cast.mina.viewer, past.family_id, "2099-01-01", words, NOW, once_key="x")


def test_the_caseload_says_whose_visit_is_due(store: Store, cast: Cast, past: Past) -> None:
    adeyemi, bello = (
        new_family(store, cast.harbor, name, {"Ife": f"+1303555018{n}"}, MONDAY, worker="Mina")
        for n, name in enumerate(("Adeyemi", "Bello"))
    )
    visited(store, cast.mina, past, 25)
    visited(store, cast.mina, bello, 40)
    visit_family.plan_visit(
        store, cast.mina.viewer, adeyemi.family_id, (NOW + DAY).date().isoformat(), NOW, once_key="p"
    )
    page = read_caseload(store, cast.mina.viewer, NOW, sort="visit")
    due = [(one.name, one.visit.kind, one.visit.today) for one in page.rows if one.visit is not None]
    assert due == [("Bello", "overdue", False), ("Adeyemi", "planned", False), ("Okafor", "monthly", False)]
    assert (page.visits, [one.count for one in page.sorts if one.value == "visit"]) == (1, [1])


def test_who_sees_all_families_sees_load_by_worker_and_no_words(store: Store, cast: Cast, past: Past) -> None:
    nobodys = new_family(store, cast.harbor, "Bello", {"Ife": "+13035550181"}, NOW)
    nobodys.alarm(NOW - HOUR, "He has not come back.", sign="not come back")
    past.task(NOW, "call", "They asked.")
    page = read_caseload(store, cast.tom.viewer, NOW, sort="workers")
    assert page.rows == () and [one.value for one in page.sorts if one.chosen] == ["workers"]
    assert [(one.name, one.families, one.untaken, one.tasks) for one in page.workers] == [
        ("", 1, 1, 0), (cast.mina.viewer.name, 1, 0, 2),
    ]  # fmt: skip
    assert "not come back" not in repr(page)
    one = read_caseload(store, cast.tom.viewer, NOW, worker=NOBODY)
    assert [row.name for row in one.rows] == ["Bello"]
    assert read_caseload(store, cast.mina.viewer, NOW, sort="workers").workers == ()
    assert read_caseload(store, cast.rex.viewer, NOW, worker=cast.mina.viewer.staff_id).rows == ()
