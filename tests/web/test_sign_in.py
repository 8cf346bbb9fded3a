"""The door: in, out, throttled, run out, and once through a link."""

import re
from datetime import timedelta

from flask import Flask

from foster_bond.app import create_app
from foster_bond.rules.access import Role
from foster_bond.runtime import Runtime
from foster_bond.steps.keeping.hand_out_link import make_link
from tests.cast import PASSWORD, Browser, Cast
from tests.web.conftest import StandingClock

WRONG = "not this one at all"


def test_a_stranger_is_shown_to_the_door(browser: Browser) -> None:
    answer = browser.get("/")
    assert answer.status_code == 303
    assert answer.location == "/sign-in"


def test_the_first_form_of_the_door_asks_for_what_the_contract_names(browser: Browser) -> None:
    first = browser.get("/sign-in").text.split("<form", 1)[1].split("</form>", 1)[0]
    names = re.findall(r'<input[^>]* name="([^"]+)"', first)
    assert sorted(names) == ["csrf_token", "email", "password"]


def test_whoever_signs_in_goes_on_to_the_first_page(browser: Browser, cast: Cast) -> None:
    answer = browser.sign_in(cast.ada)
    assert answer.status_code == 303
    assert answer.location == "/"
    assert browser.get("/people").status_code == 200
    assert browser.get("/sign-in").location == "/"  # who is in has no business at the door


def test_a_wrong_password_and_an_unknown_address_look_alike(browser: Browser, cast: Cast) -> None:
    for email in (cast.ada.email, "nobody@harbor.example", "", "x" * 300):
        answer = browser.sign_in(email, WRONG)
        assert answer.status_code == 422
        assert "do not fit together" in answer.text
        assert WRONG not in answer.text
        assert browser.get("/people").status_code == 303


def test_the_address_counts_without_its_case(browser: Browser, cast: Cast) -> None:
    assert browser.sign_in("  ADA@Harbor.Example ", PASSWORD).status_code == 303


def test_a_session_planted_before_sign_in_is_worth_nothing(app: Flask, cast: Cast) -> None:
    browser = Browser(app)
    browser.get("/sign-in")
    before = browser.client.get_cookie("foster_bond")
    browser.sign_in(cast.ada)
    after = browser.client.get_cookie("foster_bond")
    assert before is not None and after is not None and before.value != after.value
    thief = Browser(app)
    thief.client.set_cookie("foster_bond", before.value)
    assert thief.get("/people").status_code == 303


def test_signing_out_ends_the_session_behind_a_copied_cookie(app: Flask, cast: Cast) -> None:
    browser = Browser(app)
    browser.sign_in(cast.ada)
    copied = browser.client.get_cookie("foster_bond")
    assert copied is not None
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    thief = Browser(app)
    thief.client.set_cookie("foster_bond", copied.value)
    assert thief.get("/people").status_code == 303


def test_a_session_ends_after_half_an_hour_without_its_person(
    browser: Browser, cast: Cast, clock: StandingClock
) -> None:
    browser.sign_in(cast.ada)
    clock.move(timedelta(minutes=29))
    assert browser.get("/people").status_code == 200
    clock.move(timedelta(minutes=29))
    assert browser.get("/people").status_code == 200
    clock.move(timedelta(minutes=30))
    assert browser.get("/people").status_code == 303
    assert "ran out" in browser.get("/sign-in").text


def test_a_page_that_polls_by_itself_keeps_no_session_alive(browser: Browser, cast: Cast, clock: StandingClock) -> None:
    browser.sign_in(cast.ada)
    for _ in range(2):
        clock.move(timedelta(minutes=14))
        assert browser.get("/frame/live", HX_Request="true").status_code == 200
    clock.move(timedelta(minutes=14))
    ended = browser.get("/frame/live", HX_Request="true")
    assert ended.status_code == 401  # a redirect would put the sign-in page inside the fragment
    assert ended.headers["HX-Redirect"] == "/sign-in"
    assert browser.get("/people").status_code == 303


