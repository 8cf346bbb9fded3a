"""A timeline of any history: newest first, every moment once, whatever the page breaks fall on; at one price."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.kinds import Kind
from foster_bond.rules.page_values.family import FamilyPage, Moment
from foster_bond.steps.reading._gather import PAGE
from foster_bond.steps.reading.read_caseload import read_caseload
from foster_bond.steps.reading.read_timeline import read_family, read_news
from foster_bond.store.open_store import Store
from tests.cast import GRACE, MONDAY, Cast
from tests.past import Past, new_family

NOW = MONDAY + timedelta(days=60)
MINUTES = st.integers(min_value=0, max_value=40)  # few, so that many moments share an instant
Happening = Callable[[Past, datetime], object]
HAPPENINGS: dict[str, Happening] = {
    "asked": lambda past, at: past.asked(at),
    "answered": lambda past, at: past.wrote(at + timedelta(minutes=5), "Fine.", to=past.asked(at)),
    "unasked": lambda past, at: past.wrote(at, "Nobody asked, still.", "And more."),
    "wished": lambda past, at: past.wished(at, "PAUSE", "pause", answer="OK, a pause."),
    "expired": lambda past, at: past.slot(at, state="expired", why="Its time passed."),
    "held": lambda past, at: past.slot(at, why="A hearing that day."),
    "refused": lambda past, at: past.asked(at, state="failed", why="The number is a landline."),
    "alarmed": lambda past, at: past.alarm(at, "She has not come back.", sign="not come back"),
    "noted": lambda past, at: past.note(at, "Ask Ben."),
    "reminded": lambda past, at: past.sent(at, "Still time.", kind=Kind.STAFF_REPLY),
}


def moments(page: FamilyPage) -> list[Moment]:
    return [moment for week in page.weeks for moment in week.moments]


def walk(store: Store, viewer: Viewer, family_id: str, member: str = "") -> Iterator[FamilyPage]:
    before = ""
    while True:
        page = read_family(store, viewer, family_id, NOW, before=before, member=member)
        yield page
        before = page.earlier
        if not before:
            return


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile, the beginning of a transaction left out."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(store.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store.database.engine, "before_cursor_execute", note)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.tuples(st.sampled_from(sorted(HAPPENINGS)), MINUTES), max_size=70))
def test_every_moment_stands_once_and_newest_first(store: Store, cast: Cast, history: list[tuple[str, int]]) -> None:
    past = new_family(store, cast.harbor, "Adeyemi", {"Ife": GRACE}, MONDAY, worker="Mina")
    for what, minute in history:
        HAPPENINGS[what](past, MONDAY + timedelta(minutes=minute))
    pages = list(walk(store, cast.mina.viewer, past.family_id))
    shown = [moment for page in pages for moment in moments(page)]
    assert len({moment.id for moment in shown}) == len(shown)
    own = [moment for moment in shown if moment.kind != "consent"]  # agreement to texts belongs to the number
    assert len(own) == len(history)
    instants = [moment.was_due.iso if moment.kind == "hold" else moment.when.iso for moment in shown]
    assert instants == sorted(instants, reverse=True)
    assert all(len(moments(page)) == PAGE for page in pages[:-1])
    assert [page.at_newest for page in pages] == [True] + [False] * (len(pages) - 1)


def test_a_moment_that_comes_while_somebody_pages_back_moves_nothing(store: Store, cast: Cast, past: Past) -> None:
    for minute in range(PAGE + 5):
        past.wrote(MONDAY + timedelta(hours=1, minutes=minute), f"Part {minute}.")
    first = read_family(store, cast.mina.viewer, past.family_id, NOW)
    past.wrote(MONDAY + timedelta(days=1), "Something new.")
    second = read_family(store, cast.mina.viewer, past.family_id, NOW, before=first.earlier)
    assert not {one.id for one in moments(first)} & {one.id for one in moments(second)}
    texts = [
        one.parts[0].text for one in moments(second) if one.kind == "reflection" and one.asked is None and one.parts
    ]
    assert texts[:5] == [f"Part {minute}." for minute in range(4, -1, -1)]


def test_a_page_of_one_person_holds_nobody_elses_moments(store: Store, cast: Cast, past: Past) -> None:
    for day in range(1, 4):
        past.wrote(MONDAY + timedelta(days=day), "Grace says.", who="Grace")
        past.wrote(MONDAY + timedelta(days=day), "Ben says.", who="Ben")
    past.note(MONDAY + timedelta(days=4), "About both of them.")
    page = read_family(store, cast.mina.viewer, past.family_id, NOW, member=cast.harbor.home.members["Ben"])
    assert {getattr(one, "member_name", "") for one in moments(page)} == {"Ben"}
    assert [one.words for one in page.filters if one.chosen] == ["Ben"]


@pytest.mark.parametrize("cursor", ["x", "20261102T160000.000000", "~", "%00", "9" * 4000, "20269902T160000.000000~a"])
def test_a_cursor_that_is_none_of_ours_finds_nothing(store: Store, cast: Cast, past: Past, cursor: str) -> None:
    if cursor == "20261102T160000.000000":
        assert read_family(store, cast.mina.viewer, past.family_id, NOW, before=cursor).at_newest is False
        return
    with pytest.raises(NotYours):
        read_family(store, cast.mina.viewer, past.family_id, NOW, before=cursor)


def test_a_longer_past_costs_no_further_query(store: Store, cast: Cast, past: Past) -> None:
    for what in HAPPENINGS.values():
        what(past, MONDAY + timedelta(days=1))
    read_family(store, cast.mina.viewer, past.family_id, NOW)  # keys are unwrapped once a process
    with counted(store) as short:
        read_family(store, cast.mina.viewer, past.family_id, NOW)
    for day in range(2, 12):
        for what in HAPPENINGS.values():
            what(past, MONDAY + timedelta(days=day))
    with counted(store) as long:
        read_family(store, cast.mina.viewer, past.family_id, NOW)
    assert len(long) == len(short) <= 56
    assert not [statement for statement in long if "count(*)" in statement.lower()]


def test_a_poll_without_news_unseals_nothing(
    store: Store, cast: Cast, past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    past.wrote(MONDAY + timedelta(days=1), "Fine.", to=past.asked(MONDAY + timedelta(days=1)))
    page = read_family(store, cast.mina.viewer, past.family_id, NOW)
    opened: list[object] = []
    opening = type(store.vault).open
    monkeypatch.setattr(type(store.vault), "open", lambda *words: opened.append(words) or opening(*words))
    assert read_news(store, cast.mina.viewer, past.family_id, NOW, seen=page.seen) is None
    assert opened == []
    assert read_news(store, cast.mina.viewer, past.family_id, NOW, seen="another") is not None
    assert opened


def test_many_families_cost_no_further_query(store: Store, cast: Cast, past: Past) -> None:
    past.wrote(MONDAY, "Fine.", to=past.asked(MONDAY), hard_day=True)
    read_caseload(store, cast.mina.viewer, NOW)
    with counted(store) as few:
        read_caseload(store, cast.mina.viewer, NOW)
    for number in range(12):
        other = new_family(
            store, cast.harbor, f"Home {number}", {"Ife": f"+130355502{number:02}"}, MONDAY, worker="Mina"
        )
        other.wrote(MONDAY, "Fine.", to=other.asked(MONDAY))
    store.vault.forget()
    with counted(store) as many:
        read_caseload(store, cast.mina.viewer, NOW)
    assert len(many) <= len(few) + 1  # the keys of new families are unwrapped in one read
