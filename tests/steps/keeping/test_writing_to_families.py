"""Staff write to a family: once, within hours, past no colleague; taken back in time; drafts and "I read this"."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.states import Consent
from foster_bond.steps.keeping.keep_draft import KEPT, keep_draft
from foster_bond.steps.keeping.say_read import Told, say_read
from foster_bond.steps.keeping.write_note import write_note
from foster_bond.steps.keeping.write_reply import Overtaken, Reply, take_back, write_reply
from foster_bond.store import drafts, outbox, staff_texts
from foster_bond.store.open_store import Store
from foster_bond.store.outbox import OutboxMessage
from tests.cast import MONDAY, Cast, gather
from tests.past import Past, new_family, open_past

NOON = MONDAY + timedelta(hours=3)
NIGHT = MONDAY + timedelta(hours=17)  # 2:00 in Denver
MORNING = MONDAY + timedelta(days=1)


@pytest.fixture
def cast(store: Store) -> Cast:
    return gather(store)


@pytest.fixture
def past(store: Store, cast: Cast) -> Past:
    return open_past(store, cast.harbor)


def reply(past: Past, words: str = "Thank you. I will bring the form.", **more: str) -> Reply:
    return Reply(**({"to": past.members["Grace"].id, "words": words, "once_key": "k1"} | more))


def written(past: Past) -> list[OutboxMessage]:
    with past.store.read() as session:
        query = select(OutboxMessage).where(
            col(OutboxMessage.family_id) == past.family_id, col(OutboxMessage.once_key).is_not(None)
        )
        return list(session.execute(query.order_by(col(OutboxMessage.id))).scalars())


def draft_of(past: Past, cast: Cast, kind: str) -> str:
    with past.store.read() as session:
        mina = cast.mina.viewer
        row = drafts.of_person(session, mina.agency_id, mina.staff_id, past.family_id).get(kind)
        return "" if row is None else drafts.words_of(session, past.store.vault, row)


@pytest.mark.parametrize(("at", "leaves"), [(NOON, NOON + timedelta(seconds=30)), (NIGHT, MORNING)])
def test_it_waits_for_their_hours_and_is_written_once(
    store: Store, cast: Cast, past: Past, at: datetime, leaves: datetime
) -> None:
    heard = past.wrote(MONDAY, "Could you bring the form?")
    about = reply(past, "I’ll bring it.", about=heard)
    assert write_reply(store, cast.mina.viewer, past.family_id, about, at) == leaves
    assert write_reply(store, cast.mina.viewer, past.family_id, about, at) is None
    (row,) = written(past)
    assert (row.state, row.due_at, row.staff_id, row.parts) == ("scheduled", leaves, cast.mina.staff_id, 1)
    with store.read() as session:
        assert outbox.body_of(session, store.vault, row) == "I'll bring it."
        assert staff_texts.answered_moments(session, row.agency_id, [row.inbound_id or ""]) == {row.inbound_id: heard}


@pytest.mark.parametrize("state", [Consent.STOPPED, Consent.HOLD])
def test_nobody_writes_to_a_number_that_stopped(store: Store, cast: Cast, past: Past, state: Consent) -> None:
    past.consent(MONDAY, state)
    with pytest.raises(Conflict):
        write_reply(store, cast.mina.viewer, past.family_id, reply(past), NOON)
    past.wrote(MONDAY, "We are fine.")
    assert written(past) == []


def test_whoever_does_not_hold_the_family_writes_nothing(store: Store, cast: Cast, past: Past) -> None:
    twin = new_family(store, cast.harbor, "Adeyemi", {"Ife": "+13035550155"}, MONDAY, worker="Cal")
    heard = past.wrote(MONDAY, "Fine.")
    for who in (cast.cal.viewer, cast.rex.viewer):
        with pytest.raises(NotYours):
            write_reply(store, who, past.family_id, reply(past), NOON)
        with pytest.raises(NotYours):
            say_read(store, who, past.family_id, heard, NOON)
        with pytest.raises(NotYours):
            keep_draft(store, who, past.family_id, "note", "Hm.", NOON)
    with pytest.raises(NotYours):  # her own family, somebody else's member
        write_reply(store, cast.mina.viewer, past.family_id, reply(past, to=twin.members["Ife"].id), NOON)
    with pytest.raises(NotYours):
        say_read(store, cast.cal.viewer, twin.family_id, heard, NOON)
    with pytest.raises(InvalidInput):
        write_reply(store, cast.mina.viewer, past.family_id, reply(past, to=""), NOON)
    assert written(past) == written(twin) == []


def test_two_who_write_at_once_read_each_other_first(store: Store, cast: Cast, past: Past) -> None:
    write_reply(store, cast.tom.viewer, past.family_id, reply(past, "Tom here."), NOON)
    with pytest.raises(Overtaken) as overtaken:
        write_reply(store, cast.mina.viewer, past.family_id, reply(past, "Mina here."), NOON)
    assert "Tom Vale" in str(overtaken.value) and len(written(past)) == 1
    again = reply(past, "Mina here.", seen=overtaken.value.seen)
    assert write_reply(store, cast.mina.viewer, past.family_id, again, NOON) is not None
    own = reply(past, "And the key.", once_key="k2", seen=overtaken.value.seen)
    assert write_reply(store, cast.mina.viewer, past.family_id, own, NOON) is not None  # her own is nothing to read


def test_a_text_is_taken_back_until_it_leaves_and_its_words_are_kept(store: Store, cast: Cast, past: Past) -> None:
    write_reply(store, cast.mina.viewer, past.family_id, reply(past, "At 5, not 4."), NIGHT)
    (row,) = written(past)
    with pytest.raises(NotYours):
        take_back(store, cast.rex.viewer, past.family_id, row.id, NIGHT)
    with store.write() as session:  # an alert in their hands lets a colleague read and write, not unsay
        cal = open_past(store, cast.harbor)
        session.get(type(cal.family), past.family_id).caseworker_id = cast.cal.staff_id  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        take_back(store, cast.cal.viewer, past.family_id, row.id, NIGHT)
    with store.write() as session:
        session.get(type(past.family), past.family_id).caseworker_id = cast.mina.staff_id  # type: ignore[union-attr]
    assert take_back(store, cast.mina.viewer, past.family_id, row.id, NIGHT) == "At 5, not 4."
    assert written(past)[0].state == "cancelled" and draft_of(past, cast, "reply") == "At 5, not 4."
    with pytest.raises(Conflict):
        take_back(store, cast.mina.viewer, past.family_id, row.id, NIGHT)
    left = past.sent(NOON, "Gone.", staff_id=cast.mina.staff_id)
    with pytest.raises(Conflict):
        take_back(store, cast.mina.viewer, past.family_id, left, NOON)


def test_a_draft_is_sealed_kept_for_its_writer_alone_and_gone_when_sent(store: Store, cast: Cast, past: Past) -> None:
    for words in ("Ask ab", "Ask about the zebra."):
        keep_draft(store, cast.mina.viewer, past.family_id, "note", words, NOON)
    assert draft_of(past, cast, "note") == "Ask about the zebra."
    with store.read() as session:
        (row,) = session.execute(select(drafts.Draft)).scalars()
        assert b"zebra" not in row.words
        assert drafts.of_person(session, row.agency_id, cast.tom.staff_id, past.family_id) == {}
    write_note(store, cast.mina.viewer, past.family_id, "Ask about the zebra.", NOON, once_key="n1")
    assert draft_of(past, cast, "note") == ""
    keep_draft(store, cast.mina.viewer, past.family_id, "reply", "Hm", NOON, to=past.members["Ben"].id)
    keep_draft(store, cast.mina.viewer, past.family_id, "reply", "  ", NOON)
    assert draft_of(past, cast, "reply") == ""
    keep_draft(store, cast.mina.viewer, past.family_id, "reply", "Old", NOON)
    keep_draft(store, cast.tom.viewer, past.family_id, "note", "New", NOON + KEPT + timedelta(seconds=1))
    assert draft_of(past, cast, "reply") == ""


def test_i_read_this_is_told_once_and_not_often(store: Store, cast: Cast, past: Past) -> None:
    first, second = past.wrote(MONDAY, "Long day."), past.wrote(NOON, "Better.")
    ben = past.wrote(NOON, "All quiet.", who="Ben")
    mina, tom = cast.mina.viewer, cast.tom.viewer
    assert say_read(store, mina, past.family_id, first, NIGHT) is Told.TOLD
    assert say_read(store, mina, past.family_id, first, NIGHT) is Told.BEFORE
    assert say_read(store, tom, past.family_id, first, NIGHT) is Told.LATELY
    assert say_read(store, mina, past.family_id, second, NIGHT) is Told.LATELY
    assert say_read(store, mina, past.family_id, ben, NIGHT) is Told.TOLD
    grace, other = written(past)
    assert [(one.text_id, one.due_at, one.state) for one in (grace, other)] == [("N6", MORNING, "scheduled")] * 2
    assert grace.member_id == past.members["Grace"].id and other.member_id == past.members["Ben"].id
    later = past.wrote(NOON + timedelta(days=8), "Hello again.")
    assert say_read(store, mina, past.family_id, later, NOON + timedelta(days=8)) is Told.TOLD


def test_who_stopped_is_not_told_but_it_is_written_down(store: Store, cast: Cast, past: Past) -> None:
    heard = past.wrote(MONDAY, "Long day.")
    past.consent(NOON, Consent.STOPPED)
    assert say_read(store, cast.mina.viewer, past.family_id, heard, NOON) is Told.CLOSED
    assert written(past) == []
