"""Whatever stands in an address or a field, the answer is a calm page and never an error."""

from typing import Any, ClassVar

import pytest
from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict

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


def test_every_page_bears_odd_questions(
    app: Flask, browser: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.request_class, "parameter_storage_class", _Noted)
    browser.sign_in(cast.lena)
    read: set[str] = set()
    for rule, entry in routes(app):
        if entry.to_all or rule.arguments or "GET" not in (rule.methods or set()):
            continue
        if entry.roles is not None and Role.LEAD not in entry.roles:
            continue
        _Noted.names.clear()
        assert browser.get(rule.rule).status_code < 500
        tried: set[str] = set()
        while new := _Noted.names - tried:  # what it reads of a question, found by asking
            tried |= new
            for name in new:
                for odd in ("", "-1", "x" * 500, "'", "9" * 30, "<b>", "2026-99-99T00:00:00Z", "\udcff"):
                    asked = browser.client.get(rule.rule, query_string={name: odd.encode("utf-8", "surrogateescape")})
                    assert asked.status_code < 500, f"{rule}?{name}={odd}"
        read |= tried
    assert {"before", "search", "sort", "week"} <= read


class _Noted(ImmutableMultiDict[str, str]):
    """A question that notes which of its names are read."""

    names: ClassVar[set[str]] = set()

    def get(self, key: str, *more: Any, **named: Any) -> Any:
        self.names.add(key)
        return super().get(key, *more, **named)

    def getlist(self, key: str, *more: Any) -> Any:
        self.names.add(key)
        return super().getlist(key, *more)

    def __getitem__(self, key: str) -> str:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)
