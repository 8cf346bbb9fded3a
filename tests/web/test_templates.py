"""Every template, with the cast's values and with hostile ones: safe, labelled, translatable, light."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment

from tests.web.gallery import ENDPOINTS, FRAGMENTS, ROOT, SCENES, STATIC, Scene, environment, render

HOSTILE = (
    "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}{% raw %}\u202e\u200f\x00" + "\U0001f600" * 1600
)
OURS = {"Foster Bond", "Twilio", "STOP", "START", "HELP", "AYUDA", "English", "Español"}
VOID = {"meta", "link", "input", "img", "br", "hr", "rect", "circle", "path"}
PAGES = [pytest.param(scene, id=scene.name) for scene in SCENES]
ALL = [pytest.param(scene, id=scene.name) for scene in SCENES + FRAGMENTS]


class Page(HTMLParser):
    """What a browser would find: elements with their attributes, and text with the elements around it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, tuple[tuple[str, dict[str, str]], ...]]] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.texts.append((data, tuple(self._open)))

    def all(self, *tags: str) -> Iterator[dict[str, str]]:
        return (attributes for tag, attributes in self.elements if tag in tags)


def assert_inert(page: Page) -> None:
    """Nothing that the content policy would refuse, and nothing that came in with a value."""
    for tag, attributes in page.elements:
        assert tag not in {"style", "iframe", "object", "base", "img"}, tag
        assert "style" not in attributes, attributes
        assert not [name for name in attributes if name.startswith(("on", "hx-on"))], attributes
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            assert re.match(r"/(?!/)|#|$", attributes.get(name, "")), attributes
    for script in page.all("script"):
        assert script["src"].startswith("/static/")


def hostile(value: Any) -> Any:
    """The same value with every text in it replaced; addresses stay, since the web makes those itself."""
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, tuple):
        return tuple(hostile(one) for one in value)
    if isinstance(value, dict):
        return {key: hostile(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changes = {one.name: hostile(getattr(value, one.name)) for one in fields(value) if one.name != "href"}
        return replace(value, **changes)
    return value


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from strings(one)
    elif isinstance(value, dict):
        yield from strings(tuple(value.values()))
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from strings(getattr(value, each.name))


@pytest.mark.parametrize("scene", ALL)
def test_nothing_inline_and_nothing_from_another_host(scene: Scene) -> None:
    assert_inert(Page(render(scene)))


@pytest.mark.parametrize("scene", ALL)
def test_hostile_text_comes_out_as_text(scene: Scene) -> None:
    html = render(replace(scene, frame=hostile(scene.frame), page=hostile(scene.page)))
    page = Page(html)
    assert_inert(page)
    assert len(list(page.all("script"))) == (0 if scene in FRAGMENTS else 2)
    assert "<script>alert" not in html
    assert html.count("{{7*7}}") == html.count("7*7")


@pytest.mark.parametrize("scene", ALL)
def test_peoples_words_stand_apart_so_that_direction_marks_stay_inside(scene: Scene) -> None:
    for text, around in Page(render(replace(scene, page=hostile(scene.page)))).texts:
        inside = [
            attributes
            for tag, attributes in around
            if tag in {"blockquote", "q"} or "note" in attributes.get("class", "").split()
        ]
        assert not inside or "\u202e" not in text or any(attributes.get("dir") == "auto" for attributes in inside)


@pytest.mark.parametrize("scene", PAGES)
def test_one_heading_a_language_and_ids_that_are_unique(scene: Scene) -> None:
    page = Page(render(scene))
    assert len(list(page.all("h1"))) == 1
    assert next(page.all("html"))["lang"] == "en"
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("scene", ALL)
def test_every_field_has_a_label_and_every_picture_says_what_it_shows(scene: Scene) -> None:
    page = Page(render(scene))
    labelled = {attributes.get("for", "") for attributes in page.all("label")}
    for attributes in page.all("input", "select", "textarea"):
        if attributes.get("type") not in {"hidden", "checkbox"}:
            assert attributes["id"] in labelled, attributes
    for attributes in page.all("svg"):
        assert attributes.get("aria-hidden") == "true" or attributes.get("aria-label"), attributes


@pytest.mark.parametrize("scene", ALL)
def test_every_form_that_changes_something_carries_the_token(scene: Scene) -> None:
    html = render(scene)
    for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL):
        if 'method="post"' in form:
            assert 'name="csrf_token"' in form


def test_an_error_stands_beside_its_field_and_the_first_has_the_focus() -> None:
    page = Page(render(next(scene for scene in SCENES if scene.name == "people")))
    wrong = [attributes for attributes in page.all("input") if attributes.get("aria-invalid") == "true"]
    assert [attributes["name"] for attributes in wrong] == ["email", "phone"]
    assert [attributes["name"] for attributes in page.all("input") if "autofocus" in attributes] == ["email"]
    assert wrong[0]["value"] == "ana@harbor"
    ids = {attributes.get("id") for attributes in page.all("p")}
    assert all(part in ids for attributes in wrong for part in attributes["aria-describedby"].split())


def test_the_door_is_the_first_form_with_the_three_fields_of_the_contract() -> None:
    html = render(SCENES[0])
    form = re.findall(r"<form\b.*?</form>", html, re.DOTALL)[0]
    assert set(re.findall(r'name="(\w+)"', form)) == {"email", "password", "csrf_token"}


def test_a_simulated_carrier_is_said_on_every_page() -> None:
    assert all("No text leaves this machine" in render(scene) for scene in SCENES)


def test_the_title_of_a_family_page_names_nobody() -> None:
    html = render(next(scene for scene in SCENES if scene.name == "family"))
    assert "<title>A family · Foster Bond</title>" in html


@cache
def in_brackets() -> Environment:
    """Jinja with a translation that puts every sentence in brackets."""
    jinja = environment.__wrapped__()
    jinja.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        lambda words: f"⟦{words}⟧", lambda one, many, n: f"⟦{one if n == 1 else many}⟧", newstyle=True
    )
    return jinja


