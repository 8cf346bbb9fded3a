"""Whatever stands in an address or a field, the answer is a calm page and never an error."""

from flask import Flask

from foster_bond.rules.access import Role
from tests.cast import Browser, Cast
from tests.guards.test_every_route import METHODS, address, ask, routes

ODD = ("0", "x" * 300, "'; DROP TABLE staff; --", "\x00", "\N{SMILING FACE WITH OPEN MOUTH}\u202e", "%00", "..%2f..")


def test_an_id_that_is_none_is_not_found(app: Flask, browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    for rule, entry in routes(app):
        if entry.to_all or not rule.arguments or not (entry.roles is None or Role.ADMIN in entry.roles):
            continue
        for odd in (*ODD, cast.harbor.ids["family_id"].upper()):
            path = address(app, rule, dict.fromkeys(rule.arguments, odd))
            for method in (rule.methods or set()) & METHODS:
                assert ask(browser, method, path) in (404, 405), f"{method} {rule} with {odd!r}"


def test_a_character_that_is_no_text_is_refused_before_it_reaches_a_room(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    answers = [
        browser.post("/people/add", {"name": "Noor\x00", "email": "noor@harbor.example", "role": "lead"}),
        browser.post("/people/add", {"name": "Noor", "email": "noor\x00@harbor.example", "role": "lead"}),
        browser.get("/people?search=%00"),
        browser.get("/people?%00=1"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert all("no text" in answer.text for answer in answers)
    assert "noor" not in browser.get("/people").text


def test_every_page_bears_odd_questions(app: Flask, browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.lena)
    for rule, entry in routes(app):
        if entry.to_all or rule.arguments or "GET" not in (rule.methods or set()):
            continue
        if entry.roles is not None and Role.LEAD not in entry.roles:
            continue
        for name in ("before", "search", "sort", "member", "seen", "page"):
            for odd in ("", "-1", "x" * 500, "'", "9" * 30, "<b>", "2026-99-99T00:00:00Z", "\udcff"):
                asked = browser.client.get(rule.rule, query_string={name: odd.encode("utf-8", "surrogateescape")})
                assert asked.status_code < 500, f"{rule}?{name}={odd}"
