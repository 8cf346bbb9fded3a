"""In a browser: a caseworker moves a reply to another prompt and takes that back, and the phone asks for it to go."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.in_order, pytest.mark.timeout(300)]

WORDS = "We read two chapters and nobody hurried us."
PATIENT = 60_000  # milliseconds; the machine may be busy, and the phones knock by themselves


def test_a_reply_is_moved_moved_back_and_withdrawn(page: Page, demo: Running) -> None:
    demo.sign_in(page, "mina")
    page.goto(f"{demo.url}/phones")
    phone = page.get_by_role("region", name="Phone of Ben")
    arrived = phone.locator(".bubble:not(.mine)")
    phone.get_by_label("Answer as Ben").fill(WORDS)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.locator(".bubble.mine").last).to_contain_text(WORDS, timeout=PATIENT)
    phone.get_by_role("link", name="Okafor").click()

    moment = page.locator("article").filter(has_text=WORDS).first
    moment.get_by_text("Move this reply").click()
    moment.get_by_label("Which prompt does it answer?").select_option(index=1)
    moment.get_by_role("button", name="Move it", exact=True).click()
    moved = page.locator("article").filter(has_text=WORDS).first
    expect(moved).to_contain_text("moved here by Mina Haddad")
    expect(moved.locator(".rung")).to_have_count(1)
    moved.get_by_role("button", name="Move it back").click()
    expect(page.get_by_text("Moved back. Both moves stay on the record.")).to_be_visible()
    expect(page.locator("article").filter(has_text=WORDS).first).not_to_contain_text("moved here")

    page.goto(f"{demo.url}/phones")
    phone.get_by_label("Answer as Ben").fill("DELETE")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(arrived.last).to_contain_text("Your last reply is off the page", timeout=PATIENT)
    phone.get_by_role("link", name="Okafor").click()
    expect(page.get_by_text(WORDS)).to_have_count(0)
    expect(page.get_by_text("They took these words back").first).to_be_visible()
