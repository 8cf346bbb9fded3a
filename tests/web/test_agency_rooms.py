"""Schedules, prompts, delivery, the agency and the record: each page three times, for holder, colleague, stranger."""

from datetime import timedelta

import pytest
from flask import Flask

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Outbound
from foster_bond.runtime import Runtime
from foster_bond.steps.keeping.chain_audit import chain_audit
from foster_bond.store import agencies, audit, outbox
from foster_bond.store.audit import AuditEvent
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.prompts import Prompt
from tests.cast import GRACE, MONDAY, Browser, Cast, Person


@pytest.fixture
def mina(browser: Browser, cast: Cast) -> Browser:
    """The caseworker who holds the Okafors, signed in."""
    browser.sign_in(cast.mina)
    return browser


def as_person(app: Flask, person: Person) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(person).status_code == 303
    return browser


def test_a_schedule_is_read_by_all_and_its_plan_by_who_holds_the_family(mina: Browser, app: Flask, cast: Cast) -> None:
    mine, theirs = cast.harbor.ids["schedule_id"], cast.elsewhere.ids["schedule_id"]
    with cast.store.write() as session:
        session.get(Enrolment, cast.harbor.ids["enrolment_id"]).next_due_at = MONDAY + timedelta(days=1)
    everything = mina.get("/schedules").text
    assert "Evenings" in everything
    assert "Tuesdays at 7 pm" in everything
    assert "1 person in 1 family" in everything

    plan = mina.get(f"/schedules/{mine}").text
    assert "Grace Okafor" in plan
    assert "How was today?" in plan

    colleague = as_person(app, cast.cal)  # of the same agency, holds nobody
    shown = colleague.get(f"/schedules/{mine}").text
    assert "Evenings" in shown
    assert "Okafor" not in shown
    assert colleague.get(f"/schedules/{mine}?member={cast.harbor.ids['member_id']}").status_code == 404

    stranger = as_person(app, cast.rex)
    assert stranger.get(f"/schedules/{mine}").status_code == 404
    assert mina.get(f"/schedules/{theirs}").status_code == 404


def test_prompts_show_both_languages_and_nothing_of_another_agency(mina: Browser, app: Flask, cast: Cast) -> None:
    page = mina.get("/prompts").text
    assert "How was today?" in page
    assert "1 of 1 prompts may be asked" in page
    assert "Own" in page  # the programme that asks it
    assert as_person(app, cast.cal).get("/prompts").status_code == 200
    with cast.store.write() as session:
        session.get(Prompt, cast.harbor.ids["prompt_id"]).texts = {"en": "Only Harbor asks this."}
    assert "Only Harbor asks this." not in as_person(app, cast.rex).get("/prompts").text


def doubtful(cast: Cast) -> str:
    """A prompt to Grace of which nobody knows whether it arrived."""
    house, vault = cast.harbor, cast.store.vault
    with cast.store.write() as session:
        message = outbox.compose(
            session, vault, agency_id=house.agency_id, kind=Kind.PROMPT, to=GRACE,
            to_bidx=vault.blind_index(house.agency_id, GRACE), body="What stayed with you?", now=MONDAY,
            due_at=MONDAY, not_after=MONDAY + timedelta(hours=2), zone="America/Denver",
            family_id=house.home.family_id, member_id=house.home.members["Grace"], prompt_key="own-1",
        )  # fmt: skip
        assert message is not None
        for before, after in (
            (Outbound.SCHEDULED, Outbound.SENDING),
            (Outbound.SENDING, Outbound.UNKNOWN),
            (Outbound.UNKNOWN, Outbound.UNRESOLVED),
        ):
            assert outbox.move(session, message.id, house.agency_id, before, after, MONDAY, why="Nobody knows.")
        return message.id


def test_a_text_in_doubt_is_decided_by_who_holds_the_family(mina: Browser, app: Flask, cast: Cast) -> None:
    message_id = doubtful(cast)
    tom = as_person(app, cast.tom)
    page = tom.get("/delivery").text
    assert "One text is in doubt" in page
    assert "What stayed with you?" in page
    assert mina.get("/delivery").status_code == 403  # a caseworker finds it among the tasks

    lead = as_person(app, cast.lena)  # sees delivery, holds no family: the count, not the words
    shown = lead.get("/delivery").text
    assert "One text is in doubt" in shown
    assert "What stayed with you?" not in shown
    assert lead.post(f"/delivery/{message_id}/let-go").status_code == 404

    assert as_person(app, cast.sue).post(f"/delivery/{message_id}/let-go").status_code == 404
    assert "in doubt" not in as_person(app, cast.sue).get("/delivery").text.split("</h1>")[0]

    mina.get("/tasks")
    done = mina.post(f"/delivery/{message_id}/let-go")
    assert (done.status_code, done.location) == (303, "/tasks")
    again = tom.post(f"/delivery/{message_id}/let-go")
    assert again.status_code == 303
    assert "not in doubt any more" in tom.get("/delivery").text


