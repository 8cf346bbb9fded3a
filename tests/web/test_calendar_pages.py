"""The calendar, the list of texts and what did not go out: three askers, plain refusals, and the effect in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import col

from foster_bond.runtime import Runtime
from foster_bond.steps.asking.fill_outbox import fill_outbox
from foster_bond.store.audit import AuditEvent
from foster_bond.store.calendar_dates import CalendarDate
from foster_bond.store.occurrences import Occurrence
from tests.cast import Browser, Cast
from tests.web.test_family_pages import signed_in

HEARING = {"kind": "hearing", "day": "2026-11-05", "at": "14:00", "note": "Room 4"}
TUESDAY = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # Tuesday 3 November, 19:00 in Denver


@pytest.fixture
def coming(runtime: Runtime, cast: Cast) -> str:
    """Tuesday's text of the Okafors; the address of its acts."""
    with runtime.store.write() as session:
        slot = session.get(Occurrence, cast.harbor.ids["occurrence_id"])
        assert slot is not None
        slot.due_at, slot.closes_at = TUESDAY, TUESDAY + timedelta(hours=1)
        slot.look_at = TUESDAY - timedelta(minutes=10)
    return f"{home(cast)}/texts/{slot.id}"


def home(cast: Cast) -> str:
    return f"/families/{cast.harbor.home.family_id}"


def mina(app: Flask, cast: Cast) -> Browser:
    return signed_in(app, cast, "mina")


def state(runtime: Runtime, cast: Cast) -> tuple[str, datetime]:
    with runtime.store.read() as session:
        slot = session.get(Occurrence, cast.harbor.ids["occurrence_id"])
        assert slot is not None
        return slot.state, slot.due_at


@pytest.mark.parametrize("page", ["calendar", "texts"])
def test_who_holds_the_family_reads_it_and_nobody_else(app: Flask, cast: Cast, page: str) -> None:
    for who, status in (("mina", 200), ("tom", 200), ("cal", 404), ("lena", 404), ("rex", 404)):
        answer = signed_in(app, cast, who).get(f"{home(cast)}/{page}")
        assert (who, answer.status_code) == (who, status)
        assert ("Okafor" in answer.text) is (status == 200)


def test_a_date_is_marked_with_what_it_holds_and_taken_out(app: Flask, cast: Cast, runtime: Runtime) -> None:
    browser = mina(app, cast)
    assert browser.post(f"{home(cast)}/calendar", HEARING).status_code == 303
    page = browser.get(f"{home(cast)}/calendar").text
    assert "Marked. No text changes in the next two weeks." in page
    assert "Thu 5 Nov, 2:00 pm" in page and "Room 4" in page and "Added by Mina" in page
    assert "Wed 4 Nov, 2:00 pm" in page and "Sun 8 Nov, 2:00 pm" in page  # what it holds
    family = browser.get(home(cast)).text
    assert "Hearing, Thu 5 Nov, 2:00 pm" in family and "Room 4" not in family
    with runtime.store.read() as session:
        query = select(CalendarDate).where(
            col(CalendarDate.agency_id) == cast.harbor.agency_id, col(CalendarDate.day) == date(2026, 11, 5)
        )
        marked = session.execute(query).scalar_one()
    assert browser.post(f"{home(cast)}/calendar/{marked.id}/remove").status_code == 303
    assert "Thu 5 Nov" not in browser.get(f"{home(cast)}/calendar").text
    with runtime.store.read() as session:
        events = session.execute(select(AuditEvent).where(col(AuditEvent.subject_id) == marked.id)).scalars()
        assert {(one.act, one.staff_id) for one in events} == {
            ("date_added", cast.mina.staff_id), ("date_removed", cast.mina.staff_id),
        }  # fmt: skip


def test_what_is_off_stands_beside_its_field_and_what_was_typed_stays(app: Flask, cast: Cast) -> None:
    answer = mina(app, cast).post(f"{home(cast)}/calendar", HEARING | {"at": "2 pm"})
    assert answer.status_code == 422
    assert 'id="f-at-error">Write an hour like 14:30.' in answer.text
    assert 'value="2026-11-05"' in answer.text and 'value="Room 4"' in answer.text


def test_a_visit_is_told(app: Flask, cast: Cast, runtime: Runtime) -> None:
    browser = mina(app, cast)
    browser.post(f"{home(cast)}/calendar", {"kind": "family_visit", "day": "2026-11-02", "at": "08:00"})
    page = browser.get(f"{home(cast)}/calendar").text
    assert "Held by video" in page
    with runtime.store.read() as session:
        visit = session.execute(select(CalendarDate).where(col(CalendarDate.kind) == "family_visit")).scalar_one()
    browser.post(f"{home(cast)}/calendar/{visit.id}/told", {"manner": "video"})
    assert "held by video" in browser.get(f"{home(cast)}/calendar").text
    assert browser.post(f"{home(cast)}/calendar/{visit.id}/told", {"manner": "by mail"}).status_code == 422


