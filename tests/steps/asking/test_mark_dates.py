"""Dates and placements: what they hold, what becomes of a text that is written already, and who did it."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import InvalidInput, NotAllowed, NotYours
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.ladder_state import LadderPast, PromptFacts, after_answer, after_sent, to_json
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.steps.asking import mark_dates
from foster_bond.steps.asking.preview_schedule import preview
from foster_bond.store import calendar_dates
from foster_bond.store.agencies import Agency
from foster_bond.store.audit import AuditEvent
from foster_bond.store.calendar_dates import CalendarDate
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.placement_events import PlacementEvent
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import GRACE, House
from tests.steps.asking.test_move_slots import staff

ORDER = ("H1", "S4", "H2", "S6", "S3", "C1")
EVENING = MONDAY + timedelta(hours=10)  # 19:00 in Denver
NOTE = "Room 4, with the birth mother"
TOMORROW = {"kind": "hearing", "day": "2026-03-03", "at": "14:00", "note": NOTE}


def admin(house: House) -> Viewer:
    return Viewer(staff_id="", agency_id=house.agency_id, role=Role.ADMIN, name="Ada")


def ready(now: datetime) -> dict[str, object]:
    """A past that opens level 4: support answered, a number of 4, two explorations answered."""
    past = LadderPast()
    for key, level, ago in (("E1", 3, 6), ("E2", 3, 5), ("S2", 1, 1)):
        at = now - timedelta(days=ago)
        past = after_sent(past, PromptFacts(key, level, "self", "", "1-5" if key == "S2" else "text"), at)
        past = after_answer(past, key, at + timedelta(minutes=5), thermometer=4 if key == "S2" else None)
    return to_json(past)


@pytest.fixture
def family(house: House) -> str:
    """The Okafors, who are ready for a challenging question tonight."""
    home = house.family(now=MONDAY)
    member = house.member(home, GRACE, now=MONDAY)
    house.change(Member, member, past=ready(MONDAY))
    house.schedule(now=MONDAY, prompts=ORDER)
    return home


def outbox(house: House) -> list[tuple[str | None, str]]:
    with house.store.read() as session:
        rows = session.execute(select(OutboxMessage).order_by(col(OutboxMessage.created_at), col(OutboxMessage.id)))
        return [(row.prompt_key, row.state) for row in rows.scalars()]


def acts(house: House) -> list[tuple[str, str | None]]:
    with house.store.read() as session:
        rows = session.execute(select(AuditEvent).order_by(col(AuditEvent.at), col(AuditEvent.id))).scalars()
        return [(row.act, row.detail) for row in rows]


def test_with_nothing_near_the_hard_question_goes_out(house: House, family: str) -> None:
    house.live(MONDAY, MONDAY + timedelta(days=1))
    assert outbox(house) == [("H1", "accepted")]


def test_a_date_puts_something_gentler_in_the_place_of_a_hard_question(house: House, family: str) -> None:
    said = mark_dates.add_family_date(house.store, admin(house), family, TOMORROW, MONDAY)
    assert "ask something else" in said and said.endswith("in the next two weeks.")
    foreseen = preview(house.store, agency_id=house.agency_id, weeks=1, now=MONDAY)[0]
    house.live(MONDAY, MONDAY + timedelta(days=1))
    assert outbox(house) == [("S4", "accepted")]
    slot = house.slots()[0]
    assert slot.why == foreseen.why == "Challenging held: too close to a hearing. Next in its programme."
    held = {"rule": 5, "prompt": "H1", "level": 4, "why": "Challenging held: too close to a hearing."}
    assert held in slot.rules and held in foreseen.rules


def test_a_text_that_is_written_is_taken_back_and_chosen_anew(house: House, family: str) -> None:
    almost = EVENING - timedelta(minutes=5)
    house.tick(almost)
    assert outbox(house) == [("H1", "scheduled")]
    mark_dates.add_family_date(house.store, admin(house), family, TOMORROW, almost)
    house.tick(almost)
    house.carry(EVENING)
    assert outbox(house) == [(None, "cancelled"), ("S4", "accepted")]
    assert house.slots()[0].state == "written"


def test_a_date_that_is_taken_out_holds_nothing(house: House, family: str) -> None:
    mark_dates.add_family_date(house.store, admin(house), family, TOMORROW, MONDAY)
    date_id = _date(house).id
    mark_dates.remove_date(house.store, admin(house), family, date_id, MONDAY)
    house.live(MONDAY, MONDAY + timedelta(days=1))
    assert outbox(house) == [("H1", "accepted")]
    with pytest.raises(NotYours):
        mark_dates.remove_date(house.store, admin(house), family, date_id, MONDAY)
    assert acts(house) == [
        ("date_added", f"hearing 2026-03-03 family {family}"),
        ("date_removed", "hearing 2026-03-03"),
    ]


def test_a_date_for_everybody_holds_everybody(house: House, family: str) -> None:
    mark_dates.add_agency_date(house.store, admin(house), {"day": "2026-03-02", "last_day": "2026-03-04"}, MONDAY)
    house.live(MONDAY, MONDAY + timedelta(days=1))
    assert outbox(house) == [("S4", "accepted")]
    assert "a date that the agency marked for everybody" in str(house.slots()[0].why)


def test_what_was_written_beside_a_date_is_sealed(house: House, family: str) -> None:
    mark_dates.add_family_date(house.store, admin(house), family, TOMORROW, MONDAY)
    row = _date(house)
    assert row.note is not None and NOTE.encode() not in row.note
    with house.store.read() as session:
        assert calendar_dates.note_of(session, house.store.vault, row) == NOTE
    assert NOTE not in str(acts(house))


def test_an_ended_placement_gets_nothing_and_a_respite_waits(house: House, family: str) -> None:
    respite = {"what": "respite", "since": "2026-03-02", "through": "2026-03-03"}
    mark_dates.record_placement(house.store, admin(house), family, respite, MONDAY)
    house.live(MONDAY, MONDAY + timedelta(days=3))
    assert outbox(house) == [("H1", "accepted")]  # Wednesday's: Monday's and Tuesday's evenings passed in respite
    assert [(slot.state, slot.why) for slot in house.slots()[:2]] == [
        ("expired", "The placement rests: the child is in respite care.")
    ] * 2
    later = MONDAY + timedelta(days=3)
    mark_dates.record_placement(house.store, admin(house), family, {"what": "ending", "since": "2026-03-05"}, later)
    house.live(later, later + timedelta(days=3))
    assert outbox(house) == [("H1", "accepted")]
    assert [slot.state for slot in house.slots()[3:]] == []  # what was planned for later days is planned no more


def test_an_ending_by_mistake_can_be_undone_before_it_costs_a_text(house: House, family: str) -> None:
    almost = EVENING - timedelta(minutes=5)
    house.tick(almost)
    mark_dates.record_placement(house.store, admin(house), family, {"what": "ending", "since": "2026-03-03"}, almost)
    with house.store.read() as session:
        event = session.execute(select(PlacementEvent)).scalar_one()
    said = mark_dates.remove_placement(house.store, admin(house), family, event.id, almost)
    assert "leave that were held" in said
    house.tick(almost)
    house.carry(EVENING)
    assert outbox(house) == [(None, "cancelled"), ("H1", "accepted")]


def test_how_a_visit_went(house: House, family: str) -> None:
    visit = {"kind": "family_visit", "day": "2026-03-02", "at": "08:00", "until": "10:00"}
    mark_dates.add_family_date(house.store, admin(house), family, visit, MONDAY)
    mark_dates.say_how_visit_went(house.store, admin(house), family, _date(house).id, "video", MONDAY)
    assert (_date(house).kind, _date(house).manner) == ("family_visit", "video")
    mark_dates.say_how_visit_went(house.store, admin(house), family, _date(house).id, "cancelled", MONDAY)
    assert (_date(house).kind, _date(house).manner) == ("cancelled_visit", None)
    with pytest.raises(InvalidInput, match="Only a family visit"):
        mark_dates.say_how_visit_went(house.store, admin(house), family, _date(house).id, "video", MONDAY)


def test_only_who_holds_the_family_marks_its_dates(house: House, family: str) -> None:
    mina, cal = (staff(house, house.agency_id, Role.CASEWORKER) for _ in range(2))
    lead = staff(house, house.agency_id, Role.LEAD)
    house.change(Family, family, caseworker_id=mina.staff_id)
    mark_dates.add_family_date(house.store, mina, family, TOMORROW, MONDAY)
    for other in (cal, lead):
        with pytest.raises(NotYours):
            mark_dates.add_family_date(house.store, other, family, TOMORROW, MONDAY)
        with pytest.raises(NotYours):
            mark_dates.remove_date(house.store, other, family, _date(house).id, MONDAY)
    for worker in (mina, cal):
        with pytest.raises(NotAllowed):
            mark_dates.add_agency_date(house.store, worker, {"day": "2026-03-03"}, MONDAY)
    mark_dates.add_agency_date(house.store, lead, {"day": "2026-03-03"}, MONDAY)
    assert _date(house).added_by == mina.staff_id


def test_a_date_of_one_family_is_not_taken_out_on_the_page_of_another(house: House, family: str) -> None:
    other = house.family("reyes", now=MONDAY)
    mark_dates.add_family_date(house.store, admin(house), family, TOMORROW, MONDAY)
    for place in (other, None):
        with pytest.raises(NotYours):
            mark_dates.remove_date(house.store, admin(house), place, _date(house).id, MONDAY)


OFF = [
    ({"kind": "party", "day": "2026-03-03"}, {"kind": "Choose what it is."}),
    ({"kind": "hearing", "day": "tomorrow"}, {"day": "Write a day like 2026-11-26."}),
    ({"kind": "hearing", "day": "2026-03-03", "at": "2 pm"}, {"at": "Write an hour like 14:30."}),
    ({"kind": "hearing", "day": "2026-03-03", "until": "14:00"}, {"at": "Write when it begins, too."}),
    ({"kind": "hearing", "day": "2026-03-03", "at": "14:00", "until": "13:00"},
     {"until": "It would end before it begins."}),
    ({"kind": "hearing", "day": "2026-03-03", "last_day": "2026-03-02"},
     {"last_day": "The last day lies before the first."}),
    ({"kind": "hearing", "day": "2026-03-03", "last_day": "2026-05-02"},
     {"last_day": "One date covers at most 31 days."}),
    ({"kind": "birthday", "day": "2026-03-03", "last_day": "2026-03-04"}, {"last_day": "A birthday is one day."}),
    ({"kind": "hearing", "day": "2026-01-03"}, {"day": "That is more than a month ago: it holds nothing any more."}),
    ({"kind": "hearing", "day": "2031-01-03"}, {"day": "Write a day within two years of today."}),
    ({"kind": "hearing", "day": "2026-03-03", "note": "x" * 501},
     {"note": "At most 500 characters; write the rest as a note on the family's page."}),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "said"), OFF)
def test_what_is_off_is_said_beside_its_field(
    house: House, family: str, typed: dict[str, str], said: dict[str, str]
) -> None:
    with pytest.raises(OffFields) as off:
        mark_dates.add_family_date(house.store, admin(house), family, typed, MONDAY)
    assert {name: words[0] for name, words in off.value.by_field.items()} == said
    assert acts(house) == []


OFF_PLACEMENT = [
    ({"what": "adoption", "since": "2026-03-03"}, {"what": "Choose what happened."}),
    ({"what": "ending", "since": ""}, {"since": "Write a day like 2026-11-26."}),
    ({"what": "ending", "since": "2026-03-03", "through": "2026-03-04"}, {"through": "Only a respite has a last day."}),
    ({"what": "respite", "since": "2026-03-03", "through": "2026-03-02"},
     {"through": "The last day lies before the first."}),
    ({"what": "move", "since": "2036-03-03"}, {"since": "Write a day within two years of today."}),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "said"), OFF_PLACEMENT)
def test_what_is_off_about_a_placement(house: House, family: str, typed: dict[str, str], said: dict[str, str]) -> None:
    with pytest.raises(OffFields) as off:
        mark_dates.record_placement(house.store, admin(house), family, typed, MONDAY)
    assert {name: words[0] for name, words in off.value.by_field.items()} == said


GENTLE = ("S1", "S3", "S4", "S6")
WEEKLY = {"rule": "FREQ=WEEKLY;BYDAY=TU", "anchor": "placement", "key": "weeks"}


def places(house: House) -> list[tuple[date, int]]:
    with house.store.read() as session:
        rows = session.execute(select(Enrolment).order_by(col(Enrolment.id))).scalars()
        return [(row.started_on, row.position) for row in rows]


def test_weeks_counted_from_the_placement_follow_the_day_the_child_came(house: House) -> None:
    home = house.family(now=MONDAY)
    house.member(home, now=MONDAY)
    house.schedule(now=MONDAY, prompts=GENTLE, **WEEKLY)
    house.tick(MONDAY)
    assert places(house) == [(date(2026, 3, 2), 0)]
    said = mark_dates.set_placed_on(house.store, admin(house), home, {"placed_on": "2026-02-16"}, MONDAY)
    assert said == "From now on 2 texts ask something else, in the next two weeks."
    assert places(house) == [(date(2026, 2, 16), 2)]  # two Tuesdays are past: what they asked is skipped
    assert [slot.prompt_id for slot in coming(house)] == ["S4", "S6"]
    mark_dates.set_placed_on(house.store, admin(house), home, {"placed_on": "2026-03-09"}, MONDAY)
    assert places(house) == [(date(2026, 3, 9), 2)]  # what was skipped does not come again
    assert [slot.local_date for slot in coming(house)] == [date(2026, 3, 10)]
    assert house.slots() == []  # tomorrow's is asked no more
    mark_dates.set_placed_on(house.store, admin(house), home, {"placed_on": ""}, MONDAY)
    assert places(house) == [(date(2026, 3, 2), 2)]
    assert acts(house)[-1] == ("placed_on_changed", "2026-03-09 → not said")


def coming(house: House) -> list[PlannedText]:
    return preview(house.store, agency_id=house.agency_id, weeks=2, now=MONDAY)


def test_a_place_begun_on_a_day_of_its_own_keeps_it(house: House) -> None:
    home = house.family(now=MONDAY)
    house.member(home, now=MONDAY)
    house.schedule(now=MONDAY, prompts=GENTLE, **WEEKLY)
    with house.store.read() as session:
        place = session.execute(select(Enrolment.id)).scalar_one()
    house.change(Enrolment, place, started_on=date(2026, 2, 27))
    mark_dates.set_placed_on(house.store, admin(house), home, {"placed_on": "2026-02-16"}, MONDAY)
    assert places(house) == [(date(2026, 2, 27), 0)]


@pytest.mark.parametrize("day", ["soon", "1926-03-02", "2036-03-02"])
def test_what_is_off_about_the_day_the_child_came(house: House, family: str, day: str) -> None:
    with pytest.raises(OffFields) as off:
        mark_dates.set_placed_on(house.store, admin(house), family, {"placed_on": day}, MONDAY)
    assert list(off.value.by_field) == ["placed_on"]


HOLIDAY = "The agency sends nothing on Election Day."


def test_a_public_holiday_that_the_agency_keeps_sends_nothing(house: House, family: str) -> None:
    """3 November 2026 is Election Day in New Jersey; the agency ticked it, and not Veterans Day."""
    tuesday = datetime(2026, 11, 3, 16, 0, tzinfo=MONDAY.tzinfo)
    house.change(Agency, house.agency_id, state="NJ", holidays=["Election Day"])
    house.live(tuesday, tuesday + timedelta(days=1))
    day = next(slot for slot in house.slots() if slot.local_date == tuesday.date())
    assert (day.state, day.why) == ("expired", HOLIDAY)


def _date(house: House) -> CalendarDate:
    with house.store.read() as session:
        query = select(CalendarDate).where(col(CalendarDate.family_id).is_not(None))
        return session.execute(query).scalars().one()
