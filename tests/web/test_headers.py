"""What every answer tells the browser, and what an error page says."""

import pytest
from flask import Flask

from foster_bond.app import create_app
from foster_bond.runtime import Runtime
from foster_bond.web.headers import POLICY
from tests.cast import Browser, Cast, gather


def test_every_answer_carries_the_headers(app: Flask) -> None:
    assert "unsafe" not in POLICY and "*" not in POLICY and "http" not in POLICY
    for path in ("/sign-in", "/", "/healthz", "/nowhere", "/hooks/twilio/inbound", "/static/nothing"):
        headers = app.test_client().get(path).headers
        assert headers["Content-Security-Policy"] == POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers  # over http it would lock the demo's address out


def test_no_copy_of_a_page_is_kept(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    for path in ("/sign-in", "/people", "/frame/live", "/nowhere"):
        assert browser.get(path).headers["Cache-Control"] == "no-store"


def test_files_are_kept_for_ever_under_an_address_that_names_their_content(app: Flask, browser: Browser) -> None:
    page = browser.get("/sign-in").text
    address = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    kept = browser.get(address)
    assert kept.status_code == 200
    assert kept.headers["Cache-Control"] == "max-age=31536000, public, immutable"
    asked = browser.get(address.partition("?")[0])
    assert asked.status_code == 200
    assert "immutable" not in asked.headers["Cache-Control"]
    assert browser.get(address.partition("?")[0] + "?v=forged").headers["Cache-Control"] == "no-cache, max-age=0"
    assert "Set-Cookie" not in asked.headers


def test_nothing_but_the_files_is_served(app: Flask) -> None:
    for path in ("/static/", "/static/../app.py", "/static/%2e%2e/headers.py", "/static/vendor", "/static/%00"):
        assert app.test_client().get(path).status_code == 404, path


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("foster_bond=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie and "Expires" not in cookie


def test_over_https_the_cookie_is_bound_to_this_host(https_runtime: Runtime) -> None:
    cast = gather(https_runtime.store)
    browser = Browser(create_app(https_runtime), https=True)
    page = browser.get("/sign-in")
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-foster_bond=")
    assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert browser.sign_in(cast.ada).status_code == 303
    assert browser.get("/people").status_code == 200


def test_behind_a_proxy_the_form_still_knows_its_own_host(https_runtime: Runtime) -> None:
    """The proxy speaks http to us; what it forwards says that the browser speaks https."""
    cast = gather(https_runtime.store)
    browser = Browser(create_app(https_runtime))
    forwarded = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "harbor.example", "X_Forwarded_For": "198.51.100.1"}
    browser.client.set_cookie("unused", "1")
    page = browser.get("/sign-in", **forwarded)
    token = page.text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    cookie = page.headers["Set-Cookie"].split(";")[0]
    sent = {name.replace("_", "-"): value for name, value in forwarded.items()} | {"Cookie": cookie}
    fields = {"csrf_token": token, "email": cast.ada.email, "password": "seven calm otters swim home"}
    for referer, status in (("https://harbor.example/sign-in", 303), ("https://evil.example/", 400)):
        answer = browser.client.post("/sign-in", data=fields, headers=sent | {"Referer": referer})
        assert answer.status_code == status


def test_an_address_that_is_none_gets_one_calm_page(browser: Browser) -> None:
    for path in ("/nowhere", "/nowhere/%00", "/people/../nowhere", "/" + "x" * 3000):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "There is nothing here for you" in answer.text


def test_another_method_is_said_so(browser: Browser) -> None:
    answer = browser.client.put("/sign-in")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_too_much_is_said_so(browser: Browser) -> None:
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"email": "x" * 300_000, "password": "y"})
    assert answer.status_code == 413
    assert "larger than we take" in answer.text


def test_a_role_that_may_not_is_told_so(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.mina)
    answer = browser.get("/people")
    assert answer.status_code == 403
    assert "Your role does not allow this" in answer.text


def test_a_broken_page_names_its_log_line_and_nothing_else(
    app: Flask, browser: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("the Okafors' number is +13035550111")

    browser.sign_in(cast.ada)
    monkeypatch.setattr("foster_bond.web.people_pages.read_people", breaks)
    answer = browser.get("/people")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "Okafor" not in answer.text and "RuntimeError" not in answer.text


def test_a_database_that_is_away_still_gets_a_page(
    app: Flask, browser: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.sign_in(cast.ada)

    def away(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("foster_bond.web.threshold.sign_in.session_of", away)
    answer = browser.get("/people")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text


def test_a_page_speaks_the_readers_language_or_the_browsers(app: Flask) -> None:
    assert '<html lang="es">' in app.test_client().get("/sign-in", headers={"Accept-Language": "es-MX, en;q=0.5"}).text
    assert '<html lang="en">' in app.test_client().get("/sign-in", headers={"Accept-Language": "fr"}).text
    assert '<html lang="en">' in app.test_client().get("/sign-in").text