def test_a_text_in_doubt_may_be_asked_about_and_sent_again(app: Flask, cast: Cast) -> None:
    message_id = doubtful(cast)
    tom = as_person(app, cast.tom)
    tom.get("/delivery")
    tom.post(f"/delivery/{message_id}/ask")
    assert "no trace" in tom.get("/delivery").text
    tom.post(f"/delivery/{message_id}/again")
    assert "It goes again as soon as it may." in tom.get("/delivery").text


FORM = {
    "phone": "(303) 555-0170", "oncall": "", "hotline": "+13035550171", "polite_from": "08:30",
    "polite_until": "20:30", "polite_sunday_from": "11:00", "prompts_a_day": "1", "prompts_a_week": "3",
    "texts_a_week": "5",
    "sender_tier": "10dlc_low_volume",
}  # fmt: skip


def test_an_admin_changes_lines_hours_and_caps(app: Flask, cast: Cast, runtime: Runtime) -> None:
    ada = as_person(app, cast.ada)
    assert ada.get("/agency").status_code == 200
    assert ada.post("/agency", FORM).status_code == 303
    page = ada.get("/agency").text
    assert "Harbor may text between 8:30 am and 8:30 pm." in page
    assert "+1 303-555-0170" in page
    with runtime.store.read() as session:
        agency = agencies.by_id(session, cast.harbor.agency_id)
        assert (agency.prompts_a_week, agency.texts_a_week) == (3, 5)
        assert agencies.number_of(session, runtime.store.vault, agency, "hotline") == "+13035550171"
        other = agencies.by_id(session, cast.elsewhere.agency_id)
        assert agencies.number_of(session, runtime.store.vault, other, "hotline") is None
        assert [one.act for one in audit.newest(session, agency.id, before=None, limit=9)].count("agency_changed") == 1


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("phone", "303", "“303”"),  # too short for a number
        ("polite_from", "07:00", "between 8:00 and 21:00"),
        ("polite_until", "late", "is not an hour"),
        ("prompts_a_week", "40", "from 1 to 7"),
        ("prompts_a_week", "6", "No more prompts fit into a week than texts do"),
    ],
)
def test_a_wrong_value_is_named_beside_its_field_and_nothing_is_kept(
    app: Flask, cast: Cast, runtime: Runtime, field: str, words: str, said: str
) -> None:
    ada = as_person(app, cast.ada)
    ada.get("/agency")
    answer = ada.post("/agency", FORM | {field: words})
    assert answer.status_code == 422
    assert said.strip("“”") in answer.text
    assert 'aria-invalid="true"' in answer.text
    with runtime.store.read() as session:
        assert agencies.by_id(session, cast.harbor.agency_id).prompts_a_week == 4


def test_colleagues_read_the_agency_and_change_nothing(mina: Browser, app: Flask, cast: Cast) -> None:
    page = mina.get("/agency").text
    assert "Harbor may text between" in page
    assert "Change lines" not in page
    assert mina.post("/agency", FORM).status_code == 403
    stranger = as_person(app, cast.eve)
    stranger.get("/agency")
    stranger.post("/agency", FORM)
    assert "8:30 am" not in mina.get("/agency").text


def test_the_record_shows_who_did_what_and_whether_it_is_whole(mina: Browser, app: Flask, cast: Cast) -> None:
    assert mina.get("/audit").status_code == 403
    ada = as_person(app, cast.ada)
    chain_audit(cast.store)
    page = ada.get("/audit").text
    assert "The record is whole up to number" in page
    assert "signed in" in page
    assert "Mina Vale" in page
    stranger = as_person(app, cast.eve).get("/audit").text
    assert "Mina Vale" not in stranger
    with cast.store.write() as session:
        event = audit.chained(session, cast.harbor.agency_id, after=0, limit=1)[0]
        session.get(AuditEvent, event.id).detail = "nothing happened"
    assert "tampered with at number 1" in ada.get("/audit").text


def test_the_record_goes_on_behind_its_page(app: Flask, cast: Cast) -> None:
    with cast.store.write() as session:
        for nth in range(120):
            audit.write(session, cast.harbor.agency_id, "signed_in", MONDAY, detail=f"nth {nth:03}")
    ada = as_person(app, cast.ada)
    seen, address = set(), "/audit"
    for _ in range(4):
        page = ada.get(address).text
        seen |= {words for words in page.split("nth ")[1:] for words in [words[:3]]}
        if 'rel="next"' not in page:
            break
        address = page.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(seen) == 120
    assert ada.get("/audit?before=nonsense").status_code == 404
