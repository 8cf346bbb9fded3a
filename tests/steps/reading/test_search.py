"""A search finds what was said in the viewer's families and nowhere else, page by page, and keeps no word of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.search import Hit
from foster_bond.steps.reading import read_search as search_room
from foster_bond.steps.reading.read_search import PAGE, read_search
from foster_bond.steps.reading.read_timeline import read_family
from foster_bond.store.audit import AuditEvent
from foster_bond.store.inbound import InboundText
from foster_bond.store.open_store import Store
from tests.cast import MONDAY, Cast
from tests.past import Past, new_family

NOW = MONDAY + timedelta(days=60)
HOUR = timedelta(hours=1)


def hits(store: Store, viewer: Viewer, words: str, family_id: str = "") -> list[tuple[str, str]]:
    page = read_search(store, viewer, words, NOW, family_id=family_id)
    return [(one.kind, one.who) for one in page.hits]


def test_every_kind_of_word_is_found_where_the_viewer_may_read(store: Store, cast: Cast, past: Past) -> None:
    twin = new_family(store, cast.harbor, "Adeyemi", {"Ife": "+13035550155"}, MONDAY, worker="Cal")
    said = past.wrote(MONDAY, "Fine.", "The zebra again.", to=past.asked(MONDAY, "Any zebra today?"))
    past.note(MONDAY + HOUR, "Ask about the zebra.")
    past.sent(MONDAY + 2 * HOUR, "I like zebras too.", staff_id=cast.mina.staff_id)
    alert = past.alarm(MONDAY + 3 * HOUR, "The zebra is gone", sign="gone")
    twin.wrote(MONDAY + 4 * HOUR, "No zebra here.")
    own = [("said", "Grace"), ("written", "Mina Vale"), ("note", "Mina Vale"), ("said", "Grace")]
    assert hits(store, cast.mina.viewer, "ZEBRA") == own == hits(store, cast.mina.viewer, "zebra", past.family_id)
    assert hits(store, cast.cal.viewer, "zebra") == [("said", "Ife")]
    assert hits(store, cast.tom.viewer, "zebra") == [("said", "Ife"), *own]
    assert hits(store, cast.rex.viewer, "zebra") == hits(store, cast.mina.viewer, "giraffe") == []
    for who, family_id in ((cast.cal, past.family_id), (cast.rex, past.family_id), (cast.mina, twin.family_id)):
        with pytest.raises(NotYours):
            read_search(store, who.viewer, "zebra", NOW, family_id=family_id)
    found = read_search(store, cast.mina.viewer, "zebra", NOW).hits
    for hit, moment in ((found[0], alert), (found[-1], said)):
        assert moment in shown_at(store, cast.mina.viewer, hit)


def shown_at(store: Store, viewer: Viewer, hit: Hit) -> list[str]:
    page = read_family(store, viewer, hit.family_id, NOW, at=hit.moment_id)
    assert page.found in [one.id for week in page.weeks for one in week.moments]
    return [page.found]


def test_what_was_taken_back_is_not_found(store: Store, cast: Cast, past: Past) -> None:
    past.wrote(MONDAY, "The zebra again.")
    with store.write() as session:
        session.execute(
            update(InboundText).where(col(InboundText.family_id) == past.family_id).values(withdrawn_at=MONDAY)
        )
    assert hits(store, cast.mina.viewer, "zebra") == []


def test_pages_follow_each_other_without_a_gap(
    store: Store, cast: Cast, past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(PAGE + 9):
        past.wrote(MONDAY + (number % 5) * HOUR, f"Zebra {number}.")
    monkeypatch.setattr(search_room.word_scan, "MOST", 25)  # one look goes that far; a page may need several
    seen: list[str] = []
    before = ""
    for _ in range(9):
        page = read_search(store, cast.mina.viewer, "zebra", NOW, before=before)
        seen += ["".join(piece.text for piece in one.pieces) for one in page.hits]
        before = page.further
        if not before:
            break
    assert sorted(seen) == sorted(f"Zebra {number}." for number in range(PAGE + 9))


def test_the_audit_knows_that_somebody_searched_and_not_for_what(store: Store, cast: Cast, past: Past) -> None:
    past.wrote(MONDAY, "The zebra again.")
    hits(store, cast.mina.viewer, "zebra", past.family_id)
    hits(store, cast.mina.viewer, "")
    with store.read() as session:
        query = select(AuditEvent).where(col(AuditEvent.act) == "search")
        (row,) = session.execute(query).scalars()
        assert (row.staff_id, row.subject_id) == (cast.mina.staff_id, past.family_id)
        assert "zebra" not in f"{row.detail}"
