"""What leaves the house: whole, of one person, without a teen's words, without what was taken back; and who took it."""

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlmodel import select

from foster_bond.errors import InvalidInput, NotYours
from foster_bond.rules.states import Consent
from foster_bond.steps.keeping.note_look import note_look
from foster_bond.steps.reading.export_family import export_family, find_family
from foster_bond.store.audit import AuditEvent
from foster_bond.store.exports import Export, has_left
from foster_bond.store.families import Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.open_store import Store
from tests.cast import MONDAY, Cast
from tests.past import Past

EVENING = MONDAY + timedelta(days=7, hours=10)
NOW = EVENING + timedelta(days=1)


def make_teen(store: Store, past: Past, who: str) -> None:
    with store.write() as session:
        member = session.get(Member, past.members[who].id)
        assert member is not None
        member.role, member.age_band = "teen", "13-17"


def rows(store: Store, cast: Cast, past: Past, *members: str) -> list[dict[str, str]]:
    made = export_family(store, cast.mina.viewer, past.family_id, NOW, form="csv", members=members)
    return list(csv.DictReader(io.StringIO(made.content.decode())))


@pytest.fixture
def told(store: Store, cast: Cast, past: Past) -> Past:
    asked = past.asked(EVENING, "What was small and good?", who="Grace")
    past.wrote(EVENING + timedelta(minutes=5), "She hummed.", "=cmd", to=asked, who="Grace")
    past.wrote(EVENING + timedelta(hours=1), "I hate it here", who="Ben")
    past.slot(EVENING + timedelta(hours=2), who="Grace", state="dropped", why="Near a hearing.")
    past.consent(EVENING + timedelta(hours=3), Consent.STOPPED, words="STOP", who="Ben")
    note_look(store, cast.mina.viewer, past.family_id, EVENING + timedelta(hours=4))
    make_teen(store, past, "Ben")
    return past


def test_the_record_is_whole(store: Store, cast: Cast, told: Past) -> None:
    lines = rows(store, cast, told)
    said = {line["words"]: line for line in lines}
    assert said["She hummed."]["asked"] == "What was small and good?" and said["She hummed."]["member_ref"] == "M-Grace"
    assert said["'=cmd"]["at_local"] == "2026-11-09 19:06-07:00"
    assert said["What was small and good?"]["state"] == "delivered"
    assert [line["why"] for line in lines if line["kind"] == "not_sent"] == ["Near a hearing."]
    changes = [(line["state_before"], line["state"]) for line in lines if line["kind"] == "consent"]
    assert changes.count(("none", "active")) == 2 and ("active", "stopped") in changes
    assert [line["by"] for line in lines if line["kind"] == "viewed"] == ["Mina Vale"]


def test_a_teens_words_leave_only_where_the_teen_is_named(store: Store, cast: Cast, told: Past) -> None:
    whole = rows(store, cast, told)
    assert not any("hate" in line["words"] or line["words"] == "STOP" for line in whole)
    assert any("teen's words" in line["words"] and line["member_ref"] == "M-Ben" for line in whole)
    named = rows(store, cast, told, "M-Ben")
    assert {"I hate it here", "STOP"} <= {line["words"] for line in named}
    assert "M-Grace" not in {line["member_ref"] for line in named}


def test_what_was_taken_back_leaves_a_line_and_no_words(store: Store, cast: Cast, told: Past) -> None:
    with store.write() as session:
        text = (
            session.execute(
                select(InboundText)
                .where(InboundText.family_id == told.family_id, InboundText.received_at > EVENING)
                .order_by(InboundText.received_at)
            )
            .scalars()
            .first()
        )
        assert text is not None
        text.withdrawn_at = NOW
    for form in ("csv", "json"):
        content = export_family(store, cast.mina.viewer, told.family_id, NOW, form=form).content.decode()
        assert "She hummed." not in content and "removed" in content


def test_who_took_it_is_in_the_audit_with_a_fingerprint(store: Store, cast: Cast, told: Past) -> None:
    made = export_family(store, cast.mina.viewer, told.family_id, NOW, form="pdf", take_out=("hummed",))
    assert made.name == "redacted-record-2026-11-10.pdf" and made.content.startswith(b"%PDF")
    with store.read() as session:
        act = session.execute(select(AuditEvent).where(AuditEvent.act == "family_exported")).scalar_one()
        row = session.execute(select(Export)).scalar_one()
        assert act.staff_id == cast.mina.staff_id and act.subject_id == told.family_id
        assert row.digest in (act.detail or "") and row.original_digest not in (None, row.digest)
        grace, ben = told.members["Grace"].id, told.members["Ben"].id
        assert has_left(session, cast.harbor.agency_id, told.family_id, grace, EVENING)
        assert not has_left(session, cast.harbor.agency_id, told.family_id, ben, EVENING)
        assert not has_left(session, cast.harbor.agency_id, told.family_id, grace, NOW + timedelta(seconds=1))
    lines = rows(store, cast, told)
    assert [line["by"] for line in lines if line["kind"] == "exported"] == ["Mina Vale"]


def test_a_redacted_copy_of_one_person_names_nobody_else(store: Store, cast: Cast, told: Past) -> None:
    told.wrote(EVENING + timedelta(hours=5), "Ben was quiet, Mina said.", who="Grace")
    made = export_family(
        store, cast.mina.viewer, told.family_id, NOW, form="json", members=("M-Grace",), take_out=("Mina", "Vale")
    )
    copy = made.content.decode()
    assert "[redacted] was quiet, [redacted] said." in copy
    assert [name for name in ("Ben", "Mina", "Vale", "Okafor", "Grace") if name.lower() in copy.lower()] == []


def test_json_has_the_log_of_every_text(store: Store, cast: Cast, told: Past) -> None:
    made = json.loads(export_family(store, cast.tom.viewer, told.family_id, NOW, form="json").content)
    assert made["format"] == "foster-bond record 1" and made["whole_family"] is True
    grace = next(one for one in made["members"] if one["ref"] == "M-Grace")
    sent = next(one for one in grace["entries"] if one.get("words") == "What was small and good?")
    assert [move["state"] for move in sent["log"]] == ["scheduled", "sending", "accepted", "delivered"]


def test_nobody_takes_out_what_is_not_theirs(store: Store, cast: Cast, told: Past) -> None:
    for stranger in (cast.rex, cast.eve, cast.cal):
        with pytest.raises(NotYours):
            export_family(store, stranger.viewer, told.family_id, NOW, form="csv")
    with pytest.raises(InvalidInput, match="no member"):
        export_family(store, cast.mina.viewer, told.family_id, NOW, form="csv", members=("M-Ivo",))
    for who in ("F-Okafor", told.family_id):
        assert find_family(store, cast.mina.viewer, who) == told.family_id
        with pytest.raises(InvalidInput, match="no family"):
            find_family(store, cast.eve.viewer, who)
