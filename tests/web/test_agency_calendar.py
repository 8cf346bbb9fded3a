"""The agency's calendar: who may change it, what was off, what each change does, and who changed what."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import col

from foster_bond.runtime import Runtime
from foster_bond.store.agencies import Agency
from foster_bond.store.calendar_dates import CalendarDate
from foster_bond.store.occurrences import Occurrence
from tests.cast import Cast
from tests.web.test_family_pages import signed_in

ROOM = "/agency/calendar"
AS_IT_IS = {
    "zone": "America/Denver", "state": "CO", "polite_from": "09:00", "polite_until": "20:00",
    "polite_sunday_from": "12:00", "prompts_a_day": "1", "prompts_a_week": "4", "texts_a_week": "6",
    "sender_tier": "10dlc_standard",
}  # fmt: skip
TUESDAY = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # Tuesday 3 November, 19:00 in Denver


@pytest.fixture
def coming(runtime: Runtime, cast: Cast) -> None:
    """One text of the Okafors: Tuesday at 19:00."""
    with runtime.store.write() as session:
        slot = session.get(Occurrence, cast.harbor.ids["occurrence_id"])
        assert slot is not None
        slot.due_at, slot.closes_at = TUESDAY, TUESDAY + timedelta(hours=1)
        slot.look_at = TUESDAY - timedelta(minutes=10)


def agency(runtime: Runtime, cast: Cast) -> Agency:
    with runtime.store.read() as session:
        found = session.get(Agency, cast.harbor.agency_id)
        assert found is not None
        return found


def test_everybody_reads_it_and_an_admin_changes_it(app: Flask, cast: Cast) -> None:
    for who, read, changed in (("mina", 200, 403), ("tom", 200, 403), ("lena", 200, 403), ("ada", 200, 303)):
        browser = signed_in(app, cast, who)
        answer = browser.get(ROOM)
        assert (answer.status_code, "Change hours" in answer.text) == (read, who == "ada")
        assert browser.post(ROOM, AS_IT_IS).status_code == changed


def test_hours_change_with_their_effect_and_stay_on_record(
    app: Flask, cast: Cast, runtime: Runtime, coming: None
) -> None:
    browser = signed_in(app, cast, "ada")
    assert browser.post(ROOM, AS_IT_IS | {"polite_until": "18:30"}).status_code == 303
    page = browser.get(ROOM).text
    assert "From now on 1 text waits or is left out, in the next two weeks." in page
    assert "Ada" in page and "state none → CO; texts until 20:00 → 18:30" in page
    assert browser.post(ROOM, AS_IT_IS).status_code == 303
    assert "From now on 1 text leaves that was held" in browser.get(ROOM).text
    browser.post(ROOM, AS_IT_IS)
    assert "Nothing was different." in browser.get(ROOM).text


OFF = [
    ({"polite_from": "07:00"}, "polite_from", "Polite hours must lie between 8:00 and 21:00."),
    ({"polite_until": "soon"}, "polite_until", "&#34;soon&#34; is not an hour; write it like 19:00."),
    ({"state": "FL", "polite_until": "21:00"}, "polite_until", "In FL no text may leave after 8:00 pm."),
    ({"state": "ZZ"}, "state", "We know no state ZZ of US; choose one of the list."),
    ({"zone": "Mars/Base"}, "zone", "&#39;Mars/Base&#39; is not a time zone we know; write it like America/Denver."),
    ({"prompts_a_week": "70"}, "prompts_a_week", "&#34;70&#34; is not a whole number from 1 to 7."),
    ({"prompts_a_week": "7"}, "prompts_a_week",
     "No more prompts fit into a week than texts do: reminders count, too."),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "field", "said"), OFF)
def test_what_is_off_stands_beside_its_field(
    app: Flask, cast: Cast, runtime: Runtime, typed: dict[str, str], field: str, said: str
) -> None:
    answer = signed_in(app, cast, "ada").post(ROOM, AS_IT_IS | typed)
    assert answer.status_code == 422
    assert f'id="f-{field}-error">{said}' in answer.text
    assert agency(runtime, cast).polite_until.hour == 20 and agency(runtime, cast).state is None


def test_holidays_are_ticked_and_kept_every_year(app: Flask, cast: Cast, runtime: Runtime) -> None:
    browser = signed_in(app, cast, "ada")
    assert "Thanksgiving Day" in browser.get(ROOM).text
    assert browser.post(f"{ROOM}/holidays", {"keep": "Thanksgiving Day"}).status_code == 303
    assert agency(runtime, cast).holidays == ["Thanksgiving Day"]
    page = browser.get(ROOM).text
    assert "keeps Thanksgiving Day" in page and page.count(" checked") == 1 + page.count('id="keys-on" checked')
    assert browser.post(f"{ROOM}/holidays", {"keep": "Nobody's Day"}).status_code == 422
    assert browser.post(f"{ROOM}/holidays").status_code == 303
    assert agency(runtime, cast).holidays == []


def test_a_day_of_its_own_is_closed_and_opened(app: Flask, cast: Cast, runtime: Runtime, coming: None) -> None:
    browser = signed_in(app, cast, "ada")
    assert browser.post(f"{ROOM}/days", {"date": "2026-11-03", "name": "Staff  day"}).status_code == 303
    page = browser.get(ROOM).text
    assert "1 text waits or is left out" in page and "Staff day" in page
    texts = signed_in(app, cast, "mina").get(f"/families/{cast.harbor.home.family_id}/texts").text
    assert "The agency sends nothing on Staff day." in texts
    assert browser.post(f"{ROOM}/days/open", {"date": "2026-11-03"}).status_code == 303
    assert agency(runtime, cast).closed_days == []
    assert browser.post(f"{ROOM}/days/open", {"date": "2026-11-03"}).status_code == 404


OFF_DAYS = [
    ({"date": "", "name": "x"}, "date", "Write a day like 2026-12-24."),
    ({"date": "2026-11-01", "name": "x"}, "date", "That day is over."),
    ({"date": "2026-12-24", "name": " "}, "name", "Name it in 1 to 60 characters"),
]


@pytest.mark.parametrize(("typed", "field", "said"), OFF_DAYS)
def test_a_day_that_is_off(app: Flask, cast: Cast, typed: dict[str, str], field: str, said: str) -> None:
    answer = signed_in(app, cast, "ada").post(f"{ROOM}/days", typed)
    assert answer.status_code == 422 and f'id="f-{field}-error">{said}' in answer.text


def test_a_day_is_closed_once(app: Flask, cast: Cast) -> None:
    browser = signed_in(app, cast, "ada")
    browser.post(f"{ROOM}/days", {"date": "2026-12-24", "name": "Christmas Eve"})
    answer = browser.post(f"{ROOM}/days", {"date": "2026-12-24", "name": "Again"})
    assert answer.status_code == 422 and "That day is closed already." in answer.text


def test_the_lead_marks_a_date_for_everybody(app: Flask, cast: Cast, runtime: Runtime) -> None:
    browser = signed_in(app, cast, "lena")
    fire = {"day": "2026-11-04", "last_day": "2026-11-06", "note": "Evacuation"}
    assert browser.post(f"{ROOM}/dates", fire).status_code == 303
    assert "Wed 4 Nov – Fri 6 Nov" in browser.get(ROOM).text
    mina = signed_in(app, cast, "mina")
    assert mina.post(f"{ROOM}/dates", fire).status_code == 403
    assert "Dates for all families" in mina.get(f"/families/{cast.harbor.home.family_id}/calendar").text
    with runtime.store.read() as session:
        query = select(CalendarDate).where(col(CalendarDate.family_id).is_(None))
        marked = session.execute(query).scalar_one()
    assert signed_in(app, cast, "lev").post(f"{ROOM}/dates/{marked.id}/remove").status_code == 404
    assert browser.post(f"{ROOM}/dates/{marked.id}/remove").status_code == 303
    assert "Wed 4 Nov" not in browser.get(ROOM).text
