"""The promise: a Dream Journey goes at the person's own pace, and BASE is never a failure.

Told in days, in November 2026, in Denver; Grace has been writing for five weeks.
"""

from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from foster_bond.errors import NotYours
from foster_bond.rules.flow_offer import Refusal
from foster_bond.steps.asking.offer_flow import NotOffered, take_back_offer
from foster_bond.store.families import Member
from foster_bond.store.inbound import Reflection
from tests.steps.asking.house import BEN, GRACE, open_house
from tests.stories.flow_evenings import Evenings, on


@pytest.fixture
def home(database_url: str) -> Iterator[Evenings]:
    house = open_house(database_url, on(1, 12))
    evenings = Evenings(house)
    evenings.move_in(on(2, 9))
    evenings.join(GRACE, on(2, 9))
    yield evenings
    house.store.close()


def walk_to(home: Evenings, step: int, day: int = 2) -> None:
    """Grace on the way, with D<step> on her phone at ten past eleven."""
    home.offer("dream_journey", on(day, 11))
    at = home.soon(on(day, 11))
    for number in range(1, step):
        home.say(f"answer {number}", at)
        at = home.soon(at)
    assert home.texts()[-1] == f"D{step}"


def test_from_the_safe_place_and_back_in_one_morning(home: Evenings) -> None:
    walk_to(home, 5)
    home.say("a slow breakfast", on(2, 12))
    home.soon(on(2, 12))
    assert home.texts() == ["D1", "D2", "D3", "D4", "D5", "ACK"]
    assert home.filed() == {"D1": 1, "D2": 1, "D3": 1, "D4": 1, "D5": 1}
    assert [(run.state, run.why) for run in home.runs()] == [("done", "finished")]


def test_a_second_part_and_a_copy_lead_nowhere_new(home: Evenings) -> None:
    walk_to(home, 2)
    at = on(2, 11, 30)
    home.say("a lake", at, sid="SM-lake")
    home.say("a lake", at, sid="SM-lake")  # the carrier tells it twice
    home.say("and pines", at + timedelta(seconds=5))
    home.soon(at)
    assert home.texts() == ["D1", "D2", "D3"]
    assert home.filed() == {"D1": 1, "D2": 2}


def test_base_in_the_middle_of_the_night_and_on_in_the_morning(home: Evenings) -> None:
    walk_to(home, 2)
    home.say("trees and a fire", on(2, 21, 30))  # polite hours ended at eight
    home.pass_by(on(2, 21, 30), on(2, 21, 31))
    assert home.texts()[-1] == "D-BASE"
    home.say("SIGO", on(3, 2))  # Spanish words are live for everybody
    home.pass_by(on(3, 2), on(3, 2, 1))
    assert home.texts()[-2:] == ["D-BASE", "D-BASE"]
    home.pass_by(on(3, 8), on(3, 10), timedelta(minutes=10))
    assert home.texts()[-1] == "D-BASE"  # nothing comes that nobody asked for
    home.say("go", on(3, 10, 30))
    home.soon(on(3, 10, 30))
    assert home.texts()[-1] == "D3"
    home.say("Base!", on(3, 10, 40))
    home.soon(on(3, 10, 40))
    home.say("Go on", on(3, 12))
    home.soon(on(3, 12))
    assert home.texts()[-2:] == ["D-BASE", "D3"]
    home.say("tired but warm", on(3, 12, 5))
    home.soon(on(3, 12, 5))
    assert home.texts()[-1] == "D4"
    past = home.house.read(Member, home.members[GRACE]).past  # type: ignore[attr-defined]
    assert past["stepped_down_at"] is not None  # BASE steps the ladder down for what comes after


def test_after_a_hard_day_nobody_looks_through_the_childs_eyes(home: Evenings) -> None:
    walk_to(home, 3)
    home.say("I am at my limit, I was crying all day", on(2, 12))
    home.soon(on(2, 12))
    assert home.texts()[-1] == "D-BASE"
    home.say("GO", on(2, 12, 30))
    home.soon(on(2, 12, 30))
    assert home.texts()[-1] == "D5"
    assert "D4" not in home.texts()


@pytest.mark.parametrize(
    ("words", "answer", "why"),
    [("DONE", "ACK", "word"), ("skip", "ACK", "word"), ("STOP", "STOP", "stop"), ("Pausa", "PAUSE", "pause")],
)
def test_a_word_ends_it_and_no_step_follows(home: Evenings, words: str, answer: str, why: str) -> None:
    walk_to(home, 2)
    home.say("a lake", on(2, 12))
    home.say(words, on(2, 12, 0, 5))
    home.pass_by(on(2, 12), on(2, 12, 5))
    assert home.texts() == ["D1", "D2", answer]
    assert home.runs()[0].why == why


def test_a_cry_for_help_ends_it_and_the_crisis_text_is_the_answer(home: Evenings) -> None:
    walk_to(home, 3)
    home.say("I want to kill myself", on(2, 12))
    home.soon(on(2, 12))
    assert home.texts()[-1].startswith("CRISIS") and "D-BASE" not in home.texts() and "D4" not in home.texts()
    assert home.runs()[0].why == "alert"
    with pytest.raises(NotOffered) as refused:
        home.offer("dream_journey", on(2, 13))
    assert refused.value.refusal is Refusal.ALERT


