"""The phones page: only in the demo; each phone in the hands of those who hold its family; the clock that it moves."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from foster_bond.app import create_app
from foster_bond.carriers.simulated_network import SimulatedNetwork
from foster_bond.demo.history import OwnDoor
from foster_bond.runtime import Runtime
from foster_bond.steps.keeping.carry_simulated import SealedLedger
from tests.cast import MONDAY, Browser, Cast


@dataclass
class PaperClock:
    """Notes where it was asked to go."""

    moving: bool = False
    asked: list[datetime] = field(default_factory=list)

    def move_to(self, instant: datetime) -> None:
        self.asked.append(instant)


@pytest.fixture
def paper_clock() -> PaperClock:
    return PaperClock()


@pytest.fixture
def demo_app(runtime: Runtime, cast: Cast, paper_clock: PaperClock) -> Flask:
    door = OwnDoor()
    settings = runtime.settings
    token = settings.webhook_token.get_secret_value()
    network = SimulatedNetwork(SealedLedger(runtime.store), public_url=settings.public_url, token=token, post=door)
    app = create_app(replace(runtime, network=network), demo_clock=paper_clock)
    door.client = app.test_client()
    return app


@pytest.fixture
def mina(demo_app: Flask, cast: Cast) -> Browser:
    browser = Browser(demo_app)
    browser.sign_in(cast.mina)
    return browser


def phone_of(cast: Cast, name: str) -> str:
    return cast.harbor.home.members[name]


def test_outside_the_demo_there_are_no_phones(app: Flask, cast: Cast) -> None:
    browser = Browser(app)
    browser.sign_in(cast.ada)
    assert browser.get("/phones").status_code == 404
    assert "/phones" not in browser.get("/").text


def test_phones_are_for_people_who_are_signed_in(demo_app: Flask) -> None:
    answer = Browser(demo_app).get("/phones")
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_a_caseworker_holds_the_phones_of_her_families_and_a_stranger_none_of_them(
    mina: Browser, demo_app: Flask, cast: Cast
) -> None:
    page = mina.get("/phones").text
    assert "Grace" in page
    assert "+1 303-555-0111" in page
    assert "Ivo" not in page
    colleague = Browser(demo_app)
    colleague.sign_in(cast.cal)
    assert "Grace" not in colleague.get("/phones").text
    assert colleague.post(f"/phones/{phone_of(cast, 'Grace')}/answer", {"body": "Not mine"}).status_code == 404
    stranger = Browser(demo_app)
    stranger.sign_in(cast.rex)
    assert "Grace" not in stranger.get("/phones").text
    assert stranger.post(f"/phones/{phone_of(cast, 'Grace')}/answer", {"body": "Not mine"}).status_code == 404
    assert "Not mine" not in mina.get("/phones").text


def test_an_answer_comes_in_through_the_signed_webhook_and_shows_on_phone_and_timeline(
    mina: Browser, cast: Cast
) -> None:
    mina.get("/phones")
    answer = mina.post(f"/phones/{phone_of(cast, 'Grace')}/answer", {"body": "She laughed <b>today</b>."})
    assert (answer.status_code, answer.location) == (303, "/phones")
    assert "She laughed &lt;b&gt;today&lt;/b&gt;." in mina.get("/phones").text
    assert "She laughed &lt;b&gt;today&lt;/b&gt;." in mina.get(f"/families/{cast.harbor.home.family_id}").text


def test_the_words_stop_and_start_change_what_the_phone_offers(mina: Browser, cast: Cast) -> None:
    grace = phone_of(cast, "Grace")
    offered = re.compile(r'name="body" value="(STOP|START)"')
    assert offered.findall(mina.get("/phones").text) == ["STOP", "STOP"]
    mina.post(f"/phones/{grace}/answer", {"body": "STOP"})
    assert sorted(offered.findall(mina.get("/phones").text)) == ["START", "STOP"]
    mina.post(f"/phones/{grace}/answer", {"body": "START"})
    assert offered.findall(mina.get("/phones").text) == ["STOP", "STOP"]


@pytest.mark.parametrize(("body", "said"), [("", "Type something first."), ("x" * 1601, "at most 1,600 characters")])
def test_an_answer_that_is_none_is_said_beside_its_field(mina: Browser, cast: Cast, body: str, said: str) -> None:
    mina.get("/phones")
    answer = mina.post(f"/phones/{phone_of(cast, 'Ben')}/answer", {"body": body}, HX_Request="true")
    assert answer.status_code == 422
    assert said in answer.text
    assert answer.text.lstrip().startswith("<div id=")


def test_a_poll_answers_204_until_something_is_new(mina: Browser, cast: Cast) -> None:
    page = mina.get("/phones").text
    seen = re.search(r"threads\?seen=(\w+)", page)
    assert seen is not None
    assert mina.get(f"/phones/threads?seen={seen[1]}", HX_Request="true").status_code == 204
    mina.post(f"/phones/{phone_of(cast, 'Ben')}/answer", {"body": "Home late."})
    fresh = mina.get(f"/phones/threads?seen={seen[1]}", HX_Request="true")
    assert fresh.status_code == 200
    assert "Home late." in fresh.text


def test_the_clock_moves_by_an_hour_a_day_and_not_by_other_words(
    mina: Browser, paper_clock: PaperClock, cast: Cast
) -> None:
    mina.get("/phones")
    for words in ("hour", "day", "year", "next"):
        assert mina.post("/phones/move", {"by": words}).status_code == 303
    assert paper_clock.asked == [MONDAY + timedelta(hours=1), MONDAY + timedelta(days=1)]  # nothing is planned here


def test_a_clock_on_its_way_says_so_and_its_buttons_wait(mina: Browser, paper_clock: PaperClock) -> None:
    paper_clock.moving = True
    page = mina.get("/phones").text
    assert "The clock is moving on" in page
    assert re.search(r"<button disabled>An hour on", page)
