"""In a browser, by keyboard alone: narrow, search, write to a family and unsay it; news comes in beside a draft."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.in_order, pytest.mark.timeout(300)]

PATIENT = 60_000  # milliseconds; the machine may be busy, and the phones knock by themselves
NEWS = "The kettle sang and nobody jumped."


def open_family(page: Page, demo: Running, name: str) -> str:
    demo.sign_in(page, "mina")
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    page.wait_for_load_state()  # keys are heard once the script has come
    return page.url.partition("?")[0].partition("#")[0]


def test_a_text_is_written_and_taken_back_by_keyboard_alone(page: Page, demo: Running) -> None:
    outside: list[str] = []
    page.on("request", lambda one: outside.append(one.url) if not one.url.startswith(demo.url) else None)
    family = open_family(page, demo, "Okafor")
    page.keyboard.press("r")
    words = page.get_by_label("Your words")
    expect(page.get_by_role("heading", name="Write to the family")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("r")
    expect(words).to_be_focused()
    page.keyboard.type("Thank you – I’ll bring the form.")
    expect(page.locator("#kept-reply")).to_contain_text("One part", timeout=PATIENT)
    expect(page.locator("#kept-reply")).to_contain_text("long dashes became -")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    coming = page.locator("#coming-up")
    expect(coming).to_contain_text("Thank you - I'll bring the form.", timeout=PATIENT)
    coming.get_by_role("button", name="Take it back").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Taken back. It will not be sent.")).to_be_visible()
    expect(page.get_by_text("You have begun a text to the family")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.wait_for_url("**/search")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("table")
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox")).to_have_value("table")
    assert "table" not in page.url
    assert outside == [], "a page of ours asks no other host"
    page.goto(f"{family}?kind=replies")
    expect(page.locator("article").first).to_have_class("moment is-reflection")


def test_news_come_in_beside_a_draft_and_move_nothing(page: Page, demo: Running, chrome: Browser) -> None:
    open_family(page, demo, "Okafor")
    note = page.get_by_label("For the record; the family does not see it")
    page.keyboard.press("n")
    expect(note).to_be_focused()
    page.keyboard.type("Half a thought")
    reading = page.locator("article").nth(5)
    reading.scroll_into_view_if_needed()
    page.evaluate("document.querySelectorAll('article')[5].scrollIntoView({block: 'start', behavior: 'instant'})")
    mark = reading.get_attribute("id")
    before = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", mark)
    context = chrome.new_context()
    phones = context.new_page()
    demo.sign_in(phones, "tom")
    phones.goto(f"{demo.url}/phones")
    phone = phones.get_by_role("region", name="Phone of Ben")
    phone.get_by_label("Answer as Ben").fill(NEWS)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(NEWS)).to_have_count(1, timeout=PATIENT)
    after = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", mark)
    assert abs(after - before) < 3
    expect(note).to_have_value("Half a thought")
    expect(note).to_be_focused()
    context.close()
    page.reload()
    expect(note).to_have_value("Half a thought")
    note.fill("")
    expect(page.locator("#kept-note")).to_have_text("", timeout=PATIENT)
