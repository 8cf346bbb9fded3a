"""Moving a reply on the family's page: one press there, one press back, and the doubt said in words."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from foster_bond.runtime import Runtime
from tests.cast import GRACE, HARBOR_NUMBER, MONDAY, Browser, Cast, post_signed, post_text
from tests.past import Past, open_past
from tests.web.conftest import StandingClock


@pytest.fixture
def past(runtime: Runtime, cast: Cast) -> Past:
    return open_past(runtime.store, cast.harbor)


def page(browser: Browser, past: Past) -> str:
    return str(browser.get(f"/families/{past.family_id}").text)


@pytest.mark.parametrize("words", ["She hummed in the kitchen.", "He is beating her right now"])
def test_a_doubtful_reply_moves_with_one_press_and_back(
    app: Flask, runtime: Runtime, cast: Cast, past: Past, clock: StandingClock, words: str
) -> None:
    """Also one that stands there as an alert and nothing else."""
    clock.move(timedelta(hours=1))
    past.asked(MONDAY - timedelta(hours=20), "What was small and good?")
    past.asked(MONDAY - timedelta(hours=2), "How was today?")
    assert post_text(app, runtime.settings, GRACE, words).status_code == 200
    mina = Browser(app)
    mina.sign_in(cast.mina)
    before = page(mina, past)
    assert "may belong to" in before
    button = re.search(r'action="([^"]*/move)">.{0,200}<button name="to" value="([^"]+)">Move it there', before)
    assert button is not None
    assert mina.post(button[1], {"to": button[2]}).status_code == 303
    moved = page(mina, past)
    assert "moved here by Mina Vale" in moved and "may belong to" not in moved
    undo = re.search(r'action="([^"]*/undo)">', moved)
    assert undo is not None
    assert mina.post(undo[1], {}).status_code == 303
    assert mina.post(undo[1], {}).status_code == 409
    assert "may belong to" in page(mina, past)


def test_nothing_chosen_is_said_and_moves_nothing(app: Flask, runtime: Runtime, cast: Cast, past: Past) -> None:
    slot = past.asked(MONDAY - timedelta(hours=2), "How was today?")
    reflection = past.wrote(MONDAY, "She hummed in the kitchen.", to=slot)
    mina = Browser(app)
    mina.sign_in(cast.mina)
    answer = mina.post(f"/families/{past.family_id}/replies/{reflection}/move", {"to": ""})
    assert answer.status_code == 422 and "Say which prompt it answers." in answer.text


def test_a_picture_is_on_the_timeline_unopened(
    app: Flask, runtime: Runtime, cast: Cast, past: Past, clock: StandingClock
) -> None:
    clock.move(timedelta(hours=1))
    sid = "MM" + "7" * 32
    fields = {"MessageSid": sid, "SmsSid": sid, "From": GRACE, "To": HARBOR_NUMBER, "Body": "", "NumMedia": "2"}
    assert post_signed(app, runtime.settings, "/hooks/twilio/inbound", fields).status_code == 200
    mina = Browser(app)
    mina.sign_in(cast.mina)
    shown = page(mina, past)
    assert "a photo or video was sent, which we do not open" in shown
    assert "We can&#39;t take photos or videos here." in shown
