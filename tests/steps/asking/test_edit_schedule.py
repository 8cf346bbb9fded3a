"""Editing a schedule: weighed before anything changes, saved as a version, and what families get is what was shown."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import Conflict, NotAllowed, NotYours
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.local_time import local_instant
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.schedule_form import as_typed
from foster_bond.steps.asking._drafting import Stale
from foster_bond.steps.asking.edit_schedule import (
    ENDED,
    copy_schedule,
    drop_draft,
    end_schedule,
    keep_draft,
    move_schedule,
    save_schedule,
)
from foster_bond.steps.asking.preview_schedule import preview
from foster_bond.steps.asking.weigh_schedule import plan_of, weigh, weigh_end
from foster_bond.steps.versions import mark_of, words_of
from foster_bond.store import prompts
from foster_bond.store.agencies import Agency
from foster_bond.store.audit import AuditEvent
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt, Schedule
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import BEN, GRACE, House
from tests.steps.asking.test_replan import left

EVENING = MONDAY + timedelta(hours=10)
ORDER = ["S1", "S3", "S4", "S6", "C1", "C2", "C3", "H1"]
THREE_A_WEEK = "FREQ=WEEKLY;BYDAY=MO,WE,FR"
SECOND = timedelta(seconds=1)


def lead(house: House) -> Viewer:
    return Viewer(staff_id="", agency_id=house.agency_id, role=Role.LEAD, name="Lena")


def typed(house: House, schedule_id: str, **more: str) -> dict[str, str]:
    """The form as it stands, with these fields changed."""
    with house.store.read() as session:
        row = session.get(Schedule, schedule_id)
        assert row is not None
        words = words_of(row, prompts.programme(session, row.programme_id).key)
    return {name: value for name, value in (as_typed(words, MONDAY.date()) | more).items() if value}


def mark(house: House, schedule_id: str) -> str:
    row = house.read(Schedule, schedule_id)
    assert isinstance(row, Schedule)
    return mark_of(row)


def save(house: House, schedule_id: str, now: datetime = MONDAY, **more: str) -> str:
    fields = typed(house, schedule_id, **more)
    return save_schedule(
        house.store, viewer=lead(house), schedule_id=schedule_id, typed=fields, seen=mark(house, schedule_id), now=now
    )


def grace_and_ben(house: House, **more: Any) -> str:
    family = house.family(now=MONDAY)
    house.member(family, GRACE, now=MONDAY)
    house.member(family, BEN, now=MONDAY, zone="America/New_York")
    return house.schedule(now=MONDAY, prompts=ORDER, rule=THREE_A_WEEK, **more)


def test_saving_does_what_was_weighed(house: House) -> None:
    schedule = grace_and_ben(house)
    house.tick(MONDAY)
    fields = typed(house, schedule, at="18:30")
    weighed = weigh(house.store, lead(house), schedule, fields, MONDAY)
    moved = weighed.effect.moved
    assert (len(moved), weighed.effect.families, weighed.effect.added, weighed.people) == (len(moved), 1, (), 2)
    assert moved and all(one.before.leaves_at - one.after.leaves_at == timedelta(minutes=30) for one in moved)  # type: ignore[union-attr,operator]  # both are there, or it has not moved
    save(house, schedule, at="18:30")
    after = preview(house.store, agency_id=house.agency_id, weeks=6, now=MONDAY)
    leaves = {(one.member_id, one.leaves_at, one.text) for one in after if one.leaves_at}
    assert {(one.after.member_id, one.after.leaves_at, one.after.text) for one in moved if one.after} <= leaves
    row = house.read(Schedule, schedule)
    assert isinstance(row, Schedule) and (row.version, row.at, row.changed_at) == (2, time(18, 30), MONDAY)


def test_weighing_writes_nothing(house: House) -> None:
    schedule = grace_and_ben(house)
    house.tick(MONDAY)
    before = [(slot.key, slot.due_at, slot.state) for slot in house.slots()]
    weigh(house.store, lead(house), schedule, typed(house, schedule, at="18:30", day_TU="on"), MONDAY)
    assert [(slot.key, slot.due_at, slot.state) for slot in house.slots()] == before
    assert mark(house, schedule) == "1.active."


def test_the_plan_of_what_is_typed_is_what_is_then_sent(house: House) -> None:
    schedule = grace_and_ben(house)
    start = EVENING - timedelta(minutes=4)  # the first text is written and has not left
    house.live(MONDAY, start)
    changed = {"at": "19:20", "day_TU": "on", "day_WE": ""}
    with house.store.read() as session:
        people = [row.member_id for row in session.execute(select(Enrolment)).scalars()]
    shown = [
        (one.leaves_at, one.text)
        for member in people
        for one in plan_of(house.store, lead(house), schedule, member, start, typed=typed(house, schedule, **changed))
        if one.leaves_at
    ]
    save(house, schedule, start, **changed)
    house.live(start, start + timedelta(weeks=6))
    late = [(due, words) for due, _, words in left(house) if due >= start]
    assert sorted(late) == sorted(one for one in shown if one[0] is not None)
    assert max(Counter(slot.key for slot in house.slots()).values()) == 1


def test_nothing_that_was_handed_over_changes(house: House) -> None:
    schedule = grace_and_ben(house)
    moment = EVENING + timedelta(minutes=5)
    house.live(MONDAY, moment)
    before = left(house)
    save(house, schedule, moment, at="19:30")
    house.live(moment, moment + timedelta(hours=3))
    assert left(house) == before and len(before) == 2


def test_a_text_of_another_language_is_never_sent_in_the_wrong_one(house: House) -> None:
    family = house.family(now=MONDAY)
    house.member(family, GRACE, now=MONDAY, language="es")
    schedule = house.schedule(now=MONDAY, prompts=["S1"], rule=THREE_A_WEEK)
    with house.store.write() as session:
        prompt = session.execute(select(Prompt).where(col(Prompt.key) == "S1")).scalar_one()
        prompt.texts = {"en": prompt.texts["en"]}
    weighed = weigh(house.store, lead(house), schedule, typed(house, schedule, at="18:00"), MONDAY)
    assert weighed.notes[0] == "No Spanish text for S1: held for the person who reads it until there is one."


def test_two_who_edit_at_once_are_told(house: House) -> None:
    schedule = grace_and_ben(house)
    seen, fields = mark(house, schedule), typed(house, schedule, at="18:00")
    save(house, schedule, at="18:30")
    with pytest.raises(Stale, match="Nothing is lost"):
        save_schedule(house.store, viewer=lead(house), schedule_id=schedule, typed=fields, seen=seen, now=MONDAY)
    row = house.read(Schedule, schedule)
    assert isinstance(row, Schedule) and row.at == time(18, 30)


def test_a_pause_holds_and_makes_up_for_nothing(house: House) -> None:
    schedule = grace_and_ben(house)
    moment = EVENING - timedelta(minutes=4)
    house.live(MONDAY, moment)
    viewer = lead(house)
    move_schedule(house.store, viewer=viewer, schedule_id=schedule, act="pause", seen=mark(house, schedule), now=moment)
    house.live(moment, moment + timedelta(days=9))
    gone = {due for due, _, _ in left(house)}
    assert all(due < moment for due in gone)  # New York's evening was before the pause
    back = moment + timedelta(days=9)
    move_schedule(house.store, viewer=viewer, schedule_id=schedule, act="resume", seen=mark(house, schedule), now=back)
    house.live(back, back + timedelta(days=2))
    keys = [key for due, key, _ in left(house) if due > back]
    assert keys and set(keys) <= {"S1", "S3"}  # it goes on where it stood
    with house.store.read() as session:
        acts = [row.act for row in session.execute(select(AuditEvent).order_by(col(AuditEvent.id))).scalars()]
    assert acts == ["schedule_paused", "schedule_active"]


def test_an_end_cancels_what_has_not_been_handed_over_and_says_why(house: House) -> None:
    schedule = grace_and_ben(house, nudge_after_s=3600)
    moment = EVENING - timedelta(minutes=4)
    house.live(MONDAY, moment)
    shown = weigh_end(house.store, lead(house), schedule, moment)
    assert shown.cancelled and not shown.moved
    end_schedule(house.store, viewer=lead(house), schedule_id=schedule, seen=mark(house, schedule), now=moment)
    assert {slot.state for slot in house.slots() if slot.due_at > moment} == {"dropped"}
    assert {slot.why for slot in house.slots(state="dropped")} == {ENDED}
    with house.store.read() as session:
        [waiting] = session.execute(select(OutboxMessage).where(col(OutboxMessage.state) == "cancelled")).scalars()
        states = set(session.execute(select(col(Enrolment.state))).scalars())
    assert waiting.reason == ENDED and states == {"ended"}
    with pytest.raises(Conflict, match="copy it"):
        save(house, schedule, moment, at="18:00")


def test_a_draft_waits_beside_what_families_get(house: House) -> None:
    schedule = grace_and_ben(house)
    house.tick(MONDAY)
    due = [slot.due_at for slot in house.slots()]
    keep_draft(
        house.store, viewer=lead(house), schedule_id=schedule, typed=typed(house, schedule, at="17:00"),
        seen=mark(house, schedule), now=MONDAY,
    )  # fmt: skip
    row = house.read(Schedule, schedule)
    assert isinstance(row, Schedule) and row.draft is not None and row.draft["words"]["at"] == "17:00"
    assert [slot.due_at for slot in house.slots()] == due
    drop_draft(house.store, viewer=lead(house), schedule_id=schedule, seen=mark(house, schedule), now=MONDAY)
    assert house.read(Schedule, schedule).draft is None  # type: ignore[attr-defined]  # it is a Schedule, as above


def test_a_new_schedule_asks_one_question_again_and_again(house: House) -> None:
    house.member(house.family(now=MONDAY), GRACE, now=MONDAY)
    fields = as_typed(words_of(Schedule(**BLANK), "only:S2"), MONDAY.date()) | {"name": "How much is left"}
    weighed = weigh(house.store, lead(house), None, fields, MONDAY)
    assert len(weighed.effect.added) > 4 and not weighed.effect.cancelled
    made = save_schedule(house.store, viewer=lead(house), schedule_id=None, typed=fields, seen="", now=MONDAY)
    house.live(MONDAY, MONDAY + timedelta(days=9), answers=True)
    assert {key for _, key, _ in left(house)} == {"S2"} and len(left(house)) >= 3
    row = house.read(Schedule, made)
    assert isinstance(row, Schedule) and (row.key, row.state) == ("how-much-is-left", "active")


BLANK: dict[str, Any] = {
    "key": "x", "name": "x", "roles": ["foster_parent"], "tags": [], "rule": THREE_A_WEEK, "at": time(19),
    "starts": date(2026, 3, 2), "closes_after_s": 48 * 3600, "send_within_s": 3600, "anchor": "calendar",
}  # fmt: skip


def test_a_copy_is_a_draft_for_nobody_yet(house: House) -> None:
    schedule = grace_and_ben(house)
    new = copy_schedule(house.store, viewer=lead(house), schedule_id=schedule, now=MONDAY)
    row = house.read(Schedule, new)
    assert isinstance(row, Schedule) and (row.state, row.rule, row.name) == ("draft", THREE_A_WEEK, "evenings (copy)")
    assert house.slots() == []


def test_what_could_not_leave_in_time_is_refused_with_the_arithmetic(house: House) -> None:
    schedule = grace_and_ben(house)
    house.change(Agency, house.agency_id, texts_per_second=0.01)
    with pytest.raises(OffFields) as refused:
        weigh(house.store, lead(house), schedule, typed(house, schedule, send_within="1"), MONDAY)
    [said] = refused.value.by_field["send_within"]
    assert said.startswith("1 text of 1 part between 17:00 and 17:01 needs 100 s at 0.01 parts a second")


def test_only_those_who_run_schedules_change_them(house: House) -> None:
    schedule = grace_and_ben(house)
    for role in (Role.CASEWORKER, Role.SUPERVISOR):
        viewer = Viewer(staff_id="", agency_id=house.agency_id, role=role, name="Mina")
        with pytest.raises(NotAllowed):
            weigh(house.store, viewer, schedule, typed(house, schedule), MONDAY)
        with pytest.raises(NotAllowed):
            end_schedule(house.store, viewer=viewer, schedule_id=schedule, seen="", now=MONDAY)
    with pytest.raises(NotYours):
        weigh(house.store, lead(house), "another", typed(house, schedule), MONDAY)


def test_weeks_that_count_from_each_persons_own_day(house: House) -> None:
    schedule = grace_and_ben(house)
    save(house, schedule, counted_from="joining", unit="day", every="3")
    late = MONDAY + timedelta(days=1)
    house.member(house.family("reyes", now=late), "+13035550113", now=late, ref="reyes")
    save(house, schedule, late, name="Evenings for all")
    house.tick(late)
    with house.store.read() as session:
        joined = {row.member_id: row.started_on for row in session.execute(select(Enrolment)).scalars()}
    days = {slot.member_id: slot.local_date for slot in reversed(house.slots())}
    for member, first in joined.items():
        assert (days[member] - first).days % 3 == 0
    assert local_instant(date(2026, 3, 3), time(19), "America/Denver") in [slot.due_at for slot in house.slots()]
    assert datetime(2026, 3, 3, tzinfo=UTC).date() in joined.values()


def test_counting_from_placement_from_now_on_does_what_was_weighed(house: House) -> None:
    """Who takes part already counts anew, too, unless a person gave them a day of their own."""
    schedule = grace_and_ben(house)
    with house.store.write() as session:
        home = session.execute(select(Family)).scalar_one()
        home.placed_on = MONDAY.date() - timedelta(days=8)
        places = {row.member_id: row for row in session.execute(select(Enrolment)).scalars()}
        chosen = places[sorted(places)[1]]
        chosen.started_on = own = MONDAY.date() - timedelta(days=3)
        chosen_id = chosen.id
    house.tick(MONDAY)
    changed = {"counted_from": "placement", "unit": "day", "every": "3"}
    fields = typed(house, schedule, **changed)
    shown = [
        one for who in sorted(places) for one in plan_of(house.store, lead(house), schedule, who, MONDAY, typed=fields)
    ]
    save(house, schedule, **changed)
    with house.store.read() as session:
        started = {row.id: (row.started_on, row.position) for row in session.execute(select(Enrolment)).scalars()}
    assert started.pop(chosen_id) == (own, 0)
    assert list(started.values()) == [(MONDAY.date() - timedelta(days=8), 3)]  # days 0, 3 and 6 have passed
    after = preview(house.store, agency_id=house.agency_id, weeks=6, now=MONDAY)
    assert said(shown) == said(after) and len(said(after)) == 2 * 7 - 3  # H1 has its own gates


def said(texts: Iterable[PlannedText]) -> list[tuple[str, datetime, str]]:
    return sorted((one.member_id, one.leaves_at, one.text) for one in texts if one.leaves_at)


def test_a_question_that_nobody_signed_is_planned_as_passed_over(house: House) -> None:
    schedule = grace_and_ben(house)
    with house.store.write() as session:
        session.execute(select(Prompt).where(col(Prompt.key) == "S1")).scalar_one().state = "draft"
        who = session.execute(select(Enrolment)).scalars().all()[0].member_id
    fields = typed(house, schedule, at="18:00")
    weighed = weigh(house.store, lead(house), schedule, fields, MONDAY)
    shown = plan_of(house.store, lead(house), schedule, who, MONDAY, typed=fields)
    assert weighed.unapproved == ("S1",) and next(one.prompt_id for one in shown if one.leaves_at) == "S3"
