"""The prompt desk and the programmes at the door: written, looked at, signed, retired; read by everybody."""

import re
from html import unescape

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.store.audit import AuditEvent
from foster_bond.store.prompts import Prompt
from tests.cast import Browser, Cast

WORDS = {
    "technique": "support", "target": "self", "reply": "text", "role_foster_parent": "on",
    "text_en": "What carried you through today?", "text_es": "¿Qué le ha sostenido hoy?",
}  # fmt: skip
SIGNED = {"signed_name": "Ida Roth", "signed_as": "LCSW", "signed_on": "2026-11-01", "sure": "on"}


@pytest.fixture
def lena(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.lena)
    return browser


@pytest.fixture
def here(cast: Cast) -> str:
    return f"/prompts/{cast.harbor.ids['prompt_id']}"


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def row(cast: Cast, address: str) -> Prompt:
    with cast.store.read() as session:
        return session.execute(select(Prompt).where(col(Prompt.id) == address.rpartition("/")[2])).scalar_one()


def test_a_prompt_is_written_signed_and_read_by_all(lena: Browser, cast: Cast) -> None:
    form = WORDS | {"seen": seen(lena.get("/prompts/new").text)}
    checked = lena.post("/prompts/new", form | {"act": "check", "text_en": "Did Maya rest?"})  # no script: a button
    assert checked.status_code == 200 and "A yes-or-no question" in checked.text and "A name" in checked.text
    twice = [lena.post("/prompts/new", form | {"act": "keep"}).headers["Location"] for _ in range(2)]
    assert twice[0] == twice[1]
    page = lena.get(twice[0]).text
    assert "waits for a clinician’s signature: nobody is asked it" in unescape(page) and "own-2" in page

    half = lena.post(f"{twice[0]}/sign", SIGNED | {"seen": seen(page), "signed_as": "", "sure": ""})
    assert half.status_code == 422 and 'value="Ida Roth"' in half.text and half.text.count('class="error"') == 2
    assert lena.post(f"{twice[0]}/sign", SIGNED | {"seen": seen(half.text)}).status_code == 303
    assert (row(cast, twice[0]).state, row(cast, twice[0]).approved_by) == ("approved", cast.lena.staff_id)
    with cast.store.read() as session:
        said = session.execute(select(AuditEvent.detail).where(col(AuditEvent.act) == "prompt_approved")).scalars()
        assert list(said) == ["own-2 version 1, signed by Ida Roth (LCSW) on 2026-11-01"]

    lena.sign_in(cast.mina)
    read = lena.get(twice[0])
    assert "Signed by Ida Roth (LCSW)" in read.text and "<textarea" not in read.text and f"{twice[0]}/" not in read.text
    assert lena.get(f"{twice[0]}/edit").status_code == 403
    assert lena.post(f"{twice[0]}/retire", {"seen": ""}).status_code == 403


def test_what_is_typed_is_looked_at_and_never_lost(lena: Browser, here: str, cast: Cast) -> None:
    page = lena.get(f"{here}/edit").text
    form = WORDS | {"seen": seen(page), "act": "keep"}
    live = lena.post(f"{here}/look", form | {"text_en": "“Was it hard?”", "text_es": "¿Cómo fue?"}).text
    assert "curly quotes" in unescape(live) and "UCS-2" in live and "<mark>ó</mark>" in live and "<html" not in live
    assert unescape(live).count("A yes-or-no question") == 1

    off = lena.post(f"{here}/edit", form | {"technique": "challenging", "role_teen": "on"})
    assert off.status_code == 422 and WORDS["text_en"] in off.text and "never go to a teen" in off.text
    assert lena.post(f"{here}/edit", form).status_code == 303
    late = lena.post(f"{here}/edit", form | {"text_en": "What weighed most today?"})
    assert late.status_code == 409 and "Nothing is lost" in late.text and "What weighed most today?" in late.text
    shown = unescape(lena.get(here).text)
    assert "Version 2 waits for a signature" in shown and "<ins>" in shown and "<del>" in shown
    assert row(cast, here).version == 1
    assert lena.post(f"{here}/drop", {"seen": seen(lena.get(here).text)}).status_code == 303
    assert "Version 2" not in lena.get(here).text


def test_retiring_says_first_what_happens(lena: Browser, here: str, cast: Cast) -> None:
    page = unescape(lena.get(here).text)
    assert "Planned days keep their hour" in page and "it asks nothing else" in page
    assert lena.post(f"{here}/retire", {"seen": "old"}).status_code == 409
    assert lena.post(f"{here}/retire", {"seen": seen(page)}).status_code == 303
    assert "is retired: nobody is asked it" in lena.get(here).text and row(cast, here).state == "retired"
    assert lena.post(f"{here}/back").status_code == 303 and row(cast, here).state == "approved"


def test_a_programme_says_what_it_is_and_begins_a_schedule(lena: Browser, cast: Cast) -> None:
    here = f"/programmes/{cast.harbor.ids['programme_id']}"
    page = unescape(lena.get(here).text)
    assert "Not yet reviewed by a clinician" in page and "own-1" in page and here in lena.get("/programmes").text
    start = re.search(r'href="(/schedules/new\?programme=[^"]+)"', page)
    assert start is not None and '<option value="own" selected>' in lena.get(start[1]).text
    lena.get(here)
    for _ in range(2):
        assert lena.post(f"{here}/review", SIGNED | {"seen": "1"}).status_code == 303
        lena.get(here)
    assert "Signed by Ida Roth (LCSW)" in lena.get(here).text
    with cast.store.read() as session:
        acts = session.execute(select(AuditEvent.act).where(col(AuditEvent.act) == "programme_reviewed")).scalars()
        assert len(list(acts)) == 1


def test_how_it_works_is_one_press_away_for_everybody(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.mina)
    assert 'href="/how-it-works"' in browser.get("/").text
    page = unescape(browser.get("/how-it-works").text)
    for said in ("Secure base", "Dream Journey", "Two views of one moment", "Own ratings", "What is never done"):
        assert said in page
    assert "{child}" not in page
