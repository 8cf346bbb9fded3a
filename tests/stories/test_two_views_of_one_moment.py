"""The promise: the own side first, a guess at the other's a day later and only after an answer; asking beats guessing.

Told in days, in November 2026, in Denver: Grace, the teen Kai and Kai's mother Lena, each on a phone of their own.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta

import pytest

from foster_bond import library
from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules.flow_offer import Refusal
from foster_bond.rules.ladder_state import from_json
from foster_bond.rules.states import Consent
from foster_bond.steps.asking.offer_flow import NotOffered
from foster_bond.steps.keeping.clear_member import confirm_clearance, take_back_clearance
from foster_bond.steps.keeping.record_consent import ask_by_text
from foster_bond.steps.reading.read_activities import read_activities
from foster_bond.store.families import Member
from foster_bond.store.ids import new_id
from foster_bond.store.prompts import Programme
from tests.steps.asking.house import GRACE, open_house
from tests.stories.flow_evenings import Evenings, on

KAI, LENA = "+13035550113", "+13035550114"
HOUR = timedelta(hours=1)


@pytest.fixture
def home(database_url: str) -> Iterator[Evenings]:
    evenings = Evenings(open_house(database_url, on(1, 12)))
    evenings.move_in(on(2, 9))
    evenings.join(GRACE, on(2, 9), child_word="the teen")
    yield evenings
    evenings.house.store.close()


def teen(home: Evenings, **more: object) -> str:
    return home.join(KAI, on(2, 9), role="teen", age_band="13-17", **more)


def test_a_week_with_both_sides(home: Evenings) -> None:
    teen(home, cleared_at=on(1, 12))
    assert home.offer("P3", on(2, 11)).beside == 1
    home.soon(on(2, 11))
    assert (home.texts(), home.texts(KAI)) == (["P3A"], ["TN4"])
    home.say("I was scared she would be up all night", on(2, 12))
    home.say("GO", on(2, 12, 1), KAI)  # no journey: an ordinary reply
    home.pass_by(on(2, 12, 1), on(3, 10, 59), HOUR)
    assert "P3B" not in home.texts() and "P3D" not in home.texts(KAI)  # a day lies between
    home.pass_by(on(3, 11), on(3, 14), HOUR)
    assert (home.texts(), home.texts(KAI)) == (["P3A", "ACK", "P3B"], ["TN4", "ACK", "P3D"])
    home.say("maybe it is where her friends are; maybe it is the only quiet place", on(3, 15))
    home.say("that they ask me first", on(3, 16), KAI)
    page = read_activities(home.house.store, home.boss, home.family, on(4, 9))
    (moment,) = page.shared
    assert [(side.letter, side.role) for side in moment.sides] == [
        ("A", "foster_parent"), ("B", "foster_parent"), ("D", "teen"),
    ]  # fmt: skip
    said = " ".join(home.words(GRACE))
    assert "ask me first" not in said and "scared" not in " ".join(home.words(KAI))  # nobody is shown the other's


def test_without_an_answer_nobody_is_asked_to_guess(home: Evenings) -> None:
    home.offer("P2", on(2, 11))
    home.pass_by(on(2, 11), on(8, 12), 2 * HOUR)
    assert home.texts() == ["P2A"] and [run.state for run in home.runs()] == ["expired"]


def test_base_after_the_own_side_makes_the_guess_wait_for_something_softer(home: Evenings) -> None:
    home.offer("P2", on(2, 11))
    home.soon(on(2, 11))
    home.say("relief", on(2, 12))
    home.say("BASE", on(2, 22))  # in the night, outside a journey
    home.pass_by(on(2, 22), on(4, 19), HOUR)
    assert home.texts() == ["P2A", "ACK", "K13"]
    assert from_json(home.house.read(Member, home.members[GRACE]).past).stepped_down_at == on(2, 22)  # type: ignore[attr-defined]


def test_the_other_is_left_in_peace_where_one_thing_is_missing(home: Evenings) -> None:
    teen(home, consent=Consent.STOPPED, cleared_at=on(1, 12))
    assert home.offer("P3", on(2, 11)).beside == 0
    home.soon(on(2, 11))
    assert (home.texts(), home.texts(KAI)) == (["P3A"], [])


def test_a_teen_is_asked_nothing_before_custody_assent_and_who_reads_stand(home: Evenings) -> None:
    kai = teen(home, cleared_at=None)
    home.house.schedule(now=on(1, 12), prompts=("TN1", "TN3", "TN4"), key="teens", roles=["teen"])
    home.house.live(on(2, 9), on(4, 21))
    assert home.texts(KAI) == []
    store, boss = home.house.store, home.boss
    with pytest.raises(InvalidInput):
        confirm_clearance(store, boss, kai, ["contact"], date(2026, 11, 4), on(5, 9))  # not what a teen needs
    with pytest.raises(InvalidInput):
        confirm_clearance(store, boss, kai, ["assent"], date(2026, 11, 9), on(5, 9))  # a day that lies ahead
    confirm_clearance(store, boss, kai, ["custody", "assent"], date(2026, 11, 4), on(5, 9))
    home.house.live(on(5, 9), on(5, 21))
    assert home.texts(KAI) == []  # nobody has told them who reads
    confirm_clearance(store, boss, kai, ["who_reads"], date(2026, 11, 5), on(6, 9))
    home.house.live(on(6, 9), on(7, 21))
    assert home.texts(KAI) == ["TN1", "TN3"]
    take_back_clearance(store, boss, kai, "assent", on(8, 9))
    home.house.live(on(8, 9), on(12, 21))
    assert home.texts(KAI) == ["TN1", "TN3"]
    home.house.schedule(now=on(8, 12), prompts=("S1",), key="carers", roles=["foster_parent"])  # Grace goes on


def test_a_birth_parent_takes_part_once_a_named_worker_has_seen_that_no_order_forbids_it(home: Evenings) -> None:
    lena = home.join(LENA, on(2, 9), role="birth_parent", cleared_at=None, consent=Consent.NONE)
    with pytest.raises(Conflict, match="no order forbids contact"):
        ask_by_text(home.house.store, home.boss, lena, on(2, 10))
    confirm_clearance(home.house.store, home.boss, lena, ["contact"], date(2026, 11, 2), on(2, 11))
    ask_by_text(home.house.store, home.boss, lena, on(2, 12))
    home.say("YES", on(2, 13), LENA)
    home.house.carry(on(2, 13))
    assert home.offer("P5", on(3, 11)).beside == 1
    home.soon(on(3, 11))
    assert "S5" in home.texts(LENA)  # something calm goes before the direct question
    take_back_clearance(home.house.store, home.boss, lena, "contact", on(3, 12))
    home.pass_by(on(3, 12), on(6, 12), 2 * HOUR)
    assert "P5D" not in home.texts(LENA)


def test_a_home_without_a_teen_is_not_asked_about_the_phone_rule(home: Evenings) -> None:
    home.house.change(Member, home.members[GRACE], child_word="little one")
    with pytest.raises(NotOffered) as refused:
        home.offer("P3", on(2, 11))
    assert refused.value.refusal is Refusal.HOME


def take_up_same_moment(home: Evenings) -> None:
    """The shipped table, as an agency takes it up."""
    shipped = library.programmes()["same-moment"]
    rows = [
        {"week": week.week} | {name: value for name, value in asdict(slot).items() if value is not None}
        for week in shipped.weeks
        for slot in week.slots
    ]
    with home.house.store.write() as session:
        session.add(Programme(
            id=new_id(), agency_id=home.house.agency_id, key=shipped.id, name=shipped.name, kind="ordered", slots=rows,
            prompt_keys=[row["prompt"] for row in rows], facts={},
        ))  # fmt: skip


def test_in_the_shipped_programme_second_waits_for_an_answer_to_first(home: Evenings) -> None:
    take_up_same_moment(home)
    home.house.schedule(
        now=on(1, 12) - timedelta(weeks=5), programme="same-moment", rule="FREQ=WEEKLY;BYDAY=TU,TH", key="same",
        roles=["foster_parent"],
    )  # fmt: skip
    home.house.live(on(2, 9), on(20, 21))  # Grace answers nothing
    assert [text for text in home.texts() if text.endswith("B")] == []
    held = [rule for slot in home.house.slots() for rule in slot.rules if rule.get("rule") == 9]
    assert held and all("own side" in str(rule["why"]) for rule in held)
