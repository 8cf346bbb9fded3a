"""The ladder of a family and its pictures: three askers, who decided what and when, refusals beside their field."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import col

from foster_bond.runtime import Runtime
from foster_bond.steps.reading.read_pictures import read_pictures
from foster_bond.store.alerts import Alert
from foster_bond.store.audit import AuditEvent
from foster_bond.store.inbound import Reflection
from foster_bond.store.notes import write
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.practice import PromptOverride
from foster_bond.store.prompts import Prompt
from tests.cast import MONDAY, Browser, Cast
from tests.web.test_family_pages import signed_in

ASKED_FOR_IT = "She asked for it on the phone"


def home(cast: Cast) -> str:
    return f"/families/{cast.harbor.home.family_id}"


@pytest.fixture
def mina(app: Flask, cast: Cast, runtime: Runtime) -> Browser:
    """Mina, for whose agency two prompts are approved: one to support, one to explore."""
    with runtime.store.write() as session:
        for key, level, technique in (("gentle", 0, "secure_base"), ("wonder", 3, "exploration")):
            session.add(
                Prompt(
                    agency_id=cast.harbor.agency_id, key=key, technique=technique, level=level, target="self",
                    reply="text", roles=["foster_parent"], texts={"en": f"A {key} question?"},
                )
            )  # fmt: skip
    return signed_in(app, cast, "mina")


def acts(runtime: Runtime) -> list[tuple[str, str | None]]:
    with runtime.store.read() as session:
        rows = session.execute(select(AuditEvent).order_by(col(AuditEvent.at), col(AuditEvent.id))).scalars()
        return [(row.act, row.detail) for row in rows if row.act in _ACTS]


_ACTS = ("relationship_switched", "prompt_overridden", "override_taken_back")


@pytest.mark.parametrize("page", ["practice", "pictures"])
def test_who_holds_the_family_reads_it_and_nobody_else(app: Flask, cast: Cast, page: str) -> None:
    for who, status in (("mina", 200), ("tom", 200), ("cal", 404), ("lena", 404), ("rex", 404)):
        answer = signed_in(app, cast, who).get(f"{home(cast)}/{page}")
        assert (who, answer.status_code) == (who, status)
        assert ("Okafor" in answer.text) is (status == 200)


def test_relationship_prompts_are_switched_on_by_name_with_a_reason_and_off(
    mina: Browser, cast: Cast, runtime: Runtime
) -> None:
    refused = mina.post(f"{home(cast)}/practice/relationship", {"on": "1", "reason": " "})
    assert refused.status_code == 422 and "Say why: this needs a reason." in refused.text
    assert mina.post(f"{home(cast)}/practice/relationship", {"on": "1", "reason": ASKED_FOR_IT}).status_code == 303
    page = mina.get(f"{home(cast)}/practice").text
    assert "Mina Vale switched them on" in page and ASKED_FOR_IT in page and "On for this family." in page
    assert mina.post(f"{home(cast)}/practice/relationship", {"on": "1", "reason": "again"}).status_code == 409
    mina.post(f"{home(cast)}/practice/relationship", {"on": "0"})
    assert "Mina Vale switched them off" in mina.get(f"{home(cast)}/practice").text
    assert acts(runtime) == [("relationship_switched", "on"), ("relationship_switched", "off")]


def test_another_prompt_is_chosen_up_with_a_reason_and_taken_back(mina: Browser, cast: Cast, runtime: Runtime) -> None:
    to = f"{home(cast)}/practice/{cast.harbor.ids['member_id']}/next"
    refused = mina.post(to, {"prompt": "wonder", "reason": ""})
    assert refused.status_code == 422 and "Say why: this needs a reason." in refused.text
    assert 'value="wonder" selected' in refused.text  # what was typed stays
    assert mina.post(to, {"prompt": "wonder", "reason": ASKED_FOR_IT}).status_code == 303
    page = mina.get(f"{home(cast)}/practice").text
    assert "chosen by Mina Vale" in page and "A wonder question?" in page
    assert "Exploration held: not before week 3." in page  # what it goes past
    assert mina.post(to, {"prompt": "gentle"}).status_code == 409  # one choice at a time
    with runtime.store.read() as session:
        standing = session.execute(select(PromptOverride).where(col(PromptOverride.ended_at).is_(None))).scalar_one()
    back = f"{home(cast)}/practice/overrides/{standing.id}/take-back"
    assert mina.post(back).status_code == 303
    assert "taken back by Mina Vale" in mina.get(f"{home(cast)}/practice").text
    assert mina.post(back).status_code == 409
    assert [act for act, _ in acts(runtime)] == ["prompt_overridden", "override_taken_back"]


def test_the_answer_to_base_is_not_offered_as_a_prompt(mina: Browser, cast: Cast, runtime: Runtime) -> None:
    with runtime.store.write() as session:
        session.add(
            Prompt(
                agency_id=cast.harbor.agency_id, key="D-BASE", technique="secure_base", level=0, target="self",
                reply="text", roles=["foster_parent"], texts={"en": "You are back at your base."},
            )
        )  # fmt: skip
    page = mina.get(f"{home(cast)}/practice").text
    assert "A gentle question?" in page and "back at your base" not in page


def test_an_open_alert_holds_every_rung_and_every_choice(mina: Browser, cast: Cast, runtime: Runtime) -> None:
    with runtime.store.write() as session:
        alert = session.get(Alert, cast.harbor.ids["alert_id"])
        assert alert is not None
        alert.priority = "now"
    page = mina.get(f"{home(cast)}/practice").text
    assert page.count("An alert is open: every prompt waits until a person clears it.") >= 6
    assert "Nothing may be asked of Grace now." in page
    to = f"{home(cast)}/practice/{cast.harbor.ids['member_id']}/next"
    refused = mina.post(to, {"prompt": "gentle", "reason": "calm again"})
    assert refused.status_code == 422
    assert "An alert is open: nothing goes out until a person clears it." in refused.text


def test_a_past_prompt_says_in_one_line_what_chose_it_and_what_was_held(
    mina: Browser, cast: Cast, runtime: Runtime
) -> None:
    ids = cast.harbor.ids
    line = "Challenging held: no support reply in 7 days. Week 5, slot 3 of the programme, instead of H5."
    with runtime.store.write() as session:
        slot, message = session.get(Occurrence, ids["occurrence_id"]), session.get(OutboxMessage, ids["message_id"])
        assert slot is not None and message is not None
        message.kind, message.state, message.accepted_at = "prompt", "delivered", MONDAY - timedelta(hours=1)
        message.prompt_key, message.occurrence_id, slot.why = "own-1", slot.id, line
    assert line in mina.get(home(cast)).text


def test_the_pictures_hold_the_same_as_their_tables(mina: Browser, cast: Cast, runtime: Runtime) -> None:
    ids = cast.harbor.ids
    with runtime.store.write() as session:
        prompt = session.get(Prompt, ids["prompt_id"])
        message = session.get(OutboxMessage, ids["message_id"])
        reflection = session.get(Reflection, ids["reflection_id"])
        assert prompt is not None and message is not None and reflection is not None
        prompt.reply = "1-5"
        message.kind, message.state, message.accepted_at = "prompt", "delivered", MONDAY - timedelta(days=20)
        message.prompt_key, message.occurrence_id = prompt.key, reflection.occurrence_id
        reflection.prompt_key, reflection.rating, reflection.first_at = prompt.key, 4, MONDAY - timedelta(days=20)
        write(
            session, runtime.store.vault, agency_id=cast.harbor.agency_id, family_id=cast.harbor.home.family_id,
            author_id=cast.mina.staff_id, words="She looked tired", once_key="k",
            at=MONDAY - timedelta(days=3),
        )  # fmt: skip
    viewer = cast.mina.viewer
    page = read_pictures(runtime.store, viewer, cast.harbor.home.family_id, MONDAY)
    assert (len(page.weeks), page.asked, page.answered) == (12, 1, 1)
    [week] = [one for one in page.weeks if one.asked]
    assert week.rungs[1] == (1, 1) and sum(asked for asked, _ in week.rungs) == 1
    [rating] = page.ratings
    assert (rating.kind, rating.last, rating.joined, rating.usual) == ("thermometer", (4,), False, None)
    [note] = page.notes
    assert rating.marks[0].x < note.x <= 1000 and note.author == "Mina Vale"
    text = mina.get(f"{home(cast)}/pictures").text
    assert "1 of 1 prompt of the last year was answered." in text and "no line is drawn below four numbers" in text
    assert "4 of 5" in text and "<polyline" not in text and "She looked tired" not in text
