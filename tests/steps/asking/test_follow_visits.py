"""A schedule that follows a family's visits: slots come and go with what is marked, and none comes twice."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.rules.access import Role, Viewer
from foster_bond.steps.asking import mark_dates
from foster_bond.steps.asking.move_slots import move_slot, skip
from foster_bond.steps.asking.preview_schedule import preview
from foster_bond.steps.asking.weigh_schedule import VisitAhead, plan_of, visits_ahead, weigh, why_nothing
from foster_bond.store.calendar_dates import CalendarDate
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.prompts import Schedule
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import GRACE, House, shipped
from tests.steps.asking.test_edit_schedule import lead, save, typed

THURSDAY = date(2026, 3, 5)
NOON = timedelta(hours=3)


def ada(house: House) -> Viewer:
    return Viewer(staff_id="", agency_id=house.agency_id, role=Role.ADMIN, name="Ada")


@pytest.fixture
def family(house: House) -> str:
    """The Okafors, and the programme around visits among what the agency has."""
    with house.store.write() as session:
        session.add(shipped(house.agency_id, "visits-and-hellos"))
    home = house.family(now=MONDAY)
    house.member(home, GRACE, now=MONDAY)
    return home


def follow(house: House) -> str:
    return house.schedule(now=MONDAY, programme="visits-and-hellos", by_visits=True)


def mark(house: House, family: str, day: date, now: datetime = MONDAY) -> str:
    """What marking it does, in the page's words."""
    visit = {"kind": "family_visit", "day": day.isoformat(), "at": "15:00", "until": "17:00"}
    return mark_dates.add_family_date(house.store, ada(house), family, visit, now)


def date_of(house: House, day: date) -> str:
    with house.store.read() as session:
        query = select(CalendarDate.id).where(col(CalendarDate.day) == day, col(CalendarDate.removed_at).is_(None))
        return str(session.execute(query).scalar_one())


def rows(house: House) -> list[tuple[date, int, str]]:
    return [(one.local_date, one.slot, one.state) for one in house.slots()]


def place(house: House) -> Enrolment:
    with house.store.read() as session:
        return session.execute(select(Enrolment)).scalar_one()


def test_without_a_visit_nobody_is_looked_at_and_nobody_is_over(house: House, family: str) -> None:
    follow(house)
    house.live(MONDAY, MONDAY + timedelta(days=20))
    assert (rows(house), place(house).state, place(house).next_due_at) == ([], "active", None)


def test_a_visit_marked_later_adds_slots_and_one_taken_out_takes_them_away(house: House, family: str) -> None:
    follow(house)
    house.tick(MONDAY)
    said = mark(house, family, THURSDAY)
    house.tick(MONDAY)
    assert rows(house) == [(THURSDAY, 1, "planned"), (THURSDAY, 2, "planned"), (THURSDAY, 3, "planned")]
    assert said
    mark_dates.remove_date(house.store, ada(house), family, date_of(house, THURSDAY), MONDAY)
    house.tick(MONDAY)
    assert (rows(house), place(house).state, place(house).next_due_at) == ([], "active", None)


def test_what_a_person_skipped_or_moved_stays_when_another_visit_is_marked(house: House, family: str) -> None:
    follow(house)
    mark(house, family, THURSDAY)
    house.tick(MONDAY)
    before, after, _ = house.slots()
    skip(house.store, viewer=ada(house), occurrence_id=before.id, now=MONDAY)
    move_slot(
        house.store, viewer=ada(house), occurrence_id=after.id, to=after.due_at + timedelta(minutes=20), now=MONDAY
    )
    mark(house, family, THURSDAY + timedelta(days=14), MONDAY + NOON)
    house.tick(MONDAY + NOON)
    assert rows(house) == [(THURSDAY, 1, "skipped"), (THURSDAY, 2, "planned"), (THURSDAY, 3, "planned")]
    assert house.slots()[1].due_at == after.due_at + timedelta(minutes=20)


def test_a_visit_marked_again_at_another_hour_is_not_asked_about_twice(house: House, family: str) -> None:
    follow(house)
    mark(house, family, THURSDAY)
    friday = MONDAY + timedelta(days=4)
    house.live(MONDAY, friday)
    assert [key for _, key, _ in house.texts()] == ["B1", "P2A"]
    mark_dates.remove_date(house.store, ada(house), family, date_of(house, THURSDAY), friday)
    again = {"kind": "family_visit", "day": THURSDAY.isoformat()}  # and now nobody knows when it ended
    mark_dates.add_family_date(house.store, ada(house), family, again, friday)
    house.live(friday, friday + timedelta(days=5))
    assert [key for _, key, _ in house.texts()] == ["B1", "P2A"]


def test_what_is_written_is_taken_back_with_its_visit(house: House, family: str) -> None:
    follow(house)
    mark(house, family, THURSDAY)
    soon = MONDAY + timedelta(days=2, hours=9, minutes=55)  # five minutes before the evening's text
    house.live(MONDAY, soon - timedelta(minutes=3))
    house.tick(soon)
    assert house.slots()[0].state == "written"
    mark_dates.say_how_visit_went(house.store, ada(house), family, date_of(house, THURSDAY), "cancelled", soon)
    house.live(soon, MONDAY + timedelta(days=7))
    assert [key for _, key, _ in house.texts() if key] == ["B1", "S1"]
    assert [(one.slot, one.state) for one in house.slots()] == [(1, "dropped"), (2, "written")]


def test_later_comes_only_if_after_was_answered(house: House, family: str) -> None:
    follow(house)
    mark(house, family, THURSDAY)
    house.live(MONDAY, MONDAY + timedelta(days=7))
    last = house.slots()[-1]
    assert (last.slot, last.state, last.why) == (
        3, "dropped", "It comes only once the question after the visit has been answered.",
    )  # fmt: skip


def test_saving_counts_what_it_adds_and_the_plan_says_why_nothing_comes(house: House, family: str) -> None:
    grace = house.member(family, "+13035550119", now=MONDAY, ref="other")
    schedule = house.schedule(now=MONDAY, prompts=["S1", "S3"], rule="FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1")
    assert (
        why_nothing(house.store, lead(house), schedule, grace, MONDAY, typed=changed(house, schedule)).why == "no_visit"
    )
    mark(house, family, THURSDAY)
    ahead = visits_ahead(house.store, lead(house), schedule, grace, MONDAY, typed=changed(house, schedule))
    assert ahead == (VisitAhead(THURSDAY, cancelled=False, asked=True),)
    assert visits_ahead(house.store, lead(house), schedule, grace, MONDAY) is None  # as it stands it follows none
    weighed = weigh(house.store, lead(house), schedule, changed(house, schedule), MONDAY)
    shown = plan_of(house.store, lead(house), schedule, grace, MONDAY, typed=changed(house, schedule))
    assert [(one.local_date - THURSDAY).days for one in shown] == [-1, 0, 1]
    save(house, schedule, programme="visits-and-hellos")
    row = house.read(Schedule, schedule)
    assert isinstance(row, Schedule) and row.by_visits
    planned = [one for one in preview(house.store, agency_id=house.agency_id, weeks=6, now=MONDAY) if one.leaves_at]
    assert len(weighed.effect.added) == len(planned) == 4  # two people, before and after; later hangs on an answer
    house.live(MONDAY, MONDAY + timedelta(days=7))
    assert [(at, key) for at, key, _ in house.texts()] == [(one.leaves_at, one.prompt_id) for one in planned]


def changed(house: House, schedule: str) -> dict[str, str]:
    return typed(house, schedule, programme="visits-and-hellos")
