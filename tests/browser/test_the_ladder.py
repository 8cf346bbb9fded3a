"""A caseworker's ladder in a browser: another prompt is chosen with a reason and taken back; pictures and tables."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running
from tests.browser.test_calendar import nothing_hangs_over, open_family

pytestmark = [pytest.mark.browser, pytest.mark.in_order, pytest.mark.timeout(300)]

SHE_ASKED = "She asked for it on the phone"


def test_another_prompt_is_asked_next_and_taken_back(page: Page, demo: Running) -> None:
    family = open_family(page, demo)
    page.goto(f"{family}/practice")
    expect(page.get_by_role("heading", level=1)).to_contain_text("may be asked up to")
    assert nothing_hangs_over(page)
    person = page.locator("section.ladder").first
    person.get_by_text("Ask something else next").click()
    person.get_by_label("Which prompt?").select_option(value="E1")
    person.get_by_label("Why").fill(SHE_ASKED)
    person.get_by_role("button", name="Ask this next").click()
    expect(page.get_by_role("status")).to_contain_text("It goes out next.")
    standing = person.locator(".once")
    expect(standing).to_contain_text("chosen by Mina")
    expect(standing).to_contain_text(SHE_ASKED)
    assert nothing_hangs_over(page)
    standing.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back.")
    expect(person.locator(".once")).to_have_count(0)
    expect(page.locator("#past + ul")).to_contain_text("taken back by Mina")


def test_the_pictures_stand_again_as_tables(page: Page, demo: Running) -> None:
    family = open_family(page, demo)
    page.get_by_role("link", name="A year in pictures").click()
    page.wait_for_url(f"{family}/pictures")
    expect(page.get_by_role("heading", level=1)).to_contain_text("of the last year")
    assert nothing_hangs_over(page)
    first = page.locator("figure.chart").first
    expect(first.get_by_role("img")).to_be_visible()
    expect(first.get_by_role("table")).to_be_hidden()
    first.get_by_text("As a table").click()
    expect(first.get_by_role("table")).to_be_visible()
    assert nothing_hangs_over(page)
