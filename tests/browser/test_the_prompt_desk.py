"""The prompt desk in a browser: looked at while it is typed, signed, changed, and retired."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.in_order, pytest.mark.timeout(300)]

PATIENT = 60_000  # milliseconds; the machine may be busy


def sign(page: Page) -> None:
    page.get_by_label("The clinician’s name").fill("Ida Roth")
    page.get_by_label("Credential").fill("LCSW")
    page.get_by_label(re.compile("They have read")).check()


def test_a_prompt_is_written_signed_changed_and_retired(page: Page, demo: Running) -> None:
    demo.sign_in(page, "ruth")
    page.goto(f"{demo.url}/prompts/new")
    page.get_by_role("textbox", name="English").press_sequentially("Did “Maya” rest today?")
    looks = page.locator("#looks")
    expect(looks.locator(".bubble")).to_have_text('Did "Maya" rest today?', timeout=PATIENT)  # live, with plain quotes
    expect(looks).to_contain_text("A yes-or-no question", timeout=PATIENT)
    expect(looks).to_contain_text("A name")
    page.get_by_role("textbox", name="Spanish").fill("¿Qué le sostuvo más hoy?")
    expect(looks).to_contain_text("UCS-2", timeout=PATIENT)
    page.get_by_role("textbox", name="English").fill("What held you up today, with {child} near?")
    expect(looks).to_contain_text("with the child near?", timeout=PATIENT)
    expect(looks).not_to_contain_text("A name")
    page.get_by_role("button", name="Keep it for signing").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("waits for a clinician’s signature", timeout=PATIENT)
    sign(page)
    page.get_by_role("button", name="Put version 1 in force").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("may be asked", timeout=PATIENT)
    expect(page.locator("#s-words ~ .why")).to_contain_text("Signed by Ida Roth (LCSW)")

    page.get_by_role("link", name="Write the next version").click()
    page.get_by_role("textbox", name="English").fill("What held you up today?")
    page.get_by_role("button", name="Keep it for signing").click()
    expect(page.locator("#s-waits")).to_contain_text("Version 2 waits", timeout=PATIENT)
    expect(page.locator("del").first).to_be_visible()

    page.get_by_text("Retire it", exact=True).click()
    expect(page.locator(".retire")).to_contain_text("No planned day is touched")
    page.get_by_role("button", name=re.compile("Yes, retire")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is retired", timeout=PATIENT)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("may be asked", timeout=PATIENT)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_all_of_it_can_be_understood_from_one_page(page: Page, demo: Running) -> None:
    demo.sign_in(page, "mina")
    page.get_by_role("link", name="How it works").click()
    for part in ("Five techniques", "Secure base", "Dream Journey", "Two views", "Own ratings", "What is never done"):
        expect(page.get_by_role("heading", name=re.compile(part))).to_be_visible(timeout=PATIENT)
    page.get_by_role("link", name="The programmes").click()
    page.get_by_role("link", name="First twelve weeks").first.click()
    expect(page.locator("main")).to_contain_text("Not yet reviewed by a clinician", timeout=PATIENT)
    expect(page.get_by_role("link", name="Start a schedule from it")).to_have_count(0)  # she reads
