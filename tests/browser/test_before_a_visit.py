"""A caseworker's visit, on a phone: a moment is pinned, the visit is kept, and something is done about it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.in_order, pytest.mark.timeout(300)]

PHONE = {"width": 390, "height": 844}


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_visit_from_the_pin_to_the_task(page: Page, demo: Running) -> None:
    page.set_viewport_size(PHONE)
    demo.sign_in(page, "mina")
    assert fits(page)
    page.get_by_role("link", name="Okafor").first.click()
    family = page.url.partition("?")[0]
    before = page.locator("#since").inner_text()
    assert re.match("In the last four weeks|Since ", before)
    page.get_by_text("How this paragraph was made").click()
    page.locator(".evidence a").first.click()
    expect(page.locator(".moment:target")).to_be_visible()  # a sentence leads to its text

    unpinned = page.get_by_role("button", name="Pin for the next visit")
    moment = page.locator(".moment.is-reflection").filter(has=unpinned).filter(has=page.locator(".words")).first
    words = moment.locator(".words").first.inner_text()
    moment.get_by_role("button", name="Pin for the next visit").click()
    expect(page.locator(".flash")).to_contain_text("Pinned")
    expect(page.locator("#pins + .pins")).to_contain_text(words[1:20])

    page.locator("summary", has_text="I visited").click()
    page.get_by_label("A note about the visit").fill("We looked at the photo box.")
    assert fits(page)
    page.get_by_role("button", name="Keep the visit").click()
    expect(page.get_by_role("heading", name=re.compile("Since your visit on .*, today"))).to_be_visible()
    expect(page.get_by_role("heading", name="Open your visit with")).to_have_count(0)

    page.locator("summary", has_text="Follow up").click()
    page.get_by_label("What is to be done").fill("Send the photo box home.")
    page.get_by_label("By when").fill(page.locator("#f-visit-day").input_value())
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#follow-ups")).to_be_visible()
    page.goto(f"{demo.url}/tasks")
    task = page.locator("li").filter(has_text="Send the photo box home.")
    task.get_by_role("button", name="Done", exact=True).click()
    task.get_by_role("button", name="Not done after all").click()
    expect(task.get_by_role("button", name="Done", exact=True)).to_be_visible()
    task.get_by_role("button", name="Done", exact=True).click()

    page.goto(f"{family}/visits")
    expect(page.locator(".visits")).to_contain_text("We looked at the photo box.")
    expect(page.locator(".visits .pins").first).to_contain_text(words[1:20])
    assert fits(page)
    page.get_by_text("This visit was not made").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#since")).to_have_text(before)
    page.locator("#pins + .pins li").filter(has_text=words[1:20]).last.get_by_role(
        "button", name="Take the pin out"
    ).click()
    expect(page.locator(".flash")).to_contain_text("The pin is out")
