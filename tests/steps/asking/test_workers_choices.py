"""What a named worker decides about the ladder: another prompt next, relationship prompts on or off, both on record."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.ladder_overrides import Refusal, Refused
from foster_bond.rules.ladder_state import after_step_down, from_json, to_json
from foster_bond.steps.asking.override_prompt import choose_instead, take_back
from foster_bond.steps.asking.preview_schedule import preview_family
from foster_bond.steps.asking.switch_relationship import switch_relationship
from foster_bond.store import practice
from foster_bond.store.audit import AuditEvent
from foster_bond.store.families import Family, Member
from foster_bond.store.ids import new_id
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.practice import PromptOverride
from foster_bond.store.staff import Staff
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import BEN, GRACE, House

THREE_A_WEEK = "FREQ=WEEKLY;BYDAY=MO,WE,FR"
WEEK_2 = MONDAY + timedelta(weeks=1)
ASKED_FOR_IT = "Grace asked for it on the phone"


class Home:
    """A family of one carer who answers calmly, and the worker who holds it."""

    def __init__(self, house: House, **more: object) -> None:
        self.house = house
        self.family = house.family(now=MONDAY)
        self.grace = house.member(self.family, GRACE, now=MONDAY, **more)
        self.mina = Viewer(new_id(), house.agency_id, Role.CASEWORKER, "Mina")
        with house.store.write() as session:
            session.add(
                Staff(
                    id=self.mina.staff_id, agency_id=house.agency_id, email="mina@harbor.example", name="Mina",
                    role="caseworker", created_at=MONDAY,
                )
            )  # fmt: skip
        house.change(Family, self.family, caseworker_id=self.mina.staff_id)
        house.schedule(now=MONDAY, programme="first-twelve-weeks", rule=THREE_A_WEEK)
        house.live(MONDAY, WEEK_2, answers=True)

    def choose(self, key: str, reason: str = "", now: datetime = WEEK_2) -> None:
        choose_instead(
            self.house.store, self.mina, self.family, member_id=self.grace, prompt_key=key, reason=reason, now=now,
        )  # fmt: skip

    def stands(self) -> PromptOverride:
        with self.house.store.read() as session:
            return practice.overrides_of(session, self.house.agency_id, self.family)[0]

    def acts(self) -> list[tuple[str, str | None]]:
        with self.house.store.read() as session:
            rows = session.execute(select(AuditEvent).order_by(col(AuditEvent.at), col(AuditEvent.id))).scalars()
            return [(row.act, row.detail) for row in rows if row.staff_id == self.mina.staff_id]

    def keys(self) -> list[str]:
        return [key for _, key, _ in self.house.texts()]


@pytest.fixture
def home(house: House) -> Home:
    return Home(house)


def refused(act: Callable[[], None]) -> Refusal:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.why


def test_a_step_down_is_free_used_once_and_on_record(home: Home) -> None:
    home.choose("B2")
    planned = preview_family(home.house.store, home.mina, home.family, weeks=1, now=WEEK_2)
    assert [one.prompt_id for one in planned][:2] == ["B2", "C1"]  # the next one only
    home.house.live(WEEK_2, WEEK_2 + timedelta(days=3), answers=True)
    assert home.keys()[3:] == ["B2", "C1"]  # the table goes on at its own place
    slot = home.house.slots(prompt_key="B2")[0]
    assert slot.why == "A worker chose it instead of S2."
    row = home.stands()
    assert (row.occurrence_id, row.set_by, row.taken_back_by) == (slot.id, home.mina.staff_id, None)
    assert row.ended_at is not None and row.reason is None
    assert home.acts() == [("prompt_overridden", "B2 level 0 instead of S2 level 1")]


def test_a_step_up_needs_a_reason_and_says_what_it_goes_past(home: Home) -> None:
    assert refused(lambda: home.choose("E1")) is Refusal.REASON
    home.choose("E1", ASKED_FOR_IT)
    assert refused(lambda: home.choose("B2")) is Refusal.STANDS
    home.house.live(WEEK_2, WEEK_2 + timedelta(days=1), answers=True)
    assert home.keys()[-1] == "E1"
    rules = home.house.slots(prompt_key="E1")[0].rules
    passed = [row["why"] for row in rules if row.get("passed")]
    assert "Gone past on purpose: Exploration held: not before week 3." in passed
    with home.house.store.read() as session:
        assert practice.reason_of(session, home.house.store.vault, home.stands()) == ASKED_FOR_IT
    assert ASKED_FOR_IT.encode() not in (home.stands().reason or b"")


def test_nothing_passes_an_open_alert_and_what_was_chosen_before_it_falls(home: Home) -> None:
    home.choose("E1", ASKED_FOR_IT)
    home.house.alert(home.grace, WEEK_2 + timedelta(hours=1))
    take_back(home.house.store, home.mina, home.family, home.stands().id, WEEK_2 + timedelta(hours=2))
    assert refused(lambda: home.choose("B2", "calm again", WEEK_2 + timedelta(hours=2))) is Refusal.ALERT
    home.house.live(WEEK_2, WEEK_2 + timedelta(days=1), answers=True)
    assert home.keys()[3:] == []


@pytest.mark.parametrize(("key", "goes"), [("E1", False), ("S4", True)])
def test_a_hard_day_after_it_lets_all_but_the_gentlest_fall(home: Home, key: str, goes: bool) -> None:
    home.choose(key, ASKED_FOR_IT)
    row = home.house.read(Member, home.grace)
    assert isinstance(row, Member)
    past = after_step_down(from_json(row.past), WEEK_2 + timedelta(hours=1), hard_day=True)
    home.house.change(Member, home.grace, past=to_json(past))
    home.house.live(WEEK_2, WEEK_2 + timedelta(days=1), answers=True)
    assert (home.keys()[-1] == key) is goes
    assert (home.stands().occurrence_id is not None) is goes
    assert home.stands().ended_at is not None
    if not goes:
        slot = home.house.slots(id=home.house.slots(state="written")[-1].id)[0]
        why = "What a worker chose fell to what came after it: a low number, a hard day or BASE since."
        assert slot.rules[0] == {"rule": 6, "prompt": "E1", "level": 3, "why": why}


def test_it_is_taken_back_once_and_the_rules_choose_again(home: Home) -> None:
    home.choose("B2")
    take_back(home.house.store, home.mina, home.family, home.stands().id, WEEK_2)
    over = refused(lambda: take_back(home.house.store, home.mina, home.family, home.stands().id, WEEK_2))
    assert over is Refusal.OVER
    home.house.live(WEEK_2, WEEK_2 + timedelta(days=1), answers=True)
    assert home.keys()[-1] == "S2"
    assert home.stands().taken_back_by == home.mina.staff_id
    assert [act for act, _ in home.acts()] == ["prompt_overridden", "override_taken_back"]


@pytest.mark.parametrize(
    ("key", "more", "why"),
    [
        ("T4", {}, Refusal.NOT_ON),
        ("H1", {"role": "teen"}, Refusal.UNFIT),  # not written for a teen at all
        ("P3D", {}, Refusal.UNFIT),  # written for a teen
        ("none", {}, Refusal.UNFIT),
    ],
)
def test_what_no_reason_opens(house: House, key: str, more: dict[str, object], why: Refusal) -> None:
    home = Home(house, **more)
    assert refused(lambda: home.choose(key, ASKED_FOR_IT)) is why


def test_somebody_else_reaches_none_of_it(home: Home) -> None:
    home.choose("B2")
    rex = Viewer(new_id(), home.house.agency_id, Role.CASEWORKER, "Rex")
    store, family, standing = home.house.store, home.family, home.stands().id
    for act in (
        lambda: choose_instead(store, rex, family, member_id=home.grace, prompt_key="B2", reason="", now=WEEK_2),
        lambda: take_back(store, rex, family, standing, WEEK_2),
        lambda: switch_relationship(store, rex, family, is_on=True, reason="x", now=WEEK_2),
        lambda: take_back(store, home.mina, family, new_id(), WEEK_2),
    ):
        with pytest.raises(NotYours):
            act()


def test_relationship_prompts_are_switched_by_a_name_with_a_reason(home: Home) -> None:
    def switch(is_on: bool, reason: str = "") -> None:
        switch_relationship(home.house.store, home.mina, home.family, is_on=is_on, reason=reason, now=WEEK_2)

    assert refused(lambda: switch(True)) is Refusal.REASON
    switch(True, ASKED_FOR_IT)
    assert refused(lambda: switch(True, "again")) is Refusal.NO_CHANGE
    on = home.house.read(Member, home.grace)
    assert isinstance(on, Member) and on.l5_on
    switch(False)
    off = home.house.read(Member, home.grace)
    assert isinstance(off, Member) and not off.l5_on
    assert home.acts() == [("relationship_switched", "on"), ("relationship_switched", "off")]
    with home.house.store.read() as session:
        rows = practice.switches_of(session, home.house.agency_id, home.family)
        assert sorted(practice.reason_of(session, home.house.store.vault, row) for row in rows) == ["", ASKED_FOR_IT]


def test_only_the_person_meant_gets_it(home: Home) -> None:
    home.house.member(home.family, BEN, now=MONDAY)
    home.choose("B2")
    home.house.live(WEEK_2, WEEK_2 + timedelta(days=1), answers=True)
    with home.house.store.read() as session:
        rows = session.execute(select(Occurrence).where(col(Occurrence.prompt_key) == "B2")).scalars()
        assert {row.member_id for row in rows} == {home.grace}
