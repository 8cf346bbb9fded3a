"""What is logged of a request: names and ids; no address, no word, no number, no secret."""

import json
from io import StringIO

import pytest
from flask import Flask

from foster_bond.runtime import Runtime
from foster_bond.steps.keeping.hand_out_link import make_link
from tests.cast import GRACE, MONDAY, PASSWORD, Browser, Cast, post_text

CANARY = "the lanterns were all lit and nobody slept"


def lines(logs: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in logs.getvalue().splitlines()]


def test_a_request_is_one_line_of_names_and_ids(browser: Browser, cast: Cast, logs: StringIO) -> None:
    browser.sign_in(cast.ada)
    logs.truncate(0)
    logs.seek(0)
    browser.post(f"/people/{cast.tom.staff_id}/disable")
    (line,) = [line for line in lines(logs) if line["event"] == "request"]
    assert line["endpoint"] == "people_pages.disable"
    assert line["status_code"] == 303
    assert line["agency_id"] == cast.harbor.agency_id
    assert line["staff_id"] == cast.ada.staff_id
    assert len(str(line["ref"])) == 12


def test_a_line_names_whom_it_was_about(browser: Browser, cast: Cast, logs: StringIO) -> None:
    browser.sign_in(cast.ada)
    browser.post(f"/people/{cast.tom.staff_id}/disable")
    (line,) = [line for line in lines(logs) if line.get("endpoint") == "people_pages.disable"]
    assert line["about_staff_id"] == cast.tom.staff_id


def test_polls_and_files_write_no_lines(browser: Browser, cast: Cast, logs: StringIO) -> None:
    browser.sign_in(cast.ada)
    logs.truncate(0)
    logs.seek(0)
    browser.get("/frame/live", HX_Request="true")
    browser.get("/static/foster_bond.css")
    browser.get("/healthz")
    assert lines(logs) == []


def test_no_word_number_or_secret_reaches_the_log(app: Flask, runtime: Runtime, cast: Cast, logs: StringIO) -> None:
    browser = Browser(app)
    browser.sign_in(cast.ada, PASSWORD + " wrong")
    browser.sign_in(cast.ada)
    link = make_link(runtime.store, viewer=cast.ada.viewer, staff_id=cast.mina.staff_id, now=MONDAY)
    browser.get(f"/password/{link.token}")
    browser.post(f"/password/{link.token}", {"password": "short", "again": "short"})
    browser.get(f"/people?search={CANARY}")
    browser.post("/people/add", {"name": CANARY, "email": "noor@harbor.example", "role": "lead", "phone": GRACE})
    post_text(app, runtime.settings, GRACE, CANARY)
    post_text(app, runtime.settings, GRACE, CANARY, to="+12025550199")
    said = logs.getvalue()
    assert said.count('"event": "request"') > 8
    for secret in (CANARY, "lanterns", PASSWORD, link.token, GRACE, GRACE[1:], "5550199", "harbor.example", "Okafor"):
        assert secret not in said


def test_what_broke_is_found_by_the_number_on_the_page(
    browser: Browser, cast: Cast, logs: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(f"{CANARY} {GRACE}")

    browser.sign_in(cast.ada)
    monkeypatch.setattr("foster_bond.web.people_pages.read_people", breaks)
    page = browser.get("/people").text
    (line,) = [line for line in lines(logs) if line["event"] == "request_broke"]
    assert str(line["ref"]) in page
    assert "RuntimeError" in str(line["exception"])
    assert CANARY not in logs.getvalue() and GRACE not in logs.getvalue()
