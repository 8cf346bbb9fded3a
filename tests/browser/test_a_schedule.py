"""A schedule in a browser: written as a sentence, changed with its dry run, paused and let go on."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.in_order, pytest.mark.timeout(300)]

PATIENT = 60_000  # milliseconds; the machine may be busy


def open_pick(page: Page, name: str) -> None:
    page.locator(f"#w-{name}").click()


def test_a_schedule_is_written_changed_and_paused(page: Page, demo: Running) -> None:
    demo.sign_in(page, "ruth")
    page.goto(f"{demo.url}/schedules/new")
    page.get_by_label("Name").fill("Saturdays")
    open_pick(page, "days")
    for day in ("Mon", "Wed", "Fri"):
        page.get_by_label(day, exact=True).uncheck()
    page.get_by_label("Sat", exact=True).check()
    expect(page.locator("#w-days")).to_have_text("Saturdays", timeout=PATIENT)  # live: nobody reloads the page

    page.get_by_role("button", name="See what saving does").click()
    expect(page.locator("#dry")).to_contain_text(re.compile(r"adds \d+ and cancels \d+"), timeout=PATIENT)
    page.get_by_role("button", name="Save and begin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saturdays", timeout=PATIENT)
    expect(page.locator(".under")).to_contain_text("version 1")

    open_pick(page, "hour")
    page.get_by_label("Hour", exact=True).fill("10:30")
    page.get_by_label("Hour", exact=True).press("Tab")
    expect(page.locator("#w-hour")).to_have_text("at 10:30 am", timeout=PATIENT)
    page.get_by_role("button", name="See what saving does").click()
    expect(page.locator("#dry")).to_contain_text("Saving this moves", timeout=PATIENT)
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.locator(".under")).to_contain_text("version 2", timeout=PATIENT)

    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".under")).to_contain_text("Resting", timeout=PATIENT)
    page.get_by_role("button", name="Let it go on").click()
    expect(page.locator(".under")).to_contain_text("Active", timeout=PATIENT)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
