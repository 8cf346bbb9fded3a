"""Told in days: Grace asks to be asked later, chooses her hour, sends a photo, and takes a sentence back."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.blackbox.harbor import DENVER_EVENING, GRACE, HARBOR
from tests.cast import Browser, post_signed
from tests.stories.test_prompt_to_timeline import MINUTE, World, world

__all__ = ["world"]

HOUR, DAY = 60 * MINUTE, timedelta(days=1)
DENVER = ZoneInfo("America/Denver")


def to(world: World, moment: datetime) -> None:
    """Live on to that moment, with the clock's own beats on the way."""
    world.live_to(moment - world.clock.now())


def page(world: World) -> str:
    mina = Browser(world.app)
    mina.sign_in("mina@harbor.example")
    family = next(row.family_id for row in world.prompts())
    return str(mina.get(f"/families/{family}").text)


def test_later_brings_the_question_back_once_and_the_answer_finds_it(world: World) -> None:
    world.live_to(timedelta())
    to(world, DENVER_EVENING)
    question = world.phone(GRACE)[-1]
    to(world, DENVER_EVENING + 30 * MINUTE)
    world.answer(GRACE, "Later please")
    world.live_to(MINUTE)
    again = DENVER_EVENING + DAY
    assert world.phone(GRACE)[-1] == "OK. We will ask again: Tue 27 Oct 7:00 pm. SKIP to pass, PAUSE for a break."
    to(world, again - HOUR)
    assert world.phone(GRACE).count(question) == 1
    to(world, again + MINUTE)
    assert world.phone(GRACE).count(question) == 2
    world.answer(GRACE, "He hummed while he dried the plates.")
    world.live_to(MINUTE)
    to(world, again + 20 * HOUR)
    assert world.phone(GRACE).count(question) == 2  # never a third time
    assert [body for body in world.phone(GRACE) if "What came first" in body] == []  # one question an evening
    assert not any("No rush" in body for body in world.phone(GRACE))
    shown = page(world)
    assert "asked to be asked again later" in shown and "He hummed while he dried the plates." in shown
    assert "this came late" not in shown


def test_an_hour_of_her_own_holds_from_the_next_day_on(world: World) -> None:
    world.live_to(timedelta())
    to(world, DENVER_EVENING - 5 * MINUTE)  # tonight's question is written already
    world.answer(GRACE, "TIME 5:30 pm")
    world.live_to(timedelta())
    assert world.phone(GRACE)[-1].startswith("OK. New time for your texts: 5:30 pm.")
    to(world, DENVER_EVENING)
    for day in (1, 2):
        to(world, DENVER_EVENING + day * DAY - 99 * MINUTE)  # 5:21 pm
        to(world, DENVER_EVENING + day * DAY - 90 * MINUTE)
        to(world, DENVER_EVENING + day * DAY)
    mine = [row for row in world.prompts() if row.to_bidx == bidx(world) and row.accepted_at is not None]
    left = [f"{row.accepted_at.astimezone(DENVER):%d %H:%M}" for row in mine if row.accepted_at is not None]
    assert left == ["26 19:00", "27 17:30", "28 17:30"]  # tonight's hour had passed: nothing is lost


def bidx(world: World) -> str:
    agency = world.prompts()[0].agency_id
    return world.runtime.store.vault.blind_index(agency, GRACE)


def test_a_sentence_is_taken_back_and_the_fact_remains(world: World) -> None:
    world.live_to(timedelta())
    to(world, DENVER_EVENING + 20 * MINUTE)
    world.answer(GRACE, "I was so cross that I left the room.")
    world.live_to(MINUTE)
    assert "I was so cross" in page(world)
    world.answer(GRACE, "Delete that, please")
    world.live_to(timedelta())
    assert world.phone(GRACE)[-1].startswith("OK. Your last reply is off the page")
    shown = page(world)
    assert "I was so cross" not in shown and "They took these words back" in shown
    assert "took back their last reply" in shown


PICTURE = "We can't take photos or videos here."


def test_a_photo_stays_unopened_and_its_answer_moves_to_another_evening_and_back(world: World) -> None:
    world.live_to(timedelta())
    to(world, DENVER_EVENING)
    to(world, DENVER_EVENING + DAY)
    for words in ("", "He drew us both, holding hands."):
        post_picture(world, words)
        world.live_to(MINUTE)
    assert sum(PICTURE in body for body in world.phone(GRACE)) == 1  # told once, however many come
    mina = Browser(world.app)
    mina.sign_in("mina@harbor.example")
    family = f"/families/{next(row.family_id for row in world.prompts() if row.to_bidx == bidx(world))}"
    shown = str(mina.get(family).text)
    assert "a photo or video was sent, which we do not open" in shown
    assert "He drew us both, holding hands." in shown and "may belong to" in shown
    there = re.search(r'action="([^"]*/move)">.{0,200}<button name="to" value="([^"]+)">Move it there', shown)
    assert there is not None
    assert mina.post(there[1], {"to": there[2]}).status_code == 303
    moved = str(mina.get(family).text)
    back = re.search(r'action="([^"]*/undo)">', moved)
    assert "moved here by Mina" in moved and back is not None
    assert mina.post(back[1], {}).status_code == 303
    again = str(mina.get(family).text)
    assert "may belong to" in again and "moved here by" not in again


def post_picture(world: World, words: str) -> None:
    sid = f"MM{world.clock.now():%Y%m%d%H%M%S}".ljust(34, "0")
    fields = {"MessageSid": sid, "SmsSid": sid, "From": GRACE, "To": HARBOR, "Body": words, "NumMedia": "1"}
    assert post_signed(world.app, world.runtime.settings, "/hooks/twilio/inbound", fields).status_code == 200
