"""The promise: prompts climb one rung at a time, step down at once, fall silent before they nag, and climb again.

Told in weeks, in Denver, on Monday, Wednesday and Friday evenings at seven, by the shipped twelve weeks.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from foster_bond import library
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.ladder_state import after_step_down, from_json, to_json
from foster_bond.steps.asking.switch_relationship import switch_relationship
from foster_bond.store.alerts import Task
from foster_bond.store.families import Member
from foster_bond.store.ids import new_id
from foster_bond.store.staff import Staff
from tests.steps.asking.house import House, open_house

MONDAY = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # 9:00 in Denver
WEEK = timedelta(weeks=1)
GENTLE = {"B2", "S5", "S6", "B3"}


@pytest.fixture
def harbor(sqlite_url: str) -> Iterator[House]:
    house = open_house(sqlite_url, MONDAY)
    yield house
    house.store.close()


class Grace:
    """A carer on the twelve weeks. `lives` is answered or not; `says` is what a hard text or BASE does."""

    def __init__(self, house: House) -> None:
        self.house, self.now = house, MONDAY
        self.family = house.family(now=MONDAY)
        self.id = house.member(self.family, now=MONDAY)
        house.schedule(now=MONDAY, programme="first-twelve-weeks", rule="FREQ=WEEKLY;BYDAY=MO,WE,FR")

    def lives(self, weeks: float, *, answers: bool) -> list[str]:
        """That long, and what was asked meanwhile."""
        before = len(self.house.texts())
        until = self.now + weeks * WEEK
        self.house.live(self.now, until, answers=answers)
        self.now = until
        return [key for _, key, _ in self.house.texts()[before:]]

    def says(self, *, hard_day: bool) -> None:
        past = after_step_down(from_json(self.row().past), self.now, hard_day=hard_day)
        self.house.change(Member, self.id, past=to_json(past))

    def row(self) -> Member:
        row = self.house.read(Member, self.id)
        assert isinstance(row, Member)
        return row

    def last_why(self) -> str:
        return self.house.slots(state="written")[-1].why or ""


def test_climb_hard_day_base_silence_and_up_again(harbor: House) -> None:
    grace = Grace(harbor)
    assert grace.lives(2, answers=True) == ["S1", "S2", "B1", "S2", "C1", "R3"]  # nothing asks about the child's mind
    assert grace.lives(2, answers=True) == ["S2", "C4", "E6", "S2", "E1", "R1"]  # exploration, two at the most
    assert grace.lives(1, answers=True) == ["S2", "E3", "H5"]  # the first challenge, in week 5
    assert grace.row().level == 4

    grace.says(hard_day=True)  # on Monday morning, before the prompt
    asked = grace.lives(1, answers=True)
    assert asked[0] in GENTLE and not {"H1", "H2", "H3", "H4", "H5", "H6"} & set(asked)
    assert grace.row().level == 4  # the rung stays open; the gate rests

    grace.says(hard_day=False)  # BASE
    asked = grace.lives(1, answers=True)  # week 7 holds a challenge: it becomes what the table names instead
    assert asked[0] in GENTLE and asked[2] == "S3"
    assert "Challenging held: a low number, a hard day or BASE less than 7 days ago." in grace.last_why()

    silent = grace.lives(2, answers=False)
    assert len(silent) == 4  # two unanswered, then gentle ones, then nothing
    assert [library.prompts()[key].level for key in silent[2:]] == [1, 1]
    with harbor.store.read() as session:
        tasks = [(task.kind, task.why) for task in session.execute(select(Task)).scalars()]
    assert tasks == [
        ("gone_quiet", "Four prompts in a row without a reply: texts pause for 7 days. Please get in touch.")
    ]
    paused = grace.row().paused_until
    assert paused is not None and paused > grace.now - WEEK

    asked = grace.lives(2.5, answers=True)  # she comes back: gentle first, then her own place in the table
    assert asked[0] in GENTLE | {"S2"} and "S2" in asked and grace.row().level >= 3


def test_the_last_rung_opens_by_a_name_and_closes_again(harbor: House) -> None:
    mina = Viewer(new_id(), harbor.agency_id, Role.ADMIN, "Mina")
    with harbor.store.write() as session:
        session.add(
            Staff(
                id=mina.staff_id, agency_id=harbor.agency_id, email="mina@harbor.example", name="Mina", role="admin",
                created_at=MONDAY,
            )
        )  # fmt: skip
    grace = Grace(harbor)
    grace.lives(9, answers=True)
    switch_relationship(harbor.store, mina, grace.family, is_on=True, reason="She asks about it", now=grace.now)
    assert grace.lives(1, answers=True)[2] == "T4"  # where week 10 has C6 for everybody else
    grace.lives(1, answers=True)
    switch_relationship(harbor.store, mina, grace.family, is_on=False, reason="", now=grace.now)
    assert not {"T1", "T2", "T3", "T5"} & set(grace.lives(2, answers=True))
