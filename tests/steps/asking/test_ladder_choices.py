"""The ladder over real rows: its table, what a person's replies change, and every reason kept."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from foster_bond.rules.blackout import DateKind, MarkedDate
from foster_bond.rules.ladder_state import after_step_down, from_json, to_json
from foster_bond.store import calendar_dates
from foster_bond.store.alerts import Task
from foster_bond.store.families import Member
from foster_bond.store.ids import new_id
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Programme, Prompt
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import BEN, House

THREE_A_WEEK = "FREQ=WEEKLY;BYDAY=MO,WE,FR"
TABLE = ["S1", "S2", "B1", "S2", "C1", "R3", "S2", "C4", "E6", "S2", "E1", "R1", "S2", "E3", "H5"]


def climb(house: House, *, weeks: int, answers: bool, **more: object) -> str:
    member = house.member(house.family(now=MONDAY), now=MONDAY, **more)
    house.schedule(now=MONDAY, programme="first-twelve-weeks", rule=THREE_A_WEEK)
    house.live(MONDAY, MONDAY + timedelta(weeks=weeks), answers=answers)
    return member


def keys(house: House) -> list[str]:
    return [key for _, key, _ in house.texts()]


def person(house: House, member: str) -> Member:
    row = house.read(Member, member)
    assert isinstance(row, Member)
    return row


def test_a_person_who_answers_calmly_follows_the_table(house: House) -> None:
    member = climb(house, weeks=5, answers=True)
    assert keys(house) == TABLE
    assert person(house, member).level == 4  # exploration was answered, and this week's number was a 4
    first, *_, last = house.slots(state="written")
    assert first.why == "Week 1, slot 1 of the programme."
    assert last.rules[-1] == {
        "rule": "ladder", "prompt": "H5", "level": 4, "why": "Week 5, slot 3 of the programme.",
    }  # fmt: skip


def test_silence_steps_down_then_pauses_with_a_task(house: House) -> None:
    member = climb(house, weeks=2, answers=False)
    assert keys(house)[:4] == ["S1", "S2", "B1", "S2"] and len(keys(house)) == 4
    paused = house.slots(state="dropped")[0]
    assert paused.why == "Four prompts in a row without a reply: a pause of 7 days."
    row = person(house, member)
    assert row.paused_until == paused.look_at + timedelta(days=7)
    with house.store.read() as session:
        [task] = session.execute(select(Task)).scalars()
    assert (task.kind, task.member_id, task.made_at) == ("gone_quiet", member, paused.look_at)
    assert {slot.why for slot in house.slots(state="expired")} <= {"Paused."}


def test_after_a_hard_day_the_next_is_soft_and_says_why(house: House) -> None:
    member = climb(house, weeks=4, answers=True)
    past = from_json(person(house, member).past)
    moment = MONDAY + timedelta(weeks=4, hours=-1)
    house.change(Member, member, past=to_json(after_step_down(past, moment, hard_day=True)))
    house.live(MONDAY + timedelta(weeks=4), MONDAY + timedelta(weeks=4, days=1))
    assert keys(house)[-1] in ("B2", "S5", "S6", "B3")
    why = house.slots(state="written")[-1].why
    assert why == (
        "Held after a low number, a hard day or BASE: something gentler goes first. "
        "Week 5, slot 1 of the programme, instead of S2."
    )
    assert person(house, member).level <= 4


def test_a_prompt_that_never_left_is_not_silence(house: House) -> None:
    member = house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, programme="first-twelve-weeks", rule=THREE_A_WEEK)
    now = MONDAY
    while now < MONDAY + timedelta(days=12):  # each text is written, and none of them ever leaves
        house.tick(now)
        with house.store.write() as session:
            for message in session.execute(select(OutboxMessage)).scalars():
                message.state = "expired"
        now += timedelta(minutes=30)
    assert len(keys(house)) >= 5
    assert person(house, member).paused_until is None


def test_level_five_only_where_a_worker_switched_it_on(house: House) -> None:
    family = house.family(now=MONDAY)
    house.member(family, now=MONDAY, ref="off")
    house.member(family, BEN, now=MONDAY, ref="on", l5_on=True)
    house.schedule(now=MONDAY, programme="first-twelve-weeks", rule=THREE_A_WEEK)
    house.live(MONDAY, MONDAY + timedelta(weeks=10), answers=True)
    asked: dict[str, list[str | None]] = {"off": [], "on": []}
    with house.store.read() as session:
        for slot, ref in session.execute(
            select(Occurrence, col(Member.ref)).join(Member, col(Member.id) == col(Occurrence.member_id))
            .where(col(Occurrence.state) == "written").order_by(col(Occurrence.due_at))
        ):  # fmt: skip
            asked[ref].append(slot.prompt_key)
    assert (asked["off"][-1], asked["on"][-1]) == ("C6", "T4")


def test_a_fourth_slot_of_a_week_has_no_place_in_the_table(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, programme="first-twelve-weeks", rule="FREQ=DAILY")
    house.live(MONDAY, MONDAY + timedelta(days=6), answers=True)
    assert keys(house) == ["S1", "S2", "B1"]
    assert [slot.why for slot in house.slots(state="dropped")] == [
        "Week 1, slot 4 of the programme: the table has nothing here.",
        "Week 1, slot 5 of the programme: the table has nothing here.",
        "Week 1, slot 6 of the programme: the table has nothing here.",
    ]


def test_an_agencys_own_ladder_chooses_from_its_list(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=["S1", "B1", "C1", "E1", "H1"], kind="ladder", rule=THREE_A_WEEK)
    house.live(MONDAY, MONDAY + timedelta(weeks=1), answers=True)
    assert set(keys(house)) <= {"S1", "B1", "C1"} and len(keys(house)) == 3
    held = [row for row in house.slots(state="written")[0].rules if row["rule"] == 1]
    assert [row["prompt"] for row in held] == ["E1", "H1"]


def test_a_ladder_never_uses_another_language(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY, language="es")
    with house.store.write() as session:
        for prompt in session.execute(select(Prompt)).scalars():
            prompt.texts = {"en": prompt.texts["en"]}
    house.schedule(now=MONDAY, prompts=["S1", "B1"], kind="ladder", rule=THREE_A_WEEK)
    house.live(MONDAY, MONDAY + timedelta(days=1))
    assert keys(house) == []
    assert [slot.why for slot in house.slots(state="expired")] == ["S1 has no text in this member's language yet."]


def test_a_week_is_counted_from_the_persons_own_start(house: House) -> None:
    wednesday = MONDAY + timedelta(days=2, hours=13)  # 22:00: that evening's slot is over
    house.member(house.family(now=wednesday), now=wednesday)
    house.schedule(now=wednesday, programme="first-twelve-weeks", rule=THREE_A_WEEK, starts=date(2026, 3, 2))
    house.live(wednesday, wednesday + timedelta(days=9), answers=True)
    whys = [slot.why for slot in house.slots(state="written")]
    assert whys[:3] == [f"Week 1, slot {n} of the programme." for n in (1, 2)] + ["Week 2, slot 1 of the programme."]


def test_low_moments_twice_in_a_row_call_for_a_call(house: House) -> None:
    member = climb(house, weeks=1, answers=True)
    past = from_json(person(house, member).past)
    for moment in (past.recent[-2].sent_at, past.recent[-1].sent_at):
        past = after_step_down(past, moment + timedelta(minutes=10), hard_day=True)
    house.change(Member, member, past=to_json(past))
    start: datetime = MONDAY + timedelta(weeks=1)
    house.live(start, start + timedelta(days=1))
    with house.store.read() as session:
        tasks = list(session.execute(select(Task)).scalars())
    assert [(task.kind, task.why) for task in tasks] == [("call", "Two low moments in a row: call, do not text.")]


def test_whoever_is_asked_about_visits_gets_the_weekly_number_only_in_a_visit_week(house: House) -> None:
    family = house.family(now=MONDAY)
    house.member(family, now=MONDAY)
    house.schedule(now=MONDAY, programme="first-twelve-weeks", rule=THREE_A_WEEK)
    with house.store.write() as session:
        session.add(
            Programme(
                id=new_id(), agency_id=house.agency_id, key="visits-and-hellos", name="Visits", kind="ordered",
                prompt_keys=["B1"],
            )
        )  # fmt: skip
        thursday = date(2026, 3, 12)  # of their second week
        calendar_dates.add(
            session, house.store.vault, agency_id=house.agency_id, family_id=family, note="", added_by=None, at=MONDAY,
            date_=MarkedDate(DateKind.FAMILY_VISIT, thursday, thursday),
        )  # fmt: skip
    house.schedule(now=MONDAY, programme="visits-and-hellos", key="visits", starts=date(2027, 1, 4))
    house.live(MONDAY, MONDAY + timedelta(weeks=3), answers=True)
    assert keys(house) == ["S1", "S2", "B1", "S2", "S2", "C1", "R3"]  # the second week of the table waits for the third
    assert [slot.why for slot in house.slots(state="dropped")] == [
        "Week 2, slot 2 of the programme: a visit week, in which it waits.",
        "Week 2, slot 3 of the programme: a visit week, in which it waits.",
    ]
