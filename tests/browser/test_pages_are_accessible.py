"""Every page for everybody: axe finds nothing to object to, on a phone and on a desk, by day and by night."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAGES = (
    "/", "/alerts", "/tasks", "/unplaced", "/schedules", "/prompts", "/people", "/delivery", "/agency", "/audit",
    "/phones", "/agency/calendar", "/schedules/held", "/prompts/new", "/programmes", "/how-it-works",
    "/hand-over",
)  # fmt: skip
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.mark.parametrize(("width", "colours"), [(390, "dark"), pytest.param(1440, "light", marks=pytest.mark.long)])
def test_axe_finds_nothing(chrome: Browser, demo: Running, width: int, colours: Literal["light", "dark"]) -> None:
    context = chrome.new_context(viewport={"width": width, "height": 900}, color_scheme=colours)
    page = context.new_page()
    problems = objections(page, f"{demo.url}/sign-in")
    demo.sign_in(page, "ruth")
    family = first_link(page, "/families/")
    addresses = [
        *PAGES,
        family,
        *(
            f"{family}/{room}"
            for room in (
                "calendar",
                "texts",
                "visits",
                "practice",
                "pictures",
                "activities",
                "leaving",
                "record",
                "summary",
            )
        ),
    ]
    addresses += [first_link(page, "/schedules/", on="/schedules", demo=demo)]
    prompt = first_link(page, "/prompts/0", on="/prompts", demo=demo)
    addresses += [prompt, f"{prompt}/edit", first_link(page, "/programmes/", on="/programmes", demo=demo)]
    for address in addresses:
        problems += objections(page, f"{demo.url}{address}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{address} is {wide} px wide on a screen of {width}"
    context.close()
    assert problems == []


def first_link(page: Page, begins: str, *, on: str = "", demo: Running | None = None) -> str:
    if demo is not None:
        page.goto(f"{demo.url}{on}")
    found = page.locator(f"main a[href^='{begins}']:not([href$='/held'])").first.get_attribute("href")
    assert found is not None
    return found


def objections(page: Page, url: str) -> list[str]:
    page.goto(url)
    results = Axe().run(page, options=RULES).response
    assert results["passes"], "axe looked at nothing"
    return [f"{url}: {one['id']} ({one['help']}): {one['nodes'][0]['html'][:160]}" for one in results["violations"]]