def test_two_days_of_silence_close_it_and_a_late_reply_hears_so_kindly(home: Evenings) -> None:
    walk_to(home, 2)
    home.pass_by(on(2, 12), on(4, 15), timedelta(hours=1))
    assert [run.state for run in home.runs()] == ["expired"]
    home.say("GO", on(4, 16))  # an ordinary reply now: nothing is open
    home.soon(on(4, 16))
    assert home.texts() == ["D1", "D2", "FLOW-EXPIRED"] and home.filed() == {"D1": 1, "D2": 1}


def test_later_asks_the_same_step_once_more(home: Evenings) -> None:
    walk_to(home, 2)
    home.say("later", on(2, 12))
    home.pass_by(on(2, 12), on(2, 14, 2), timedelta(minutes=1))
    assert home.texts() == ["D1", "D2", "K1", "D2"]


def test_it_is_not_begun_in_the_last_two_hours_of_the_evening(home: Evenings) -> None:
    due = home.offer("dream_journey", on(2, 18, 30)).due_at
    assert due == on(3, 9)
    home.pass_by(on(2, 18, 30), on(3, 8, 59), timedelta(minutes=10))
    assert home.texts() == []
    home.soon(on(3, 9))
    assert home.texts() == ["D1"]


def test_the_first_step_counts_as_the_prompt_of_the_day(home: Evenings) -> None:
    home.house.schedule(now=on(2, 9) - timedelta(weeks=4), prompts=("S1", "S3", "S5"))
    walk_to(home, 2)
    home.house.live(on(2, 12), on(2, 23))
    assert "S1" not in home.texts()  # one prompt a day is the most, over all programmes


def test_who_may_not_be_offered_it(home: Evenings) -> None:
    new = home.house.member(home.family, BEN, now=on(2, 9), ref="new")
    teen = home.join("+13035550113", on(2, 9), role="teen", age_band="13-17", cleared_at=on(2, 9))
    home.join("+13035550114", on(2, 9), role="birth_parent", cleared_at=on(2, 9))
    home.join("+13035550115", on(2, 9), role="kin_carer", age_band="11-12")
    home.members[BEN] = new
    found = {}
    for number in (BEN, "+13035550113", "+13035550114", "+13035550115"):
        with pytest.raises(NotOffered) as refused:
            home.offer("dream_journey", on(2, 11), number)
        found[number[-3:]] = refused.value.refusal
    assert found == {"112": Refusal.RUNG, "113": Refusal.WORKER, "114": Refusal.ROLE, "115": Refusal.UNDER_13}
    assert teen


def test_a_teen_walks_to_the_safe_place_with_a_worker_beside_them_and_no_further(home: Evenings) -> None:
    kai = "+13035550113"
    home.join(kai, on(2, 9), role="teen", age_band="13-17", cleared_at=on(2, 9))
    with pytest.raises(NotOffered):
        home.offer("dream_journey", on(2, 19), kai, with_worker=True)  # the worker is there now, the evening is not
    home.offer("dream_journey", on(2, 11), kai, with_worker=True)
    at = home.soon(on(2, 11))
    for words in ("the roof", "stars"):
        home.say(words, at, kai)
        at = home.soon(at)
    assert home.texts(kai) == ["D1", "D2", "ACK"]


def test_one_at_a_time_and_a_worker_may_take_it_back(home: Evenings) -> None:
    run = home.offer("dream_journey", on(2, 18, 30)).run_id
    with pytest.raises(NotOffered) as refused:
        home.offer("dream_journey", on(2, 18, 31))
    assert refused.value.refusal is Refusal.OPEN
    take_back_offer(home.house.store, home.boss, home.family, run, on(2, 18, 40))
    home.pass_by(on(3, 9), on(3, 10), timedelta(minutes=5))
    assert home.texts() == []
    with pytest.raises(NotYours):
        take_back_offer(home.house.store, home.boss, home.family, run, on(3, 10))


def test_a_programme_may_begin_it_and_never_late_in_the_evening(home: Evenings) -> None:
    begun = on(2, 9) - timedelta(weeks=5)
    home.house.schedule(now=begun, prompts=("D1", "S1"), at=time(11), starts=begun.date())
    home.house.live(on(2, 9), on(2, 11, 1))
    assert home.texts() == ["D1"]
    home.say("an old tree", on(2, 11, 5))
    home.soon(on(2, 11, 5))
    home.say("BASE", on(2, 22))
    home.pass_by(on(2, 22), on(2, 22, 1))
    assert home.texts() == ["D1", "D2", "D-BASE"] and home.filed() == {"D1": 1}
    home.house.live(on(2, 22), on(3, 12))
    assert home.texts()[-1] == "S1"  # its programme goes on beside it
    with home.house.store.read() as session:
        assert [row.occurrence_id is not None for row in session.execute(select(Reflection)).scalars()] == [True]


def test_a_slot_in_the_last_two_hours_passes_it_over(home: Evenings) -> None:
    begun = on(2, 9) - timedelta(weeks=5)
    home.house.schedule(now=begun, prompts=("D1", "S1"), at=time(19), starts=begun.date())
    home.house.live(on(2, 9), on(2, 21))
    assert home.texts() == ["S1"]
