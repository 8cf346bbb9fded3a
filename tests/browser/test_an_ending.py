"""An ending in a browser, on a phone: texts stop, staff are asked, it is taken back; and the record leaves."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running
from tests.browser.test_calendar import nothing_hangs_over, open_family

pytestmark = [pytest.mark.browser, pytest.mark.in_order, pytest.mark.timeout(300)]


def test_an_ending_asks_what_should_happen_and_is_taken_back(page: Page, demo: Running) -> None:
    page.goto(f"{open_family(page, demo)}/calendar")
    page.get_by_label("What happened?").select_option(label="The placement ended")
    page.locator("#f-since").fill("2026-01-02")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Every text has stopped. What should happen now?")
    assert nothing_hangs_over(page)
    page.get_by_label("They have been told in person.").check()
    page.get_by_label("Send the closing note.").check()
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("A closing note and nothing after it.")).to_be_visible()
    page.get_by_text("Take it back", exact=True).first.click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everybody here is still texted.")


def test_the_record_leaves_and_is_listed(page: Page, demo: Running, tmp_path: Path) -> None:
    family = open_family(page, demo)
    page.get_by_role("link", name="The record").click()
    page.get_by_label("As", exact=True).select_option(value="csv")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Take it out").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.suffix == ".csv" and file.read_bytes().startswith(b"\xef\xbb\xbffamily_ref,")
    page.goto(f"{family}/record")
    expect(page.get_by_role("heading", level=1)).to_contain_text("file has left the house.")
    page.goto(f"{family}/summary")
    page.locator("input[name=quote]").first.check()
    with page.expect_download() as paper:
        page.get_by_role("button", name="Make the PDF").click()
    assert paper.value.suggested_filename.endswith(".pdf")
    page.goto(f"{demo.url}/hand-over")
    expect(page.get_by_role("group", name="Which families")).to_contain_text("Okafor")
    assert nothing_hangs_over(page)