@pytest.mark.parametrize("scene", ALL)
def test_every_word_of_ours_can_be_translated(scene: Scene) -> None:
    """What stands outside the brackets must have come in with a value."""
    page = Page(in_brackets().get_template(f"pages/{scene.template}").render(frame=scene.frame, page=scene.page))
    attributes = [one.get(name, "") for _, one in page.elements for name in ("title", "aria-label", "placeholder")]
    shown = [text for text, around in page.texts if not {"code", "kbd"} & {tag for tag, _ in around}]
    text = "\n".join(attributes) + "".join(shown)
    given = {one for one in strings((scene.frame, scene.page)) if re.search(r"[^a-z_]", one)}
    for one in sorted(given | OURS, key=len, reverse=True):
        text = text.replace(one, "")
    while (bare := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = bare
    assert re.findall(r"[^\W\d_]{2,}", text.replace(" UTC", "")) == []


def test_templates_link_to_the_promised_views_and_to_no_other() -> None:
    named = set()
    for path in sorted((ROOT / "templates" / "pages").rglob("*.html")):
        named |= set(re.findall(r"url_for\('([\w.]+)'", path.read_text(encoding="utf-8")))
    assert named == set(ENDPOINTS)


def test_a_page_weighs_less_than_150_kb() -> None:
    family = next(scene for scene in SCENES if scene.name == "family")
    week = family.page.weeks[0]
    moments = tuple(replace(one, id=f"{one.id}-{n}") for n in range(10) for one in week.moments)
    full = render(replace(family, page=replace(family.page, weeks=(replace(week, moments=moments),))))
    parts = [
        full.encode(),
        *(path.read_bytes() for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg"}),
    ]
    assert sum(len(gzip.compress(part)) for part in parts) < 150_000


def test_the_style_sheet_keeps_pico_in_its_layer_and_asks_no_other_host() -> None:
    css = (STATIC / "foster_bond.css").read_text(encoding="utf-8")
    assert re.findall(r"url\([^)]*\)", css) == ['url("vendor/pico-2.1.1.min.css")']
    assert 'url("vendor/pico-2.1.1.min.css") layer(pico);' in css
    assert "!important" not in css
