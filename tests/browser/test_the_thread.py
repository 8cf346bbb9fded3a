"""The thread, door to door in a browser: a prompt leaves, somebody answers it, the caseworker reads the answer."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.in_order, pytest.mark.timeout(300)]

ANSWER = "She asked me to stay until the song was over, so I stayed."
PATIENT = 60_000  # milliseconds; the machine may be busy, and the clock jumps by itself


def test_a_prompt_arrives_is_answered_and_is_read_on_the_timeline(page: Page, demo: Running) -> None:
    demo.sign_in(page, "mina")
    page.get_by_role("link", name="Phones").click()
    phone = page.get_by_role("region", name="Phone of Joan")
    arrived = phone.locator(".bubble:not(.mine)")
    before = arrived.count()
    clock = page.get_by_role("region", name="The virtual clock")
    expect(clock).to_contain_text(re.compile("Mon|Tue|Wed|Thu|Fri|Sat|Sun"))

    clock.get_by_role("button", name="To the next text").click()
    expect(arrived).to_have_count(before + 1, timeout=PATIENT)  # live: nobody reloads the page
    expect(clock).to_contain_text("6:00 pm in Denver")
    prompt = arrived.last.locator("p").first.inner_text()

    phone.get_by_label("Answer as Joan").fill(ANSWER)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.locator(".bubble.mine").last).to_contain_text(ANSWER, timeout=PATIENT)
    expect(phone.get_by_label("Answer as Joan")).to_have_value("")

    phone.get_by_role("link", name="Brandt").click()
    moment = page.locator("article, .moment").filter(has_text=ANSWER).first
    expect(moment.locator("blockquote")).to_have_text(ANSWER)
    expect(moment).to_contain_text(prompt)
    expect(moment).to_contain_text("Joan")


def test_a_day_goes_by_and_nobody_is_signed_out(page: Page, demo: Running) -> None:
    demo.sign_in(page, "tom")
    page.goto(f"{demo.url}/phones")
    clock = page.get_by_role("region", name="The virtual clock")
    now = clock.locator("time").first
    before = now.get_attribute("datetime")
    clock.get_by_role("button", name="A day on").click()
    expect(now).not_to_have_attribute("datetime", before or "", timeout=PATIENT)
    expect(clock).not_to_contain_text("The clock is moving on", timeout=PATIENT)
    page.goto(f"{demo.url}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good")


def test_stop_is_answered_once_and_start_brings_them_back(page: Page, demo: Running) -> None:
    demo.sign_in(page, "mina")
    page.goto(f"{demo.url}/phones")
    phone = page.get_by_role("region", name="Phone of Karin")
    phone.get_by_role("button", name="Send STOP").click()
    expect(phone.locator("header")).to_contain_text("stopped", timeout=PATIENT)
    expect(phone.locator(".bubble").last).to_contain_text("you are opted out", timeout=PATIENT)
    phone.get_by_role("button", name="Send START").click()
    expect(phone.locator("header")).not_to_contain_text("stopped", timeout=PATIENT)
    expect(phone.locator(".bubble").last).to_contain_text("welcome back", timeout=PATIENT)


def test_the_door_names_the_people_of_the_demo(page: Page, demo: Running) -> None:
    page.goto(f"{demo.url}/sign-in")
    expect(page.get_by_text("mina.haddad@harbor.example")).to_be_visible()
    expect(page).to_have_title(re.compile("Sign in"))


def test_a_name_and_what_it_is_stand_on_one_line(page: Page, demo: Running) -> None:
    demo.sign_in(page, "mina")
    page.get_by_role("link", name="Lindqvist").first.click()
    person = page.locator("#who li").first
    expect(person).to_contain_text(re.compile(r"Karin\s*, foster parent"))
    assert person.inner_text().startswith("Karin, foster parent")  # as it is drawn: no line ends before the comma