def test_a_disabled_person_is_out_at_once(app: Flask, cast: Cast) -> None:
    tom, ada = Browser(app), Browser(app)
    tom.sign_in(cast.tom)
    ada.sign_in(cast.ada)
    assert ada.post(f"/people/{cast.tom.staff_id}/disable").status_code == 303
    assert tom.get("/frame/live").status_code == 303
    assert tom.sign_in(cast.tom).status_code == 422


def test_too_many_tries_wait_even_with_the_right_password(app: Flask, cast: Cast, clock: StandingClock) -> None:
    browser = Browser(app)
    answers = [browser.sign_in(cast.ada, WRONG).status_code for _ in range(9)]
    assert answers == [422] * 8 + [429]
    waiting = browser.sign_in(cast.ada)
    assert waiting.status_code == 429
    assert "Too many tries" in waiting.text
    assert 0 < int(waiting.headers["Retry-After"]) <= 15 * 60
    assert Browser(app, address="203.0.113.8").sign_in(cast.ada).status_code == 429  # from anywhere
    assert Browser(app).sign_in(cast.mina).status_code == 303  # and nobody else waits
    clock.move(timedelta(minutes=16))
    assert browser.sign_in(cast.ada).status_code == 303


def test_a_form_without_its_token_changes_nothing(app: Flask, cast: Cast) -> None:
    browser = Browser(app)
    browser.sign_in(cast.ada)
    refused = browser.post(f"/people/{cast.tom.staff_id}/disable", {"csrf_token": "forged"})
    assert refused.status_code == 400
    bare = browser.client.post(f"/people/{cast.tom.staff_id}/disable")
    assert bare.status_code == 400
    assert Browser(app).sign_in(cast.tom).status_code == 303


def test_the_door_itself_wants_its_token(app: Flask, cast: Cast) -> None:
    answer = app.test_client().post("/sign-in", data={"email": cast.ada.email, "password": PASSWORD})
    assert answer.status_code == 400


def test_a_link_sets_a_password_once(app: Flask, runtime: Runtime, cast: Cast, clock: StandingClock) -> None:
    link = make_link(runtime.store, viewer=cast.ada.viewer, staff_id=cast.mina.staff_id, now=clock.now())
    address = f"/password/{link.token}"
    browser = Browser(app)
    assert "mina@harbor.example" in browser.get(address).text
    unlike = browser.post(address, {"password": "nine warm lanterns drift", "again": "nine warm lanterns"})
    assert unlike.status_code == 422 and "not the same" in unlike.text
    short = browser.post(address, {"password": "short", "again": "short"})
    assert short.status_code == 422 and "too short" in short.text
    done = browser.post(address, {"password": "nine warm lanterns drift", "again": "nine warm lanterns drift"})
    assert (done.status_code, done.location) == (303, "/")
    assert browser.get("/frame/live").status_code == 200
    assert browser.get(address).status_code == 404
    assert Browser(app).sign_in(cast.mina, PASSWORD).status_code == 422
    assert Browser(app).sign_in(cast.mina, "nine warm lanterns drift").status_code == 303


def test_a_link_that_is_too_old_or_never_was_says_so(
    app: Flask, runtime: Runtime, cast: Cast, clock: StandingClock
) -> None:
    link = make_link(runtime.store, viewer=cast.ada.viewer, staff_id=cast.mina.staff_id, now=clock.now())
    clock.move(timedelta(days=4))
    browser = Browser(app)
    for token in (link.token, "never-was", "a" * 500):
        gone = browser.get(f"/password/{token}")
        assert gone.status_code == 404
        assert "has been used or is too old" in gone.text


def test_the_demo_shows_its_made_up_people_and_nobody_else_does(runtime: Runtime, cast: Cast, browser: Browser) -> None:
    demo = Browser(create_app(runtime, demo_doors=[("mina@demo.example", "a password of the demo")]))
    assert "a password of the demo" in demo.get("/sign-in").text
    assert "demo" not in browser.get("/sign-in").text


def test_every_role_comes_in(app: Flask, cast: Cast) -> None:
    for role in Role:
        browser = Browser(app)
        assert browser.sign_in(cast.harbor.one(role)).status_code == 303
        assert browser.get("/frame/live").status_code == 200
