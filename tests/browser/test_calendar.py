"""A caseworker's calendar in a browser: a date is marked and taken out, a text is left out and put back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.in_order, pytest.mark.timeout(300)]

PHONE = {"width": 390, "height": 844}


def open_family(page: Page, demo: Running) -> str:
    """The Okafors' page, on a phone; its address."""
    page.set_viewport_size(PHONE)
    demo.sign_in(page, "mina")
    page.get_by_role("link", name="Okafor").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Okafor")
    return page.url.partition("?")[0]


def nothing_hangs_over(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_hearing_is_marked_and_taken_out_again(page: Page, demo: Running) -> None:
    family = open_family(page, demo)
    page.goto(f"{family}/texts")
    day = page.locator("input[name=to]").first.get_attribute("value")
    assert day is not None
    page.goto(f"{family}/calendar")
    page.get_by_label("What is it?").select_option(label="Hearing")
    page.locator("#f-day").fill(day[:10])
    page.locator("#f-until").fill("15:00")
    page.locator("#f-at").fill("14:00")
    page.get_by_role("button", name="Mark it").click()
    expect(page.get_by_role("status")).to_contain_text("Marked.")
    marked = page.locator("li[data-moment]").filter(has_text="Hearing")
    expect(marked).to_contain_text("2:00 pm – 3:00 pm")
    assert nothing_hangs_over(page)
    page.goto(family)
    expect(page.locator("#dates")).to_contain_text("Hearing")
    page.goto(f"{family}/calendar")
    marked.get_by_text("Take out", exact=True).click()
    marked.get_by_role("button", name="Take it out").click()
    expect(page.get_by_role("status")).to_contain_text("Taken out.")
    expect(page.locator("li[data-moment]").filter(has_text="Hearing")).to_have_count(0)


def test_a_text_is_left_out_and_put_back(page: Page, demo: Running) -> None:
    family = open_family(page, demo)
    page.goto(f"{family}/texts")
    assert nothing_hangs_over(page)
    page.get_by_role("button", name="Leave it out").first.click()
    expect(page.get_by_role("status")).to_contain_text("Left out.")
    back = page.get_by_role("button", name="Put it back")
    expect(page.get_by_text("Skipped by a person.").first).to_be_visible()
    back.first.click()
    expect(page.get_by_role("status")).to_contain_text("Put back.")
    expect(back).to_have_count(0)


def test_the_agency_reads_its_days_on_a_phone(page: Page, demo: Running) -> None:
    page.set_viewport_size(PHONE)
    demo.sign_in(page, "tom")
    page.goto(f"{demo.url}/agency/calendar")
    expect(page.get_by_role("heading", level=1)).to_contain_text("texts from 9:00 am to 8:00 pm")
    expect(page.get_by_text("Thanksgiving Day")).to_be_visible()
    assert nothing_hangs_over(page)
    page.goto(f"{demo.url}/schedules/held")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert nothing_hangs_over(page)
