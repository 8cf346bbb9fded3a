"""Staff choose English or Spanish, and the pages speak it from then on."""

import pytest

from tests.cast import Browser, Cast


def test_the_pages_speak_the_language_that_a_person_chose(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    assert "People" in browser.get("/people").text
    answer = browser.post("/language", {"language": "es"}, Referer="http://localhost/people?all=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/people?all=1")
    page = browser.get("/people").text
    assert '<html lang="es">' in page and "Cerrar sesión" in page and "Sign out" not in page
    browser.post("/language", {"language": "en"})
    assert '<html lang="en">' in browser.get("/people").text


@pytest.mark.parametrize("referrer", ["https://elsewhere.example/people", "http://localhost//elsewhere.example", ""])
def test_nobody_is_sent_to_another_host(browser: Browser, cast: Cast, referrer: str) -> None:
    browser.sign_in(cast.ada)
    answer = browser.post("/language", {"language": "es"}, Referer=referrer)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_language_that_we_do_not_speak_changes_nothing(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    assert browser.post("/language", {"language": "tlh"}).status_code == 422
    assert '<html lang="en">' in browser.get("/people").text


def test_what_a_rule_says_about_a_form_is_said_in_spanish_too(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ada)
    browser.post("/language", {"language": "es"})
    page = browser.post("/people/add", {"name": "", "email": "nobody", "role": "caseworker"}).text
    assert "«nobody» no es una dirección de correo." in page
