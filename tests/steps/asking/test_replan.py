"""A new zone, hour, language or rhythm: what is planned is planned anew, nothing lost and nothing doubled."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond import library
from foster_bond.rules.access import operator
from foster_bond.rules.local_time import local_instant
from foster_bond.steps.asking.move_slots import move_slot, skip
from foster_bond.steps.enrolling import enrol_everybody, enrol_member
from foster_bond.steps.replanning import CHANGED
from foster_bond.store import outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Schedule
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import House

EVENING = MONDAY + timedelta(hours=10)
ORDER = ["S1", "S3", "S4", "S6", "C1", "C2", "C3"]
THREE_A_WEEK = "FREQ=WEEKLY;BYDAY=MO,WE,FR"


def grace(house: House) -> tuple[str, str]:
    family = house.family(now=MONDAY)
    return family, house.member(family, now=MONDAY)


def replan(house: House, member_id: str, now: datetime) -> None:
    with house.store.write() as session:
        member, agency = session.get(Member, member_id), session.get(Agency, house.agency_id)
        assert member is not None and agency is not None
        family = session.get(Family, member.family_id)
        assert family is not None
        enrol_member(session, agency, member, family, now, replan=True)


def once_each(house: House) -> bool:
    return max(Counter(slot.key for slot in house.slots()).values()) == 1


@pytest.mark.parametrize(
    ("change", "hour", "zone"),
    [
        ({"zone": "America/New_York"}, time(19), "America/New_York"),
        ({"zone": "Pacific/Honolulu"}, time(19), "Pacific/Honolulu"),
        ({"hour": time(17, 30)}, time(17, 30), "America/Denver"),
        ({"hour": time(19, 45), "zone": "Asia/Kathmandu"}, time(19, 45), "Asia/Kathmandu"),
    ],
)
def test_the_days_to_come_follow_the_members_own_wall(
    house: House, change: dict[str, object], hour: time, zone: str
) -> None:
    _, member = grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK)
    moment = EVENING + timedelta(hours=3)  # the first text has left, by every one of these walls
    house.live(MONDAY, moment, answers=True)
    house.change(Member, member, **change)
    replan(house, member, moment)
    house.live(moment, moment + timedelta(days=9), answers=True)
    due = [due for due, _, _ in house.texts()]
    days = [date(2026, 3, 4), date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 11)]
    assert due == [EVENING, *(local_instant(day, hour, zone) for day in days)]
    assert [key for _, key, _ in house.texts()] == ORDER[:5] and once_each(house)


def left(house: House) -> list[tuple[datetime, str, str]]:
    """Due time, prompt and words of what has been handed over."""
    with house.store.read() as session:
        query = select(OutboxMessage).where(col(OutboxMessage.state) == "accepted").order_by(col(OutboxMessage.due_at))
        return [
            (row.due_at, row.text_id or "", outbox.body_of(session, house.store.vault, row))
            for row in session.execute(query).scalars()
        ]


def test_a_text_that_is_written_and_has_not_left_takes_the_new_hour_and_language(house: House) -> None:
    _, member = grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK)
    moment = EVENING - timedelta(minutes=5)
    house.live(MONDAY, moment)
    house.change(Member, member, hour=time(19, 30), language="es")
    replan(house, member, moment)
    [slot] = house.slots(local_date=date(2026, 3, 2))
    assert (slot.state, slot.due_at, slot.prompt_key) == ("planned", EVENING + timedelta(minutes=30), None)
    house.live(moment, EVENING + timedelta(days=2, hours=3))
    [(due, key, words), (_, second, _)] = left(house)
    assert (due, key, second) == (EVENING + timedelta(minutes=30), "S1", "S3") and once_each(house)
    assert words == library.prompts()["S1"].texts["es"].replace("{child}", "su niño/a")


def test_what_has_been_handed_over_stays(house: House) -> None:
    _, member = grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK)
    house.live(MONDAY, EVENING + timedelta(minutes=1))
    before = left(house)
    house.change(Member, member, hour=time(19, 30))
    replan(house, member, EVENING + timedelta(minutes=1))
    house.live(EVENING + timedelta(minutes=1), EVENING + timedelta(hours=3))
    assert left(house) == before and len(before) == 1


def test_a_text_for_a_day_that_is_none_any_more_is_taken_back_and_its_question_is_not_lost(house: House) -> None:
    grace(house)
    schedule = house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK)
    moment = EVENING - timedelta(minutes=5)
    house.live(MONDAY, moment)
    change_rule(house, schedule, moment, rule="FREQ=WEEKLY;BYDAY=TU,TH")
    [slot] = house.slots(local_date=date(2026, 3, 2))
    assert (slot.state, slot.why) == ("dropped", CHANGED)
    house.live(moment, EVENING + timedelta(days=3, hours=1))
    assert [(due.date(), key) for due, key, _ in left(house)] == [(date(2026, 3, 4), "S1"), (date(2026, 3, 6), "S3")]


def test_a_skipped_day_stays_skipped_at_its_new_hour_and_is_forgotten_with_its_day(house: House) -> None:
    grace(house)
    schedule = house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK)
    house.tick(MONDAY)
    skip(house.store, viewer=operator(house.agency_id), occurrence_id=house.slots()[1].id, now=MONDAY)
    change_rule(house, schedule, MONDAY, at=time(18))
    [skipped] = house.slots(state="skipped")
    assert skipped.due_at == local_instant(date(2026, 3, 4), time(18), "America/Denver")
    change_rule(house, schedule, MONDAY, rule="FREQ=WEEKLY;BYDAY=TU")
    assert house.slots(state="skipped") == []


def change_rule(house: House, schedule: str, now: datetime, **values: object) -> None:
    with house.store.write() as session:
        row, agency = session.get(Schedule, schedule), session.get(Agency, house.agency_id)
        assert row is not None and agency is not None
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
        enrol_everybody(session, agency, row, now, replan=True)


def test_a_new_hour_later_the_same_day_moves_todays_text(house: House) -> None:
    _, member = grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK)
    moment = EVENING - timedelta(hours=1)
    house.live(MONDAY, moment)
    house.change(Member, member, hour=time(19, 30))
    replan(house, member, moment)
    house.live(moment, EVENING + timedelta(hours=3))
    assert [due for due, _, _ in house.texts()] == [EVENING + timedelta(minutes=30)] and once_each(house)


def test_what_a_person_skipped_or_moved_stays_so(house: House) -> None:
    _, member = grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK)
    house.tick(MONDAY)
    first, second, *_ = house.slots()
    viewer = operator(house.agency_id)
    skip(house.store, viewer=viewer, occurrence_id=first.id, now=MONDAY)
    noon = datetime(2026, 3, 4, 19, 0, tzinfo=UTC)
    move_slot(house.store, viewer=viewer, occurrence_id=second.id, to=noon, now=MONDAY)
    house.change(Member, member, hour=time(18))
    replan(house, member, MONDAY + timedelta(minutes=1))
    house.live(MONDAY + timedelta(minutes=1), MONDAY + timedelta(days=5))
    assert [due for due, _, _ in house.texts()] == [noon, local_instant(date(2026, 3, 6), time(18), "America/Denver")]
    assert once_each(house)


def test_the_next_text_is_in_the_new_language(house: House) -> None:
    _, member = grace(house)
    house.schedule(now=MONDAY, prompts=["S1", "S1"], rule=THREE_A_WEEK)
    house.live(MONDAY, EVENING + timedelta(hours=1))
    house.change(Member, member, language="es")
    replan(house, member, EVENING + timedelta(hours=1))
    house.live(EVENING + timedelta(hours=1), EVENING + timedelta(days=3))
    english, spanish = (body for _, _, body in house.texts())
    assert english != spanish and "?" in spanish


def test_a_new_rhythm_replaces_what_was_planned(house: House) -> None:
    grace(house)
    schedule = house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK)
    house.tick(MONDAY)
    with house.store.write() as session:
        row, agency = session.get(Schedule, schedule), session.get(Agency, house.agency_id)
        assert row is not None and agency is not None
        row.rule, row.at = "FREQ=WEEKLY;BYDAY=TU,TH", time(18)
        session.flush()
        enrol_everybody(session, agency, row, MONDAY, replan=True)
    house.tick(MONDAY)
    days = [date(2026, 3, 3), date(2026, 3, 5)]
    assert [slot.due_at for slot in house.slots()] == [local_instant(day, time(18), "America/Denver") for day in days]


def test_somebody_who_no_longer_belongs_leaves_and_comes_back_where_they_were(house: House) -> None:
    _, member = grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK)
    house.live(MONDAY, EVENING + timedelta(hours=1))
    house.change(Member, member, role="other")
    replan(house, member, EVENING + timedelta(hours=1))
    assert house.slots(state="planned") == []
    later = EVENING + timedelta(days=8)
    house.change(Member, member, role="kin_carer")
    replan(house, member, later)
    house.live(later, later + timedelta(days=2))
    assert [key for _, key, _ in house.texts()] == ["S1", "S3"]  # finished steps are not repeated
