"""The alerts page beyond taking and closing, and the rota page."""

from flask import Flask

from foster_bond.runtime import Runtime
from tests.cast import Browser, Cast


def signed_in(app: Flask, person: object) -> Browser:
    browser = Browser(app)
    browser.sign_in(person)  # type: ignore[arg-type]
    return browser


def test_a_supervisor_runs_a_drill_and_dismisses_it_in_one_click(app: Flask, cast: Cast, runtime: Runtime) -> None:
    tom = signed_in(app, cast.tom)
    tom.get("/alerts")
    assert tom.post("/alerts/drill").status_code == 303
    page = tom.get("/alerts").text
    assert "A drill: nobody wrote this." in page and "What you have to do:" in page
    with runtime.store.read() as session:
        (row,) = session.connection().exec_driver_sql("SELECT id FROM alerts WHERE drill")
    assert tom.post(f"/alerts/{row[0]}/dismiss", {"reason": "drill"}).status_code == 303
    assert tom.get("/alerts/judged.csv").mimetype == "text/csv"


def test_a_caseworker_runs_none(app: Flask, cast: Cast) -> None:
    mina = signed_in(app, cast.mina)
    mina.get("/alerts")
    assert mina.post("/alerts/drill").status_code == 403
    assert mina.get("/alerts/judged.csv").status_code == 403


def test_the_rota_is_written_read_and_taken_back(app: Flask, cast: Cast, runtime: Runtime) -> None:
    tom = signed_in(app, cast.tom)
    assert "There is no rota yet" in tom.get("/agency/rota").text
    watch = {"weekday": "0", "since": "18:00", "until": "08:00", "staff_id": cast.cal.staff_id}
    assert tom.post("/agency/rota", watch).status_code == 303
    assert "Nobody is on call this week" in tom.get("/agency/rota").text
    assert tom.post("/agency/rota", watch | {"since": "late"}).status_code == 422
    assert tom.post("/agency/rota", watch | {"staff_id": cast.rex.staff_id}).status_code == 422
    assert tom.post("/agency/rota", {"kind": "exception", "day": "2030-11-26", "staff_id": ""}).status_code == 303
    with runtime.store.read() as session:
        (row,) = session.connection().exec_driver_sql("SELECT id FROM rota_shifts")
    assert tom.post(f"/agency/rota/{row[0]}/remove").status_code == 303
    assert tom.post(f"/agency/rota/{row[0]}/remove").status_code == 404


def test_people_write_their_own_time_off_and_nobody_elses(app: Flask, cast: Cast) -> None:
    mina = signed_in(app, cast.mina)
    mina.get("/agency/rota")
    days = {"kind": "leave", "first": "2030-11-26", "last": "2030-11-27"}
    assert mina.post("/agency/rota", days | {"staff_id": cast.mina.staff_id}).status_code == 303
    assert "2030-11-26" in mina.get("/agency/rota").text
    assert mina.post("/agency/rota", days | {"staff_id": cast.cal.staff_id}).status_code == 403


def test_each_number_is_marked_as_called_and_an_admin_changes_it(app: Flask, cast: Cast) -> None:
    tom, ada, mina = (signed_in(app, one) for one in (cast.tom, cast.ada, cast.mina))
    assert "Nobody has checked it yet." in tom.get("/agency/numbers").text
    assert tom.post("/agency/numbers/checked", {"name": "crisis"}).status_code == 303
    assert "Last checked: " in tom.get("/agency/numbers").text
    assert tom.post("/agency/numbers/checked", {"name": "nonsense"}).status_code == 404
    assert tom.post("/agency/numbers", {"name": "crisis", "number": "988"}).status_code == 403
    mina.get("/agency/numbers")
    assert mina.post("/agency/numbers/checked", {"name": "crisis"}).status_code == 403
    ada.get("/agency/numbers")
    assert ada.post("/agency/numbers", {"name": "poison", "number": "1-303-555-0177"}).status_code == 303
    assert "we ship 1-800-222-1222" in ada.get("/agency/numbers").text
    refused = ada.post("/agency/numbers", {"name": "poison", "number": "at the door"})
    assert refused.status_code == 422 and "at the door" in refused.text


def test_an_admin_writes_the_duties(app: Flask, cast: Cast) -> None:
    ada, tom = signed_in(app, cast.ada), signed_in(app, cast.tom)
    ada.get("/agency/duties")
    assert ada.post("/agency/duties", {"abuse": "Call the state line, then Ruth."}).status_code == 303
    assert "Call the state line, then Ruth." in tom.get("/agency/duties").text
    assert ada.post("/agency/duties", {"abuse": "x" * 601}).status_code == 422
    assert tom.post("/agency/duties", {"abuse": "No."}).status_code == 403


def test_an_hour_without_a_rota_shows_on_every_page(app: Flask, cast: Cast, runtime: Runtime) -> None:
    with runtime.store.write() as session:
        session.connection().exec_driver_sql("UPDATE staff SET on_call = false")
    mina = signed_in(app, cast.mina)
    for address in ("/", "/alerts", "/tasks", "/agency", "/frame/live"):
        assert "Nobody is on the rota at this hour." in mina.get(address).text, address
