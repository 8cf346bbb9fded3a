"""The prompt desk: words wait for a signature, what families get goes on, and what is written stays as it is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import Conflict, InvalidInput, NotAllowed, NotYours
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.prompt_form import as_typed
from foster_bond.rules.prompt_words import from_record
from foster_bond.steps.asking.write_prompt import (
    StalePrompt,
    bring_back,
    drop_words,
    new_form,
    retire_prompt,
    sign_prompt,
    write_prompt,
)
from foster_bond.steps.prompt_desk import mark_of, waiting, words_of
from foster_bond.store import prompt_versions as versions
from foster_bond.store.audit import AuditEvent
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.prompts import Prompt
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import House

EVENING = MONDAY + timedelta(hours=10)
DAY = timedelta(days=1)
SIGNED = {"signed_name": "Dr. Ida Roth", "signed_as": "LCSW", "signed_on": MONDAY.date().isoformat(), "sure": "on"}
NEW = {
    "technique": "support", "target": "self", "reply": "text", "role_foster_parent": "on",
    "text_en": "What carried you through today?", "text_es": "¿Qué le ha sostenido hoy?",
}  # fmt: skip


def lead(house: House) -> Viewer:
    return Viewer(staff_id="", agency_id=house.agency_id, role=Role.LEAD, name="Lena")


def prompt(house: House, key: str) -> Prompt:
    with house.store.read() as session:
        return session.execute(select(Prompt).where(col(Prompt.key) == key)).scalar_one()


def seen(house: House, key: str) -> str:
    with house.store.read() as session:
        row = session.execute(select(Prompt).where(col(Prompt.key) == key)).scalar_one()
        return mark_of(row, waiting(session, row))


def typed(house: House, key: str, **more: str) -> dict[str, str]:
    return as_typed(words_of(prompt(house, key))) | more


def edit(house: House, key: str, text: str) -> None:
    fields = typed(house, key, text_en=text)
    row = prompt(house, key)
    write_prompt(
        house.store, viewer=lead(house), prompt_id=row.id, typed=fields, seen=seen(house, key), now=MONDAY
    )  # fmt: skip


def sign(house: House, key: str, **more: str) -> None:
    sign_prompt(
        house.store, viewer=lead(house), prompt_id=prompt(house, key).id, typed=SIGNED | more, seen=seen(house, key),
        now=MONDAY,
    )  # fmt: skip


def acts(store: Store) -> list[str]:
    with store.read() as session:
        found = session.execute(select(col(AuditEvent.act)).order_by(col(AuditEvent.at), col(AuditEvent.id))).scalars()
        return [act for act in found if act.startswith("prompt_")]


def grace(house: House) -> str:
    return house.member(house.family(now=MONDAY), now=MONDAY)


def test_a_new_prompt_waits_until_it_is_signed(house: House) -> None:
    grace(house)
    form = new_form()
    for _ in range(2):  # pressed twice
        made = write_prompt(house.store, viewer=lead(house), prompt_id=None, typed=NEW, seen=form, now=MONDAY)
    row = prompt(house, "own-1")
    assert (made, row.state, row.source, row.version) == (form, "draft", "desk", 1)
    house.schedule(now=MONDAY, prompts=["own-1", "S3"])
    house.live(MONDAY, EVENING + timedelta(hours=2))
    assert [key for _, key, _ in house.texts()] == ["S3"]

    sign(house, "own-1")
    with house.store.read() as session:
        (kept,) = versions.versions_of(session, house.agency_id, row.id)
        assert (kept.signed_name, kept.signed_as, kept.signed_on) == ("Dr. Ida Roth", "LCSW", MONDAY.date())
        assert kept.approved_at == MONDAY
    assert prompt(house, "own-1").state == "approved"
    assert acts(house.store) == ["prompt_written", "prompt_approved"]


def test_a_programme_of_unsigned_questions_waits_and_does_not_end(house: House) -> None:
    grace(house)
    write_prompt(house.store, viewer=lead(house), prompt_id=None, typed=NEW, seen=new_form(), now=MONDAY)
    house.schedule(now=MONDAY, prompts=["own-1"])
    house.live(MONDAY, EVENING + timedelta(hours=2))
    assert house.texts() == []
    sign(house, "own-1")
    house.live(EVENING + timedelta(hours=2), EVENING + DAY + timedelta(hours=2))
    assert [key for _, key, _ in house.texts()] == ["own-1"]


def test_an_edit_waits_beside_what_families_get(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=["S1", "S1", "S1"])
    edit(house, "S1", "What weighed most today? One line is fine.")
    house.live(MONDAY, EVENING + timedelta(hours=2))
    (first,) = house.texts()
    assert "hardest moment" in first[2]
    row = prompt(house, "S1")
    assert (row.state, row.version) == ("approved", 1)

    sign(house, "S1")
    house.live(EVENING + timedelta(hours=2), EVENING + DAY + timedelta(hours=2))
    before, after = house.texts()
    assert (before, "weighed most" in after[2]) == (first, True)
    with house.store.read() as session:
        kept = versions.versions_of(session, house.agency_id, row.id)
        assert [(one.number, "hardest" in from_record(one.words).texts["en"]) for one in kept] == [
            (2, False),
            (1, True),
        ]


def test_what_is_written_to_the_outbox_leaves_as_it_is(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=["S1"])
    house.tick(MONDAY)
    house.tick(EVENING - timedelta(minutes=5))  # written, not yet due
    edit(house, "S1", "What weighed most today?")
    sign(house, "S1")
    retire_prompt(house.store, viewer=lead(house), prompt_id=prompt(house, "S1").id, seen=seen(house, "S1"), now=MONDAY)
    house.live(EVENING, EVENING + timedelta(hours=2))
    assert ["hardest moment" in body for _, _, body in house.texts()] == [True]


def test_a_retired_prompt_is_passed_over_until_it_is_brought_back(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=["S1", "S3", "S1"])
    who = lead(house)
    for _ in range(2):
        retire_prompt(house.store, viewer=who, prompt_id=prompt(house, "S1").id, seen=seen(house, "S1"), now=MONDAY)
    house.live(MONDAY, EVENING + timedelta(hours=2))
    assert [key for _, key, _ in house.texts()] == ["S3"]
    with pytest.raises(Conflict, match="bring it back"):
        edit(house, "S1", "What weighed most today?")
    bring_back(house.store, viewer=who, prompt_id=prompt(house, "S1").id, now=MONDAY)
    house.live(EVENING + timedelta(hours=2), EVENING + DAY + timedelta(hours=2))
    assert [key for _, key, _ in house.texts()] == ["S3", "S1"]
    assert acts(house.store) == ["prompt_retired", "prompt_brought_back"]


def test_two_who_edit_at_once_do_not_overwrite_each_other(house: House) -> None:
    row, mark = prompt(house, "S1"), seen(house, "S1")
    said: dict[str, Any] = {"viewer": lead(house), "prompt_id": row.id, "seen": mark, "now": MONDAY}
    mine = typed(house, "S1", text_en="What weighed most today?")
    for _ in range(2):  # pressed twice: the same words are no clash
        write_prompt(house.store, typed=mine, **said)
    with pytest.raises(StalePrompt, match="Nothing is lost"):
        write_prompt(house.store, typed=typed(house, "S1", text_en="What was heavy?"), **said)
    with pytest.raises(StalePrompt):
        sign_prompt(house.store, typed=SIGNED, **said)
    drop_words(house.store, viewer=lead(house), prompt_id=row.id, seen=seen(house, "S1"), now=MONDAY)
    with house.store.read() as session:
        assert [one.number for one in versions.versions_of(session, house.agency_id, row.id)] == [1]


def test_a_signature_is_whole_and_nothing_open_is_signed(house: House) -> None:
    edit(house, "S1", "Did you rest today?")
    with pytest.raises(Conflict, match="say why it stays"):
        sign(house, "S1")
    fields = typed(house, "S1", text_en="Did you rest today?", reason="It only opens a talk on paper.")
    write_prompt(
        house.store, viewer=lead(house), prompt_id=prompt(house, "S1").id, typed=fields, seen=seen(house, "S1"),
        now=MONDAY,
    )  # fmt: skip
    late = (MONDAY + 2 * DAY).date().isoformat()
    for off in ({"signed_name": " "}, {"signed_as": ""}, {"signed_on": late}, {"signed_on": "soon"}, {"sure": ""}):
        with pytest.raises(OffFields) as refused:
            sign(house, "S1", **off)
        assert refused.value.by_field.keys() == off.keys()
    sign(house, "S1")
    sign(house, "S1")
    assert (prompt(house, "S1").version, acts(house.store).count("prompt_approved")) == (2, 1)


def test_a_shipped_prompt_can_be_signed_as_it_stands(house: House) -> None:
    sign(house, "T1")  # its stated exception holds
    row = prompt(house, "T1")
    with house.store.read() as session:
        kept = versions.version(session, house.agency_id, row.id, 1)
        assert kept is not None and kept.signed_name == "Dr. Ida Roth"
    assert (row.state, row.version) == ("approved", 1)


def test_what_a_pack_left_for_review_is_changed_and_signed(house: House) -> None:
    """`load --draft` leaves a prompt and no version of it."""
    house.change(Prompt, prompt(house, "S1").id, state="draft", source="pack")
    house.change(Prompt, prompt(house, "S3").id, state="draft", source="pack")
    sign(house, "S3")
    edit(house, "S1", "What weighed most today?")
    assert (prompt(house, "S1").state, prompt(house, "S1").texts["en"]) == ("draft", "What weighed most today?")
    sign(house, "S1")
    for key in ("S1", "S3"):
        row = prompt(house, key)
        with house.store.read() as session:
            (kept,) = versions.versions_of(session, house.agency_id, row.id)
            assert (row.state, row.version, kept.signed_name, kept.number) == ("approved", 1, "Dr. Ida Roth", 1)


@pytest.mark.parametrize(
    ("off", "field"),
    [
        ({"technique": "magic"}, "technique"),
        ({"target": ""}, "target"),
        ({"reply": "drawing"}, "reply"),
        ({"role_foster_parent": ""}, "roles"),
        ({"technique": "challenging", "role_teen": "on"}, "roles"),  # never to a minor
        ({"text_en": "", "text_es": ""}, "text_en"),
        ({"text_en": "What did {name} do?"}, "text_en"),
        ({"text_es": "¿Qué? " * 100}, "text_es"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_what_is_off_is_said_beside_its_field(house: House, off: dict[str, str], field: str) -> None:
    with pytest.raises(OffFields) as refused:
        write_prompt(house.store, viewer=lead(house), prompt_id=None, typed=NEW | off, seen=new_form(), now=MONDAY)
    assert list(refused.value.by_field) == [field]


def test_only_who_runs_prompts_of_this_agency(house: House) -> None:
    row = prompt(house, "S1")
    mina = Viewer(staff_id="", agency_id=house.agency_id, role=Role.CASEWORKER, name="Mina")
    stranger = Viewer(staff_id="", agency_id=new_id(), role=Role.ADMIN, name="Rex")
    with pytest.raises(NotAllowed):
        retire_prompt(house.store, viewer=mina, prompt_id=row.id, seen="", now=MONDAY)
    with pytest.raises(NotYours):
        retire_prompt(house.store, viewer=stranger, prompt_id=row.id, seen="", now=MONDAY)
    with pytest.raises(InvalidInput, match="not one of ours"):
        write_prompt(house.store, viewer=lead(house), prompt_id=None, typed=NEW, seen="1", now=MONDAY)
    with pytest.raises(Conflict, match="used before"):
        write_prompt(house.store, viewer=lead(house), prompt_id=None, typed=NEW, seen=row.id, now=MONDAY)
