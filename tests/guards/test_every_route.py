"""Guard: every address says who may enter, and no person of another agency ever gets past an id of ours."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from foster_bond.app import create_app
from foster_bond.clock import FixedClock
from foster_bond.rules.access import Role
from foster_bond.runtime import Runtime, build
from foster_bond.store.tables import METADATA
from foster_bond.web.threshold import Entry, entry_of
from tests.cast import MONDAY, Browser, Cast, gather, settings_for

# Addresses that name nothing of an agency: what stands in them is no id.
NO_ID = {"name": "foster_bond.css", "token": "never-was"}
# What may be open to people who are not signed in. Adding one is a decision: it is made here.
OPEN = {
    "static_files.show",
    "health_pages.alive",
    "health_pages.ready",
    "health_pages.metrics",
    "carrier_hooks.inbound",
    "carrier_hooks.status",
    "carrier_hooks.voice",
    "sign_in_pages.show",
    "sign_in_pages.enter",
    "sign_in_pages.leave",
    "sign_in_pages.new_password",
    "sign_in_pages.choose_password",
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def runtime(sqlite_url: str, tmp_path: Path) -> Iterator[Runtime]:
    made = build(settings_for(tmp_path, sqlite_url), clock=FixedClock(MONDAY))
    yield made
    made.close()


@pytest.fixture
def cast(runtime: Runtime) -> Cast:
    return gather(runtime.store)


@pytest.fixture
def app(runtime: Runtime, cast: Cast) -> Flask:
    return create_app(runtime)


def routes(app: Flask) -> list[tuple[Rule, Entry]]:
    """Every address with what it says about who may enter."""
    found = []
    for rule in app.url_map.iter_rules():
        entry = entry_of(app.view_functions[rule.endpoint])
        assert entry is not None, f"{rule} ({rule.endpoint}) does not say who may enter"
        found.append((rule, entry))
    return found


def address(app: Flask, rule: Rule, ids: dict[str, str]) -> str:
    """The rule's address with an id in every place."""
    lacking = rule.arguments - ids.keys()
    assert not lacking, f"{rule} names {sorted(lacking)}: give it a sample in tests/cast.py, _one_of_everything"
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(rule.endpoint, {name: ids[name] for name in rule.arguments})
    return str(built)


def ask(browser: Browser, method: str, path: str) -> int:
    """The answer's status; a form is sent with its token, so that nothing but the person is refused."""
    if method == "GET":
        return browser.get(path).status_code
    assert method == "POST", f"{path} takes {method}: a form can only send GET and POST"
    return browser.post(path, {"body": "x"}).status_code


def test_every_address_says_who_may_enter(app: Flask) -> None:
    assert len(routes(app)) > 10


def test_only_what_must_be_is_open_to_all(app: Flask) -> None:
    assert {rule.endpoint for rule, entry in routes(app) if entry.to_all} == OPEN


def test_signed_out_everybody_is_shown_to_the_door(app: Flask, cast: Cast) -> None:
    ids = {**NO_ID, **cast.harbor.ids}
    for rule, entry in routes(app):
        if entry.to_all:
            continue
        browser = Browser(app)
        browser.get("/sign-in")
        for method in rule.methods or set():
            if method in METHODS:
                assert ask(browser, method, address(app, rule, ids)) == 303, f"{method} {rule}"


@pytest.mark.parametrize("role", Role)
def test_a_stranger_finds_nothing_of_ours(app: Flask, cast: Cast, role: Role) -> None:
    """Every address that names one of our things, as each role of the other agency: as if it did not exist."""
    browser = Browser(app)
    browser.sign_in(cast.elsewhere.one(role))
    before = fingerprint(cast)
    walked = 0
    for rule, entry in routes(app):
        if entry.to_all or not rule.arguments:
            continue
        path = address(app, rule, dict(cast.harbor.ids))
        may = entry.roles is None or role in entry.roles
        for method in (rule.methods or set()) & METHODS:
            walked += 1
            assert ask(browser, method, path) == (404 if may else 403), f"{role} of the other agency: {method} {rule}"
    assert walked or role is not Role.ADMIN
    assert fingerprint(cast) == before


@pytest.mark.parametrize("role", Role)
def test_nothing_of_ours_is_on_a_strangers_page(app: Flask, cast: Cast, role: Role) -> None:
    browser = Browser(app)
    browser.sign_in(cast.elsewhere.one(role))
    for rule, entry in routes(app):
        if entry.to_all or rule.arguments or "GET" not in (rule.methods or set()):
            continue
        answer = browser.get(address(app, rule, {}))
        allowed = entry.roles is None or role in entry.roles
        assert answer.status_code in ((200, 204, 303) if allowed else (403,)), f"{role}: {rule} {answer.status_code}"
        assert not re.search(r"Harbor|Okafor|Grace|\bMina\b", answer.text), f"{role}: {rule}"
        assert not any(one in answer.text for one in cast.harbor.ids.values()), f"{role}: {rule}"


def fingerprint(cast: Cast) -> dict[str, int]:
    """How many rows each table of ours holds beside what a sign-in leaves: a stranger's visit must change none."""
    with cast.store.read() as session:
        return {
            table.name: session.execute(
                select(func.count()).select_from(table).where(table.c.agency_id == cast.harbor.agency_id)
            ).scalar_one()
            for table in METADATA.sorted_tables
            if "agency_id" in table.c
        }
