"""The people page: an admin adds, changes and ends access; every wrong value is named and nothing half-done."""

import re

from flask import Flask

from foster_bond.runtime import Runtime
from foster_bond.store import staff
from tests.cast import GRACE, Browser, Cast

NEW = {"name": "Noor Haddad", "email": "noor@harbor.example", "role": "supervisor"}


def test_the_page_shows_this_agency_only(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    page = browser.get("/people").text
    assert all(person.email in page for person in cast.harbor.people.values())
    assert not any(person.email in page for person in cast.elsewhere.people.values())
    assert "last here" in page


def test_a_new_person_comes_in_by_the_link_that_is_shown_once(app: Flask, runtime: Runtime, cast: Cast) -> None:
    ada = Browser(app)
    ada.sign_in(cast.ada)
    added = ada.post("/people/add", NEW | {"on_call": "yes", "phone": "+13035550133"})
    assert added.status_code == 200
    found = re.search(r'value="(http://127\.0\.0\.1:8000/password/[^"]+)"', added.text)
    assert found is not None
    assert "/password/" not in ada.get("/people").text
    noor = Browser(app)
    path = found[1].removeprefix(runtime.settings.public_url)
    assert noor.get(path).status_code == 200
    done = noor.post(path, {"password": "nine warm lanterns drift", "again": "nine warm lanterns drift"})
    assert done.status_code == 303
    with runtime.store.read() as session:
        person = staff.by_email(session, NEW["email"])
    assert person is not None and person.on_call and person.role == "supervisor"


def test_a_wrong_value_is_named_beside_what_was_typed(browser: Browser, runtime: Runtime, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    for wrong, said in (
        ({"email": "not an address"}, "not an address"),
        ({"role": "owner"}, "owner"),
        ({"name": ""}, "name"),
        ({"phone": "12"}, "12"),
        ({"phone": GRACE}, "member of a family"),
        ({"email": cast.tom.email}, "signs in here already"),
        ({"email": cast.rex.email}, "signs in here already"),
    ):
        answer = browser.post("/people/add", NEW | wrong)
        assert answer.status_code in (409, 422), wrong
        problem = re.search(r'<p class="problem" role="alert">(.*?)</p>', answer.text, re.S)
        assert problem is not None and said.lower() in problem[1].lower(), wrong
        assert 'value="Noor Haddad"' in answer.text or "name" in wrong
    with runtime.store.read() as session:
        assert staff.by_email(session, NEW["email"]) is None


def test_a_role_is_changed_and_holds_at_once(app: Flask, cast: Cast) -> None:
    ada, mina = Browser(app), Browser(app)
    ada.sign_in(cast.ada)
    mina.sign_in(cast.mina)
    assert mina.get("/people").status_code == 403
    assert ada.post(f"/people/{cast.mina.staff_id}/role", {"role": "admin"}).status_code == 303
    assert "The role is changed" in ada.get("/people").text
    assert mina.get("/people").status_code == 200
    refused = ada.post(f"/people/{cast.mina.staff_id}/role", {"role": "queen"})
    assert refused.status_code == 422 and "queen" in refused.text


def test_the_last_admin_stays(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    for path, fields in (
        (f"/people/{cast.ada.staff_id}/disable", {}),
        (f"/people/{cast.ada.staff_id}/role", {"role": "lead"}),
    ):
        answer = browser.post(path, fields)
        assert answer.status_code == 409
        assert "last admin" in answer.text
    assert browser.get("/people").status_code == 200


def test_a_person_is_let_in_again_with_a_new_password_only(app: Flask, cast: Cast) -> None:
    ada = Browser(app)
    ada.sign_in(cast.ada)
    assert ada.post(f"/people/{cast.tom.staff_id}/disable").status_code == 303
    back = ada.post(f"/people/{cast.tom.staff_id}/enable")
    assert back.status_code == 200 and "/password/" in back.text
    assert Browser(app).sign_in(cast.tom).status_code == 422
    fresh = ada.post(f"/people/{cast.mina.staff_id}/link")
    assert fresh.status_code == 200 and "/password/" in fresh.text


def test_the_link_is_built_from_our_own_address(app: Flask, cast: Cast) -> None:
    ada = Browser(app)
    ada.sign_in(cast.ada)
    answer = ada.post(f"/people/{cast.mina.staff_id}/link", Host="evil.example")
    assert "evil.example" not in answer.text


def test_hostile_names_stay_words(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    answer = browser.post("/people/add", NEW | {"name": "<img src=x onerror=alert(1)> {{7*7}}"})
    assert "<img src=x" not in answer.text
    assert "<img src=x" not in browser.get("/people").text
