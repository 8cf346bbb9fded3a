"""One person's page: the whole ledger, a consent on paper with its scan, an open decision, the sheet to print."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from foster_bond.rules.states import Consent
from foster_bond.runtime import Runtime
from foster_bond.store import consents, families
from foster_bond.store.families import Member
from tests.cast import GRACE, MONDAY, Browser, Cast, post_text

PDF = b"%PDF-1.7\nsigned by hand\n"
PAPER = {"how": "paper", "given_on": "2026-11-01", "wording": "Form B, version 3"}


@pytest.fixture
def page(cast: Cast) -> str:
    return f"/people/members/{cast.harbor.home.members['Grace']}"


def standing(runtime: Runtime, cast: Cast) -> str:
    with runtime.store.read() as session:
        bidx = runtime.store.vault.blind_index(cast.harbor.agency_id, GRACE)
        return consents.state_of(session, cast.harbor.agency_id, bidx).value


def move(runtime: Runtime, cast: Cast, to: Consent, **more: Any) -> None:
    house = cast.harbor
    bidx = runtime.store.vault.blind_index(house.agency_id, GRACE)
    with runtime.store.write() as session:
        consents.change(
            session, runtime.store.vault, agency_id=house.agency_id, to_bidx=bidx, to=to, at=MONDAY, how="text",
            family_id=house.home.family_id, member_id=house.home.members["Grace"], **more,
        )  # fmt: skip


def send_scan(browser: Browser, page: str, fields: dict[str, str], content: bytes) -> tuple[int, str]:
    """Post the form with a file: status and page."""
    browser.get(page)
    data: dict[str, Any] = {"csrf_token": browser._token, **fields, "scan": (BytesIO(content), "form.pdf")}
    answer = browser.client.post(
        f"{page}/consent", data=data, base_url="http://localhost", headers={"Referer": "http://localhost/"}
    )
    answer.request.environ["wsgi.input"].close()  # the test client keeps a large form in a file
    return answer.status_code, answer.text


def test_the_page_shows_every_change_with_its_words(browser: Browser, runtime: Runtime, cast: Cast, page: str) -> None:
    move(runtime, cast, Consent.HOLD, said="can we end it maybe")
    browser.sign_in(cast.mina)
    shown = browser.get(page)
    assert shown.status_code == 200
    for words in ("Grace may want the texts to stop", "can we end it maybe", GRACE, "They want to stop", "Okafor"):
        assert words in shown.text, words
    assert "Record a consent" not in shown.text


@pytest.mark.parametrize(("person", "status"), [("mina", 200), ("tom", 200), ("ada", 200), ("cal", 404), ("rex", 404)])
def test_who_may_read_it(app: Flask, cast: Cast, page: str, person: str, status: int) -> None:
    browser = Browser(app)
    browser.sign_in(getattr(cast, person))
    assert browser.get(page).status_code == status
    assert browser.get(f"{page}/proof").status_code == status
    assert browser.get(f"{page}/scans/{cast.harbor.ids['scan_id']}").status_code == status


@pytest.mark.parametrize(("decision", "state"), [("stop", "stopped"), ("go_on", "active"), ("", "stopped")])
def test_an_unclear_wish_is_decided_once(
    browser: Browser, runtime: Runtime, cast: Cast, page: str, decision: str, state: str
) -> None:
    move(runtime, cast, Consent.HOLD, said="can we end it maybe")
    browser.sign_in(cast.mina)
    browser.get(page)
    assert browser.post(f"{page}/hold", {"decision": decision}).status_code == 303
    assert standing(runtime, cast) == state
    again = browser.post(f"{page}/hold", {"decision": "stop"})
    assert again.status_code == 409 and "decided already" in again.text


def test_fresh_paper_consent_with_a_scan_is_the_way_back(
    browser: Browser, runtime: Runtime, cast: Cast, page: str
) -> None:
    move(runtime, cast, Consent.STOPPED)
    browser.sign_in(cast.mina)
    assert send_scan(browser, page, PAPER, PDF)[0] == 409  # given the day before they stopped
    assert standing(runtime, cast) == "stopped"
    assert send_scan(browser, page, PAPER | {"given_on": "2026-11-02"}, PDF)[0] == 303
    assert standing(runtime, cast) == "active"
    shown = browser.get(page).text
    assert "Form B, version 3" in shown and "given on 2026-11-02" in shown and "W1 " in shown
    with runtime.store.read() as session:
        found = session.execute(text("SELECT id, content FROM consent_scans ORDER BY id DESC")).first()
    assert found is not None and PDF not in bytes(found.content)
    scan = browser.get(f"{page}/scans/{found.id}")
    assert (scan.data, scan.mimetype) == (PDF, "application/pdf")
    assert scan.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("fields", "content", "said"),
    [
        (PAPER | {"given_on": "2026-11-30"}, b"", "cannot lie ahead"),
        (PAPER | {"given_on": "yesterday"}, b"", "cannot lie ahead"),
        (PAPER | {"wording": ""}, b"", "Name the wording"),
        (PAPER | {"how": "shouted"}, b"", "on paper or spoken"),
        (PAPER, b"MZ\x90\x00 a program", "no PDF, PNG or JPEG"),
        (PAPER, b"%PDF-" + b"x" * (2 * 1024 * 1024), "larger than 2 MB"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    browser: Browser, runtime: Runtime, cast: Cast, page: str, fields: dict[str, str], content: bytes, said: str
) -> None:
    browser.sign_in(cast.mina)
    status, shown = send_scan(browser, page, fields, content)
    assert (status, said in shown) == (422, True)
    with runtime.store.read() as session:
        assert session.execute(text("SELECT count(*) FROM consent_scans")).scalar_one() == 2  # the cast's own


def test_a_file_far_too_large_is_refused_at_the_door(browser: Browser, cast: Cast, page: str) -> None:
    browser.sign_in(cast.mina)
    assert send_scan(browser, page, PAPER, b"%PDF-" + b"x" * (3 * 1024 * 1024))[0] == 413


def test_the_carriers_own_stop_is_lifted_by_start_only(
    app: Flask, browser: Browser, runtime: Runtime, cast: Cast, page: str
) -> None:
    move(runtime, cast, Consent.STOPPED)
    with runtime.store.write() as session:
        bidx = runtime.store.vault.blind_index(cast.harbor.agency_id, GRACE)
        consents.carrier_holds_stop(session, cast.harbor.agency_id, bidx)
    browser.sign_in(cast.mina)
    shown = browser.get(page).text
    assert "Only START from their own phone" in shown and "Record a consent" not in shown
    refused = browser.post(f"{page}/consent", PAPER | {"given_on": "2026-11-02"})
    assert refused.status_code == 409 and standing(runtime, cast) == "stopped"
    assert post_text(app, runtime.settings, GRACE, "START").status_code == 200
    assert standing(runtime, cast) == "active"


def test_a_number_that_is_somebody_elses_says_so_until_there_is_a_new_one(
    app: Flask, browser: Browser, runtime: Runtime, cast: Cast, page: str
) -> None:
    browser.sign_in(cast.mina)
    told = "says the number is not theirs"
    assert told not in browser.get(page).text
    for said in ("Sorry, wrong number", "START"):
        assert post_text(app, runtime.settings, GRACE, said).status_code == 200
    assert standing(runtime, cast) == "stopped" and told in browser.get(page).text
    assert browser.post(f"{page}/consent", PAPER | {"given_on": "2026-11-02"}).status_code == 303
    assert standing(runtime, cast) == "active" and told in browser.get(page).text
    with runtime.store.write() as session:
        member = session.get(Member, cast.harbor.home.members["Grace"])
        assert member is not None
        families.give_words(session, runtime.store.vault, member, "phone", "+13035550177")
    assert told not in browser.get(page).text


def test_a_stop_that_was_said_to_a_person_holds_at_once(
    browser: Browser, runtime: Runtime, cast: Cast, page: str
) -> None:
    browser.sign_in(cast.tom)
    browser.get(page)
    assert browser.post(f"{page}/stop", {"words": " "}).status_code == 422
    assert browser.post(f"{page}/stop", {"words": "Said so at the visit on Monday"}).status_code == 303
    assert standing(runtime, cast) == "stopped"
    assert "Said so at the visit on Monday" in browser.get(page).text
    assert browser.post(f"{page}/stop", {"words": "again"}).status_code == 409


def test_a_number_is_asked_by_text_once_ever(browser: Browser, runtime: Runtime, cast: Cast, page: str) -> None:
    with runtime.store.write() as session:
        session.execute(text("DELETE FROM consent_scans"))
        session.execute(text("DELETE FROM consent_events"))
        session.execute(text("DELETE FROM consents"))
    browser.sign_in(cast.mina)
    assert "A number gets it once ever" in browser.get(page).text
    assert browser.post(f"{page}/ask").status_code == 303
    assert standing(runtime, cast) == "pending"
    assert browser.post(f"{page}/ask").status_code == 409
    with runtime.store.read() as session:
        asked = session.execute(text("SELECT text_id FROM outbox_messages WHERE kind = 'consent_ask'")).all()
        event = session.execute(text("SELECT wording FROM consent_events")).scalar_one()
    assert [row[0] for row in asked] == ["W0"]
    assert event.startswith("W0 ")


def test_the_sheet_is_in_order_and_making_it_is_on_the_record(
    browser: Browser, runtime: Runtime, cast: Cast, page: str
) -> None:
    move(runtime, cast, Consent.STOPPED, said="please stop now")
    browser.sign_in(cast.mina)
    sheet = browser.get(f"{page}/proof").text
    assert sheet.index("agreed") < sheet.index("please stop now")
    for words in (GRACE, "Harbor", "the oldest first"):
        assert words in sheet, words
    with runtime.store.read() as session:
        acts = session.execute(text("SELECT act FROM audit_events WHERE act = 'consent_proof'")).all()
    assert len(acts) == 1


def test_words_said_in_another_family_stay_with_its_own_team(
    browser: Browser, runtime: Runtime, cast: Cast, page: str
) -> None:
    other = cast.cal
    with runtime.store.write() as session:
        home = families.new_family(
            session, runtime.store.vault, agency_id=cast.harbor.agency_id, ref="F-2", name="Second",
            zone="America/Denver", caseworker_id=other.staff_id, at=MONDAY,
        )  # fmt: skip
        bidx = runtime.store.vault.blind_index(cast.harbor.agency_id, GRACE)
        consents.change(
            session, runtime.store.vault, agency_id=cast.harbor.agency_id, to_bidx=bidx, to=Consent.STOPPED, at=MONDAY,
            how="text", said="stop, said at the Seconds", family_id=home.id,
        )  # fmt: skip
    browser.sign_in(cast.mina)
    shown = browser.get(page).text
    assert "stop, said at the Seconds" not in shown and "Said in another family" in shown
    tom = Browser(browser.client.application)
    tom.sign_in(cast.tom)
    assert "stop, said at the Seconds" in tom.get(page).text


@pytest.mark.parametrize("person", ["cal", "rex", "eve"])
@pytest.mark.parametrize("act", ["consent", "ask", "stop", "hold"])
def test_nobody_else_changes_it(app: Flask, runtime: Runtime, cast: Cast, page: str, person: str, act: str) -> None:
    browser = Browser(app)
    browser.sign_in(getattr(cast, person))
    fields = PAPER | {"words": "they said so", "decision": "stop"}
    assert browser.post(f"{page}/{act}", fields).status_code == 404
    assert standing(runtime, cast) == "active"


def test_an_unclear_text_waits_on_the_tasks_page_with_a_way_to_decide(
    app: Flask, browser: Browser, runtime: Runtime, cast: Cast, page: str
) -> None:
    assert post_text(app, runtime.settings, GRACE, "I think I am done with these, can we end it").status_code == 200
    browser.sign_in(cast.mina)
    tasks = browser.get("/tasks").text
    assert "Grace may want the texts to stop" in tasks and f'href="{page}"' in tasks
    assert "can we end it" in browser.get(page).text
    assert browser.post(f"{page}/hold", {"decision": "go_on"}).status_code == 303
    assert f'href="{page}"' not in browser.get("/tasks").text