def test_a_placement_that_ends_says_so_where_the_family_is_read(app: Flask, cast: Cast) -> None:
    browser = mina(app, cast)
    assert browser.post(f"{home(cast)}/placement", {"what": "ending", "since": "2026-11-02"}).status_code == 303
    for page in ("", "/calendar"):
        assert "The placement has ended." in browser.get(home(cast) + page).text


def test_the_day_the_child_came_is_kept_and_shown(app: Flask, cast: Cast) -> None:
    browser = mina(app, cast)
    assert (
        "Nobody has said when the child came; the day the family was entered counts"
        in browser.get(f"{home(cast)}/calendar").text
    )
    assert browser.post(f"{home(cast)}/placement/day", {"placed_on": "2026-08-30"}).status_code == 303
    page = browser.get(f"{home(cast)}/calendar").text
    assert "The child came on Sun 30 Aug 2026." in page and 'value="2026-08-30"' in page
    off = browser.post(f"{home(cast)}/placement/day", {"placed_on": "30.8."})
    assert off.status_code == 422
    assert 'id="f-placed_on-error">Write a day like 2026-11-26.' in off.text and 'value="30.8."' in off.text
    assert browser.post(f"{home(cast)}/placement/day", {"placed_on": ""}).status_code == 303
    assert "Nobody has said when the child came" in browser.get(f"{home(cast)}/calendar").text


def test_a_text_is_left_out_and_put_back(app: Flask, cast: Cast, runtime: Runtime, coming: str) -> None:
    browser = mina(app, cast)
    assert "leaves in the next two weeks." in browser.get(f"{home(cast)}/texts").text
    assert browser.post(f"{coming}/skip").status_code == 303
    assert state(runtime, cast)[0] == "skipped"
    assert "Skipped by a person." in browser.get(f"{home(cast)}/texts").text
    assert browser.post(f"{coming}/restore").status_code == 303
    assert state(runtime, cast)[0] == "planned"
    with runtime.store.read() as session:
        events = session.execute(select(AuditEvent).where(col(AuditEvent.subject_kind) == "occurrence")).scalars()
        assert sorted((one.act, one.staff_id) for one in events) == [
            ("slot_restored", cast.mina.staff_id), ("slot_skipped", cast.mina.staff_id),
        ]  # fmt: skip


def test_a_text_is_moved_on_the_familys_clock(app: Flask, cast: Cast, runtime: Runtime, coming: str) -> None:
    browser = mina(app, cast)
    assert browser.post(f"{coming}/move", {"to": "2026-11-04T18:30"}).status_code == 303
    assert state(runtime, cast) == ("planned", datetime(2026, 11, 5, 1, 30, tzinfo=UTC))
    page = browser.get(f"{home(cast)}/texts").text
    assert "Wed 4 Nov, 6:30 pm" in page and "moved from" in page


REFUSED = [
    ("move", {"to": "2026-11-04T23:30"}, "The new time is outside the agency&#39;s polite hours."),
    ("move", {"to": "2026-11-01T18:30"}, "The new time has passed already."),
    ("move", {"to": "soon"}, "Write the new time like 2026-11-26 19:00."),
    ("restore", {}, "It is not skipped; it is still planned."),
]


@pytest.mark.parametrize(("act", "fields", "said"), REFUSED)
def test_a_refusal_is_said_in_words(
    app: Flask, cast: Cast, runtime: Runtime, coming: str, act: str, fields: dict[str, str], said: str
) -> None:
    answer = mina(app, cast).post(f"{coming}/{act}", fields)
    assert answer.status_code == 422 and said in answer.text
    assert state(runtime, cast) == ("planned", TUESDAY)


def test_send_now_goes_through_the_gate(app: Flask, cast: Cast, runtime: Runtime, coming: str) -> None:
    browser = mina(app, cast)
    browser.post(f"{home(cast)}/placement", {"what": "ending", "since": "2026-11-02"})
    answer = browser.post(f"{coming}/now")
    assert answer.status_code == 422 and "It is decided already: The placement has ended." in answer.text
    assert state(runtime, cast)[0] == "dropped"


def test_what_did_not_go_out_is_told_by_reason_and_names_families_to_their_own_only(
    app: Flask, cast: Cast, runtime: Runtime, coming: str
) -> None:
    mina(app, cast).post(f"{home(cast)}/placement", {"what": "ending", "since": "2026-11-02"})
    fill_outbox(runtime.store, TUESDAY)
    for who, status, named in (("tom", 200, True), ("lena", 200, False), ("mina", 403, False), ("sue", 200, False)):
        answer = signed_in(app, cast, who).get("/schedules/held")
        assert (who, answer.status_code) == (who, status)
        assert ("Okafor" in answer.text) is named
        assert ("The placement has ended." in answer.text) is (who in ("tom", "lena"))
