"""An ordered programme: four in a row without an answer rest the person a week, and one that repeats never ends."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from foster_bond import library
from foster_bond.store.alerts import Task
from foster_bond.store.families import Member
from foster_bond.store.prompts import Programme
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import BEN, House

ORDER = ["S1", "S3", "S4", "S6", "C1", "C2"]


def test_four_unanswered_in_a_row_pause_a_week_and_tell_the_caseworker(house: House) -> None:
    member = house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=DAILY;INTERVAL=2")
    house.live(MONDAY, MONDAY + timedelta(days=18))
    assert [due.astimezone(ZoneInfo("America/Denver")).day for due, _, _ in house.texts()] == [2, 4, 6, 8, 18]
    assert [key for _, key, _ in house.texts()][:5] == ORDER[:5]  # nothing of the programme is lost
    with house.store.read() as session:
        [task] = session.execute(select(Task)).scalars()
        assert (task.kind, task.member_id) == ("gone_quiet", member)


def test_answers_keep_it_going(house: House) -> None:
    member = house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=DAILY;INTERVAL=2")
    house.live(MONDAY, MONDAY + timedelta(days=12), answers=True)
    assert len(house.texts()) == 6
    row = house.read(Member, member)
    assert isinstance(row, Member) and row.paused_until is None


def test_one_that_repeats_begins_again_after_its_last_prompt(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=["S1", "S3"], rule="FREQ=DAILY;INTERVAL=2")
    with house.store.write() as session:
        programme = session.execute(select(Programme).where(Programme.key == "p-evenings")).scalar_one()
        programme.facts = {"repeats": True}
    house.live(MONDAY, MONDAY + timedelta(days=10), answers=True)
    assert [key for _, key, _ in house.texts()] == ["S1", "S3", "S1", "S3", "S1"]


def test_a_table_with_a_column_for_each_role_asks_everybody_only_theirs(house: House) -> None:
    """The shipped restart: three weeks, three texts to a carer, and three others to a teen."""
    shipped = library.programmes()["gentle-restart"]
    rows = [
        {"week": week.week, "slot": one.slot, "roles": list(one.roles), "prompt": one.prompt}
        for week in shipped.weeks
        for one in week.slots
    ]
    home = house.family(now=MONDAY)
    carer, teen = house.member(home, now=MONDAY), house.member(home, BEN, now=MONDAY, role="teen")
    house.schedule(now=MONDAY, prompts=[str(row["prompt"]) for row in rows], rule="FREQ=WEEKLY;BYDAY=MO")
    with house.store.write() as session:
        session.execute(select(Programme).where(Programme.key == "p-evenings")).scalar_one().slots = rows
    house.live(MONDAY, MONDAY + timedelta(weeks=5), answers=True)
    asked = {who: [slot.prompt_key for slot in house.slots(member_id=who, state="written")] for who in (carer, teen)}
    assert asked == {carer: ["N5", "B1", "S2"], teen: ["N5", "TN1", "TN2"]}
