"""The schedule editor and its members: weighed before it changes, said beside its field, and nobody's typing lost."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import col

from foster_bond.steps.asking.edit_schedule import save_schedule
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.prompts import Prompt, Schedule
from tests.cast import MONDAY, Browser, Cast
from tests.web.conftest import StandingClock

CHANGED = {"at": "18:30"}


@pytest.fixture
def lena(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.lena)
    return browser


SENTENCE = {
    "name": "Evenings", "role_foster_parent": "on", "unit": "week", "every": "1", "day_TU": "on", "hour_kind": "at",
    "at": "19:00", "programme": "only:own-1", "closes_after": "48", "send_within": "60", "counted_from": "calendar",
    "starts": "2026-11-02", "end_kind": "never",
}  # fmt: skip


@pytest.fixture
def here(cast: Cast) -> str:
    """A schedule that asks Grace and Ben one question every Tuesday."""
    made = save_schedule(cast.store, viewer=cast.lena.viewer, schedule_id=None, typed=SENTENCE, seen="", now=MONDAY)
    return f"/schedules/{made}"


@pytest.fixture
def old(cast: Cast) -> str:
    """The cast's own schedule: only Grace is in it."""
    return f"/schedules/{cast.harbor.ids['schedule_id']}"


def fields(html: str) -> dict[str, str]:
    """What the form on the page would send as it stands."""
    form = html[html.index('id="sentence"') :]
    form = form[: form.index("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (('type="checkbox"' not in tag and 'type="radio"' not in tag) or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else "on"
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = unescape(chosen[1]) if chosen else ""
    return {name: value for name, value in found.items() if name != "csrf_token"}


def schedule(cast: Cast, path: str) -> Schedule:
    with cast.store.read() as session:
        found = session.get(Schedule, path.partition("?")[0].rpartition("/")[2])
        assert found is not None
        return found


def weigh(browser: Browser, path: str, **more: str) -> dict[str, str]:
    """Weigh the sentence with these changes; what the page then sends when it is saved."""
    typed = fields(browser.get(path).text) | more
    answer = browser.post(path, {name: value for name, value in typed.items() if value} | {"act": "weigh"})
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in fields(answer.text).items() if value}


def test_the_sentence_is_the_form_and_the_plan_stands_beside_it(lena: Browser, here: str) -> None:
    page = lena.get(here).text
    assert 'name="at" type="time" value="19:00"' in page and "Tuesdays" in page
    assert "How was today?" in page and "M-Grace" in page  # a lead knows people by their reference
    assert "Grace Okafor" not in page


def test_what_saving_does_is_shown_before_anything_changes(lena: Browser, here: str, cast: Cast) -> None:
    before = schedule(cast, here)
    typed = fields(lena.get(here).text) | CHANGED
    page = lena.post(here, {name: value for name, value in typed.items() if value} | {"act": "weigh"}).text
    assert re.search(r"moves \d+ texts? for 1 family", page) and "Save as version 2" in page
    assert (schedule(cast, here).at, schedule(cast, here).version) == (before.at, 1)


def test_saving_what_was_weighed_makes_the_next_version(lena: Browser, here: str, cast: Cast) -> None:
    answer = lena.post(here, weigh(lena, here, **CHANGED) | {"act": "save"})
    assert answer.status_code == 303
    assert (f"{schedule(cast, here).at:%H:%M}", schedule(cast, here).version) == ("18:30", 2)
    assert "Version 2" in lena.get(here).text and "Version 1" in lena.get(here).text


def test_words_that_were_not_weighed_are_not_saved(lena: Browser, here: str, cast: Cast) -> None:
    ready = weigh(lena, here, **CHANGED)
    answer = lena.post(here, ready | {"act": "save", "at": "17:00"})
    assert answer.status_code == 200 and "Save as version 2" in answer.text
    assert schedule(cast, here).version == 1


def test_who_saves_second_is_told_and_loses_nothing(lena: Browser, here: str, app: Flask, cast: Cast) -> None:
    ready = weigh(lena, here, at="18:45", name="Tuesdays at home")
    ada = Browser(app)
    ada.sign_in(cast.ada)
    assert ada.post(here, weigh(ada, here, **CHANGED) | {"act": "save"}).status_code == 303
    answer = lena.post(here, ready | {"act": "save"})
    assert answer.status_code == 409 and "Somebody else has changed this schedule" in answer.text
    assert 'value="18:45"' in answer.text and 'value="Tuesdays at home"' in answer.text
    again = fields(answer.text) | {"seen": "2.active."}
    page = lena.post(here, {name: value for name, value in again.items() if value} | {"act": "weigh"})
    assert page.status_code == 200
    assert f"{schedule(cast, here).at:%H:%M}" == "18:30"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"at": "22:00"}, "Your polite hours are 09:00 to 20:00"),
        ({"day_TU": ""}, "Choose at least one day of the week"),
        ({"end_kind": "on", "ends": "2026-10-01"}, "is before the start"),
        ({"unit": "rule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "never comes due"),
    ],
)
def test_what_is_off_stands_beside_its_field(
    lena: Browser, here: str, cast: Cast, more: dict[str, str], said: str
) -> None:
    typed = {name: value for name, value in (fields(lena.get(here).text) | more).items() if value}
    answer = lena.post(here, typed | {"act": "weigh"})
    assert answer.status_code == 422 and said in unescape(answer.text) and "autofocus" in answer.text
    live = lena.post(f"{here}/plan", typed, HX_Request="true")
    assert live.status_code == 200 and said in unescape(live.text)
    assert schedule(cast, here).version == 1


