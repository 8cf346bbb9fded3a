"""Alerts, tasks and texts to place over HTTP: who sees them, who may act, and what an act leaves behind."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from foster_bond.rules.states import AlertState
from foster_bond.runtime import Runtime
from foster_bond.store import inbound
from foster_bond.store.alerts import Alert, Task
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.staff import Staff
from tests.cast import MONDAY, Browser, Cast
from tests.past import Past, new_family, open_past
from tests.web.conftest import StandingClock

SUPERVISOR = "He is with his aunt; the police were told."


@pytest.fixture
def past(runtime: Runtime, cast: Cast) -> Past:
    return open_past(runtime.store, cast.harbor)


def signed_in(app: Flask, cast: Cast, who: str) -> Browser:
    browser = Browser(app)
    browser.sign_in(getattr(cast, who))
    return browser


def state_of(runtime: Runtime, alert_id: str) -> str:
    with runtime.store.read() as session:
        alert = session.get(Alert, alert_id)
        assert alert is not None
        return alert.state


def call(runtime: Runtime, cast: Cast, who: str) -> None:
    """Put one person on call."""
    with runtime.store.write() as session:
        person = session.get(Staff, getattr(cast, who).staff_id)
        assert person is not None
        person.on_call = True


def test_an_alert_is_seen_by_its_caseworker_and_the_supervisors(app: Flask, cast: Cast, past: Past) -> None:
    past.alarm(MONDAY, "He has not come back from school.", sign="not come back")
    for who, sees in (
        ("mina", True), ("tom", True), ("ada", True), ("cal", False), ("lena", False), ("rex", False), ("eve", False),
    ):  # fmt: skip
        page = signed_in(app, cast, who).get("/alerts")
        assert page.status_code == 200
        assert ("He has " in page.text) is sees, who
        assert ("<mark>not come back</mark>" in page.text) is sees, who
    assert Browser(app).get("/alerts").status_code == 303


def test_an_alert_is_taken_once_and_closed_with_what_happened(
    app: Flask, runtime: Runtime, cast: Cast, past: Past
) -> None:
    alert = past.alarm(MONDAY, "He has not come back.", sign="not come back")
    mina, tom = signed_in(app, cast, "mina"), signed_in(app, cast, "tom")
    for who in ("cal", "rex", "sue"):
        assert signed_in(app, cast, who).post(f"/alerts/{alert}/take").status_code == 404
    assert tom.post(f"/alerts/{alert}/resolve", {"outcome": "x"}).status_code == 409  # nobody has taken it
    assert mina.post(f"/alerts/{alert}/take").status_code == 303
    assert mina.post(f"/alerts/{alert}/take").status_code == 303  # pressed twice: still hers
    late = tom.post(f"/alerts/{alert}/take")
    assert late.status_code == 409 and "Mina Vale has taken this alert already." in late.text
    assert state_of(runtime, alert) == AlertState.ACKNOWLEDGED
    assert "Mina Vale has it since" in tom.get("/alerts").text
    without = mina.post(f"/alerts/{alert}/resolve", {"outcome": "  "})
    assert without.status_code == 422 and "Write down what happened" in without.text
    assert tom.post(f"/alerts/{alert}/resolve", {"outcome": SUPERVISOR}).status_code == 303
    assert state_of(runtime, alert) == AlertState.RESOLVED
    assert SUPERVISOR in mina.get("/alerts").text
    again = mina.post(f"/alerts/{alert}/resolve", {"outcome": "Another word."})
    assert again.status_code == 409 and "Another word." in again.text  # what was typed is not lost
    with runtime.store.read() as session:
        sealed = session.execute(text("SELECT outcome FROM alerts WHERE outcome IS NOT NULL")).scalars().all()
        acts = session.execute(text("SELECT act FROM audit_events WHERE act LIKE '%alert' ORDER BY at, id")).scalars()
        assert sorted(acts) == ["resolve_alert", "take_alert"]
    assert len(sealed) == 1 and b"aunt" not in bytes(sealed[0])


def test_texts_of_one_trouble_are_one_row_that_a_new_text_makes_loud_again(
    app: Flask, runtime: Runtime, cast: Cast, past: Past
) -> None:
    first = past.alarm(MONDAY, "He has not come back.", sign="not come back")
    mina = signed_in(app, cast, "mina")
    assert mina.post(f"/alerts/{first}/take").status_code == 303
    second = past.alarm(MONDAY + timedelta(minutes=5), "His phone is off.", group=first)
    page = mina.get("/alerts").text
    assert page.count("alert-card untaken") == 1 and "His phone is off." in page
    refused = mina.post(f"/alerts/{first}/resolve", {"outcome": "All is well."})
    assert refused.status_code == 409 and "has not been taken yet" in refused.text and "All is well." in refused.text
    assert mina.post(f"/alerts/{second}/take").status_code == 303
    assert mina.post(f"/alerts/{second}/resolve", {"outcome": "All is well."}).status_code == 303
    assert {state_of(runtime, one) for one in (first, second)} == {AlertState.RESOLVED}


def test_what_only_wants_a_careful_look_is_told_apart_from_what_waits_for_somebody(
    app: Flask, cast: Cast, past: Past
) -> None:
    mina = signed_in(app, cast, "mina")
    past.alarm(MONDAY, "We watched the film where the boy is lost.", sign="lost", priority="review")
    quiet = mina.get("/alerts").text
    assert "<h1>No alert is open.</h1>" in quiet and "woke nobody" in quiet
    assert "Prompts to the family stay stopped" not in quiet and "lets prompts go out again" not in quiet
    alarm = past.alarm(MONDAY, "He has not come back.", sign="not come back")
    loud = mina.get("/alerts").text
    assert "<h1>One alert waits for somebody.</h1>" in loud and "woke nobody" in loud
    assert "Prompts to the family stay stopped" in loud
    mina.post(f"/alerts/{alarm}/take")
    assert "<h1>One alert is open, and taken.</h1>" in mina.get("/alerts").text


def test_words_that_were_taken_back_later_leave_the_closed_alert_too(
    app: Flask, runtime: Runtime, cast: Cast, past: Past
) -> None:
    mina = signed_in(app, cast, "mina")
    alarm = past.alarm(MONDAY, "We watched the film where the boy is lost.", sign="lost", priority="review")
    mina.post(f"/alerts/{alarm}/take")
    mina.post(f"/alerts/{alarm}/resolve", {"outcome": "A film."})
    assert "the boy is" in mina.get("/alerts").text
    with runtime.store.write() as session:
        row = session.get(Alert, alarm)
        said = None if row is None else session.get(InboundText, row.inbound_id)
        assert said is not None
        said.withdrawn_at = MONDAY
    page = mina.get("/alerts").text
    assert "the boy is" not in page and "They took these words back." in page and "A film." in page


def test_a_number_of_nobody_is_for_who_is_on_call(app: Flask, runtime: Runtime, cast: Cast, past: Past) -> None:
    stray = new_family(runtime.store, cast.harbor, "Stray", {"Ife": "+13035550170"}, MONDAY)
    alert = stray.alarm(MONDAY, "He has a knife.", sign="knife", category="violence", nobodys=True)
    for who in ("mina", "cal"):  # nobody is on call: then it is everybody's, so that it has a reader
        assert "<mark>knife</mark>" in signed_in(app, cast, who).get("/alerts").text
    call(runtime, cast, "cal")
    assert "knife" not in signed_in(app, cast, "mina").get("/alerts").text
    assert signed_in(app, cast, "mina").post(f"/alerts/{alert}/take").status_code == 404
    assert "<mark>knife</mark>" in signed_in(app, cast, "cal").get("/alerts").text
    for who, status in (("rex", 404), ("cal", 303)):
        assert signed_in(app, cast, who).post(f"/alerts/{alert}/take").status_code == status


def test_a_task_is_seen_and_done_by_who_holds_the_family(app: Flask, runtime: Runtime, cast: Cast, past: Past) -> None:
    task = past.task(MONDAY, "number", "The carrier calls it a landline.")
    for who, sees in (("mina", True), ("tom", True), ("cal", False), ("lena", False), ("rex", False)):
        page = signed_in(app, cast, who).get("/tasks")
        assert page.status_code == 200
        assert ("Grace’s number cannot receive texts" in page.text) is sees, who
    for who in ("cal", "lena", "rex", "eve"):
        assert signed_in(app, cast, who).post(f"/tasks/{task}/finish").status_code == 404
    mina = signed_in(app, cast, "mina")
    assert mina.post(f"/tasks/{task}/finish").status_code == 303
    assert mina.post(f"/tasks/{task}/finish").status_code == 409
    with runtime.store.read() as session:
        row = session.get(Task, task)
        assert row is not None and (row.done_by, row.outcome) == (cast.mina.staff_id, "done")


def test_a_task_grows_overdue_after_a_day(app: Flask, cast: Cast, past: Past, clock: StandingClock) -> None:
    past.task(MONDAY, "help", "They texted HELP.")
    assert "None is overdue." in signed_in(app, cast, "mina").get("/tasks").text
    clock.move(timedelta(days=1, minutes=1))
    assert "Two are overdue." in signed_in(app, cast, "mina").get("/tasks").text  # the cast's own is the other


def test_a_text_to_place_is_read_by_few(app: Flask, runtime: Runtime, cast: Cast) -> None:
    stray = new_family(runtime.store, cast.harbor, "Stray", {"Ife": "+13035550171"}, MONDAY)
    stray.unplaced(MONDAY, "who is this")
    call(runtime, cast, "cal")
    for who, sees in (("cal", True), ("tom", True), ("ada", True), ("mina", False), ("rex", False), ("eve", False)):
        page = signed_in(app, cast, who).get("/unplaced")
        assert page.status_code == 200
        assert ("who is this" in page.text) is sees, who


def test_a_placed_text_moves_to_the_familys_timeline_under_the_familys_key(
    app: Flask, runtime: Runtime, cast: Cast, past: Past
) -> None:
    past.asked(MONDAY - timedelta(hours=2), "What was small and good?")
    text_id = past.unplaced(MONDAY - timedelta(hours=1), "He laughed at his own joke.")
    grace = cast.harbor.home.members["Grace"]
    before = _sealed(runtime, text_id)
    for who, status in (("rex", 404), ("eve", 404), ("cal", 404)):
        answer = signed_in(app, cast, who).post(f"/unplaced/{text_id}/file", {"member": grace})
        assert answer.status_code == status, who
    mina = signed_in(app, cast, "mina")
    assert mina.post(f"/unplaced/{text_id}/file", {"member": ""}).status_code == 422
    stranger = cast.elsewhere.home.members["Ivo"]
    assert mina.post(f"/unplaced/{text_id}/file", {"member": stranger}).status_code == 404
    filed = mina.post(f"/unplaced/{text_id}/file", {"member": grace})
    assert (filed.status_code, filed.location) == (303, f"/families/{past.family_id}")
    page = mina.get(f"/families/{past.family_id}").text
    assert "He laughed at his own joke." in page and "filed here by a colleague" in page
    assert page.index("What was small and good?") < page.index("He laughed at his own joke.")
    assert "He laughed" not in mina.get("/unplaced").text
    assert mina.post(f"/unplaced/{text_id}/file", {"member": grace}).status_code == 409
    after = _sealed(runtime, text_id)
    assert before[1:17] != after[1:17]  # another data key
    with runtime.store.read() as session:
        row = session.get(InboundText, text_id)
        assert row is not None and row.reflection_id is not None and row.filed_by == cast.mina.staff_id
        reflection = session.get(Reflection, row.reflection_id)
        assert reflection is not None and reflection.occurrence_id is not None
        assert inbound.said(session, runtime.store.vault, row) == "He laughed at his own joke."
        acts = session.execute(text("SELECT act FROM audit_events WHERE act = 'place_text'")).scalars().all()
    assert acts == ["place_text"]


def test_the_alert_of_a_placed_text_goes_with_it(app: Flask, runtime: Runtime, cast: Cast, past: Past) -> None:
    alert = past.alarm(MONDAY, "He has a knife.", sign="knife", category="violence", nobodys=True)
    with runtime.store.write() as session:
        found = session.get(Alert, alert)
        assert found is not None
        from foster_bond.store.alerts import add_task

        add_task(session, cast.harbor.agency_id, "unplaced", "x", MONDAY, inbound_id=found.inbound_id)
        text_id = found.inbound_id
    mina = signed_in(app, cast, "mina")
    mina.post(f"/unplaced/{text_id}/file", {"member": cast.harbor.home.members["Grace"]})
    assert "<mark>knife</mark>" in mina.get("/alerts").text
    with runtime.store.read() as session:
        found = session.get(Alert, alert)
        assert found is not None and found.family_id == past.family_id


def test_a_text_set_aside_stays_stored(app: Flask, runtime: Runtime, cast: Cast, past: Past) -> None:
    text_id = past.unplaced(MONDAY, "WIN A PRIZE")
    for who in ("rex", "eve"):
        assert signed_in(app, cast, who).post(f"/unplaced/{text_id}/set-aside").status_code == 404
    mina = signed_in(app, cast, "mina")
    assert mina.post(f"/unplaced/{text_id}/set-aside").status_code == 303
    assert "WIN A PRIZE" not in mina.get("/unplaced").text
    assert mina.post(f"/unplaced/{text_id}/set-aside").status_code == 409
    with runtime.store.read() as session:
        assert session.get(InboundText, text_id) is not None


def _sealed(runtime: Runtime, text_id: str) -> bytes:
    with runtime.store.read() as session:
        row = session.get(InboundText, text_id)
        assert row is not None
        return bytes(row.body)
