"""What stands around every signed-in page."""

import re
from datetime import timedelta

from flask import Flask

from foster_bond.runtime import Runtime
from foster_bond.steps.reading.read_frame import read_frame
from foster_bond.store import alert_calls, pulses
from foster_bond.store.alerts import Alert
from tests.cast import MONDAY, Browser, Cast
from tests.web.conftest import StandingClock


def pulse_of(browser: Browser) -> str:
    found = re.search(r'<p id="pulse"[^>]*>(.*?)</p>', browser.get("/frame/live").text, re.S)
    assert found is not None
    return " ".join(found[1].split())


def test_the_pulse_is_said_in_words(browser: Browser, runtime: Runtime, cast: Cast, clock: StandingClock) -> None:
    browser.sign_in(cast.lena)
    assert "has not ticked yet" in pulse_of(browser)
    with runtime.store.write() as session:
        pulses.beat(session, "send", clock.now(), {})
    clock.move(timedelta(seconds=8))
    assert pulse_of(browser) == "The clock last ticked 8 s ago"
    clock.move(timedelta(seconds=23))
    assert "stopped 31 s ago" in pulse_of(browser)


def test_the_frame_names_the_person_the_agency_and_that_nothing_leaves(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    page = browser.get("/people").text
    assert '<bdi>Ada</bdi><span class="agency">, <bdi>Harbor</bdi></span>' in page
    assert "No text leaves this machine" in page
    assert 'href="/people" aria-current="page"' in page


def test_the_menu_shows_only_rooms_that_a_role_may_enter(app: Flask, cast: Cast) -> None:
    menus = {}
    for person in (cast.ada, cast.lena):
        browser = Browser(app)
        browser.sign_in(person)
        menus[person.role] = set(re.findall(r'<li><a href="([^"]+)"', browser.get("/nowhere").text))
    assert "/people" in menus[cast.ada.role]
    assert "/people" not in menus[cast.lena.role]
    assert "/" in menus[cast.lena.role]


def cry_for_help(runtime: Runtime, alert_id: str) -> None:
    with runtime.store.write() as session:
        alert = session.get(Alert, alert_id)
        assert alert is not None
        alert.priority = "now"


def test_a_cry_for_help_stands_on_the_page_of_those_who_hold_the_family(runtime: Runtime, cast: Cast) -> None:
    cry_for_help(runtime, cast.harbor.ids["alert_id"])
    now = MONDAY + timedelta(minutes=7)
    for holder in (cast.mina, cast.tom, cast.ada):
        around = read_frame(runtime.store, holder.viewer, now)
        assert around.banner is not None
        assert (around.banner.family_name, around.banner.minutes) == ("Okafor", 7)
        assert around.banner.raised.words == "Mon 2 Nov, 9:00 am in Denver"
        assert around.open_alerts == 1
    for colleague in (cast.cal, cast.lena):
        assert read_frame(runtime.store, colleague.viewer, now).banner is None
    for stranger in (cast.rex, cast.eve):
        around = read_frame(runtime.store, stranger.viewer, now)
        assert around.banner is None  # theirs is for review only
        assert around.agency == "Elsewhere"


def test_who_is_called_without_the_family_is_led_to_the_alert(app: Flask, runtime: Runtime, cast: Cast) -> None:
    alert_id, family = cast.harbor.ids["alert_id"], f"/families/{cast.harbor.home.family_id}"
    cry_for_help(runtime, alert_id)
    with runtime.store.write() as session:
        alert = session.get(Alert, alert_id)
        assert alert is not None
        alert_calls.add(session, alert, cast.cal.staff_id, MONDAY)
    for person, opens in ((cast.cal, False), (cast.mina, True)):
        browser = Browser(app)
        browser.sign_in(person)
        page = browser.get("/alerts").text
        assert "Okafor" in page
        assert (f'href="{family}"' in page) is opens
        assert (f'href="/alerts#a-{alert_id}"' in page) is not opens


def test_a_cry_for_help_from_an_unknown_number_is_everybodys(runtime: Runtime, cast: Cast) -> None:
    cry_for_help(runtime, cast.harbor.ids["alert_id"])
    with runtime.store.write() as session:
        alert = session.get(Alert, cast.harbor.ids["alert_id"])
        assert alert is not None
        alert.family_id = alert.member_id = None
    for person in (cast.mina, cast.cal, cast.lena, cast.ada):
        around = read_frame(runtime.store, person.viewer, MONDAY)
        assert around.banner is not None and around.banner.family_name == ""
    assert read_frame(runtime.store, cast.rex.viewer, MONDAY).banner is None


def test_an_alert_for_review_is_counted_and_not_loud(app: Flask, runtime: Runtime, cast: Cast) -> None:
    around = read_frame(runtime.store, cast.mina.viewer, MONDAY)
    assert around.banner is None
    assert (around.open_alerts, around.looks) == (0, 1)
    browser = Browser(app)
    browser.sign_in(cast.mina)
    assert '<span class="number">1</span>' in browser.get("/").text
    cry_for_help(runtime, cast.harbor.ids["alert_id"])
    assert '<span class="count">1</span>' in browser.get("/").text