def test_a_refused_sentence_says_what_was_typed_as_far_as_it_can_be_read(lena: Browser, here: str) -> None:
    more = CHANGED | {"unit": "week", "day_TU": "", "day_FR": "on", "closes_after": "soon", "starts": "2026-12-01"}
    typed = {name: value for name, value in (fields(lena.get(here).text) | more).items() if value}
    for answer in (lena.post(here, typed | {"act": "weigh"}), lena.post(f"{here}/plan", typed, HX_Request="true")):
        said = dict(re.findall(r'<span id="w-([a-z]+)"[^>]*>([^<]*)<', answer.text))
        assert said["hour"] == "at 6:30 pm" and said["days"] == "Fridays" and "1 Dec" in said["starts"]
        assert said["closes"] == "to be put right"


def test_a_rule_that_never_comes_due_is_refused_at_the_field_that_holds_it(lena: Browser, here: str) -> None:
    typed = fields(lena.get(here).text) | {"unit": "rule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}
    answer = lena.post(here, {name: value for name, value in typed.items() if value} | {"act": "weigh"})
    assert re.search(r'id="f-rule-error">[^<]*never comes due', answer.text)


def test_why_nothing_comes_is_said(lena: Browser, here: str) -> None:
    started = fields(lena.get(here).text)
    for more, said in (
        ({"unit": "month", "month_days": "31", "starts": "2026-12-20"}, "The next one comes on Thu 31 Dec"),
        ({"role_foster_parent": "", "role_teen": "on"}, "They are not among those it asks."),
    ):
        typed = {name: value for name, value in (started | more).items() if value}
        assert said in lena.post(f"{here}/plan", typed, HX_Request="true").text


def test_an_end_before_the_first_day_that_fits_is_said_at_the_end(lena: Browser, here: str) -> None:
    more = {"unit": "month", "month_days": "31", "end_kind": "on", "ends": "2026-11-20"}
    typed = {name: value for name, value in (fields(lena.get(here).text) | more).items() if value}
    answer = lena.post(here, typed | {"act": "weigh"})
    assert re.search(
        r'id="f-ends-error">The end 2026-11-20 comes before the first day that fits, 2026-12-31', answer.text
    )


def test_the_plan_follows_the_sentence(lena: Browser, here: str, cast: Cast) -> None:
    typed = {name: value for name, value in (fields(lena.get(here).text) | CHANGED).items() if value}
    part = lena.post(f"{here}/plan", typed, HX_Request="true").text
    assert "6:30 pm" in part and 'id="w-hour" hx-swap-oob' in part and "<html" not in part
    assert schedule(cast, here).version == 1


def test_a_new_schedule_begins_once_it_was_seen(lena: Browser, cast: Cast) -> None:
    typed = weigh(lena, "/schedules/new", name="One question", programme="only:own-1", role_foster_parent="on")
    answer = lena.post("/schedules/new", typed | {"act": "save"})
    assert answer.status_code == 303
    made = schedule(cast, answer.headers["Location"])
    assert (made.name, made.state, made.key) == ("One question", "active", "one-question")
    with cast.store.read() as session:
        places = session.execute(select(Enrolment).where(col(Enrolment.schedule_id) == made.id)).scalars().all()
    assert {place.member_id for place in places} == set(cast.harbor.home.members.values())


def test_a_draft_asks_nobody(lena: Browser, here: str, cast: Cast) -> None:
    typed = {name: value for name, value in (fields(lena.get(here).text) | CHANGED).items() if value}
    answer = lena.post(here, typed | {"act": "draft"})
    assert answer.status_code == 303 and f"{schedule(cast, here).at:%H:%M}" == "19:00"
    shown = lena.get(here + "?draft=1").text
    assert 'value="18:30"' in shown and "This is the draft" in shown
    assert "a draft waits" in lena.get("/schedules").text
    lena.get(here)
    assert lena.post(f"{here}/state", {"act": "drop"}).status_code == 303
    assert schedule(cast, here).draft is None


def test_pause_go_on_copy_and_end(lena: Browser, here: str, cast: Cast) -> None:
    lena.get(here)
    for act, state in (("pause", "paused"), ("resume", "active")):
        assert lena.post(f"{here}/state", {"act": act}).status_code == 303
        assert schedule(cast, here).state == state
        lena.get(here)
    copied = lena.post(f"{here}/state", {"act": "copy"}).headers["Location"]
    assert schedule(cast, copied).state == "draft"
    lena.get(here)
    asked = lena.post(f"{here}/state", {"act": "end"})
    assert asked.status_code == 200 and "Yes, end Evenings" in asked.text and schedule(cast, here).state == "active"
    assert lena.post(f"{here}/state", {"act": "end", "sure": "yes"}).status_code == 303
    assert schedule(cast, here).state == "ended"
    assert "See what saving does" not in lena.get(here).text


def test_a_question_nobody_has_signed_is_named_and_stays_unsigned(lena: Browser, here: str, cast: Cast) -> None:
    with cast.store.write() as session:
        prompt = session.get(Prompt, cast.harbor.ids["prompt_id"])
        assert prompt is not None
        prompt.state = "draft"
    lena.get(here)
    ready = weigh(lena, here, **CHANGED)
    assert "waits for a clinician’s signature" in lena.post(here, ready | {"act": "weigh"}).text
    lena.post(here, ready | {"act": "save", "approve": "on"})
    with cast.store.read() as session:
        row = session.get(Prompt, cast.harbor.ids["prompt_id"])
        assert row is not None and (row.state, row.approved_by) == ("draft", None)


@pytest.mark.parametrize("who", ["mina", "tom"])
def test_others_read_and_change_nothing(browser: Browser, here: str, cast: Cast, who: str) -> None:
    browser.sign_in(getattr(cast, who))
    page = browser.get(here)
    assert page.status_code == 200 and "sentence" in page.text and 'name="at"' not in page.text
    assert browser.get(f"{here}/members").status_code == 200
    for path in (here, f"{here}/state", f"{here}/members", "/schedules/new"):
        assert browser.post(path, {"act": "save"}).status_code == 403
    assert browser.get("/schedules/new").status_code == 403


def test_a_new_sentence_says_the_hour_that_its_field_holds(lena: Browser) -> None:
    page = lena.get("/schedules/new").text
    assert fields(page)["at"] == "19:00"
    assert "at 7 pm" in page and "midnight" not in page


def test_the_bar_says_schedules_on_every_page_of_theirs(lena: Browser, here: str) -> None:
    for path in ("/schedules", here, f"{here}/members", "/schedules/held"):
        assert 'href="/schedules" aria-current="page"' in lena.get(path).text, path


def test_people_by_reference_are_weighed_then_added(lena: Browser, old: str, cast: Cast, clock: StandingClock) -> None:
    path = f"{old}/members"
    lena.get(path)
    wrong = lena.post(path, {"refs": "M-Nobody"})
    assert wrong.status_code == 422 and "Nobody present has the reference M-Nobody" in wrong.text
    headed = {"file": (BytesIO(b"Name\nM-Ben\n"), "people.csv")}
    refused = unescape(lena.post(path, headed, content_type="multipart/form-data").text)
    assert re.search(r'id="f-file-error">[^<]*If “Name” is the heading of a column, call it member_ref', refused)
    shown = lena.post(path, {"refs": "Member ref\nM-Ben\nM-Grace"})
    assert shown.status_code == 200 and "adds 1, brings back 0; 1 take part already" in shown.text
    clock.move(timedelta(minutes=1))
    assert lena.post(path, {"refs": "M-Ben", "sure": "yes"}).status_code == 303
    ben = cast.harbor.home.members["Ben"]
    page = lena.get(path).text
    assert "M-Ben" in page and "chosen by hand" in page
    assert lena.post(f"{path}/{ben}/out").status_code == 303
    assert "taken out by hand" in lena.get(path).text


def test_what_lies_before_today_is_said_to_be_skipped(lena: Browser, old: str, cast: Cast) -> None:
    with cast.store.write() as session:
        row = session.get(Schedule, cast.harbor.ids["schedule_id"])
        assert row is not None
        row.anchor = "joining"
    path = f"{old}/members"
    lena.get(path)
    shown = lena.post(path, {"refs": "M-Ben", "started_on": "2026-10-19"}).text
    assert "M-Ben: 2 questions lie before today and are skipped." in shown


def test_the_colleagues_of_the_other_agency_find_nothing(app: Flask, cast: Cast, here: str) -> None:
    stranger = Browser(app)
    stranger.sign_in(cast.lev)
    stranger.get("/schedules")
    for path in (here, f"{here}/plan", f"{here}/state", f"{here}/members"):
        assert stranger.post(path, {"act": "weigh"}).status_code == 404
