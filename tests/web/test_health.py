"""Up, able, and how much waits; details are for this machine and for whoever holds the token."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, update

from foster_bond.app import create_app
from foster_bond.clock import SystemClock
from foster_bond.runtime import Runtime, build
from foster_bond.store import channels, pauses, pulses
from foster_bond.store.outbox_rows import OutboxMessage
from foster_bond.store.pauses import SenderPace
from foster_bond.store.sealing import Installation
from tests.cast import Browser, Cast, post_text, settings_for
from tests.web.conftest import StandingClock

OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}
DETAILS = {
    "database_writable",
    "schema_current",
    "schema",
    "pulse_young",
    "pulse_age_seconds",
    "channel_works",
    "skew_small",
    "skew_seconds",
    "alarms",
}
QUIET = {"sending_refused": 0, "senders_paused": 0, "in_doubt_long": 0, "agencies_late": 0}


def beat(runtime: Runtime, clock: StandingClock) -> None:
    with runtime.store.write() as session:
        pulses.beat(session, "send", clock.now(), {})


def test_the_process_is_up_whatever_the_database_does(app: Flask, runtime: Runtime) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "up"})


def test_ready_with_a_young_pulse_and_not_without(app: Flask, runtime: Runtime, clock: StandingClock) -> None:
    client = app.test_client()
    never = client.get("/readyz")
    assert never.status_code == 503 and never.json is not None
    assert never.json["ready"] is False and never.json["pulse_age_seconds"] is None
    beat(runtime, clock)
    clock.move(timedelta(seconds=29))
    young = client.get("/readyz")
    assert young.status_code == 200 and young.json is not None
    assert young.json["ready"] is True and young.json["pulse_age_seconds"] == 29
    clock.move(timedelta(seconds=1))
    assert client.get("/readyz").status_code == 503


def test_a_beat_from_a_future_that_was_taken_back_is_no_sign_of_life(
    app: Flask, runtime: Runtime, clock: StandingClock
) -> None:
    beat(runtime, clock)
    clock.move(timedelta(days=-1))
    assert app.test_client().get("/readyz").status_code == 503


def test_not_ready_where_neither_a_text_nor_a_mail_could_reach_staff(
    app: Flask, runtime: Runtime, clock: StandingClock
) -> None:
    client = app.test_client()
    beat(runtime, clock)

    def note(channel: str, *, took: bool) -> int:
        clock.move(timedelta(seconds=1))
        with runtime.store.write() as session:
            channels.note(session, channel, clock.now(), took=took)
        return client.get("/readyz").status_code

    assert client.get("/readyz").status_code == 200  # nothing has been tried yet
    assert note(channels.TEXT, took=False) == 503
    assert note(channels.MAIL, took=True) == 200  # the second channel is enough
    assert note(channels.MAIL, took=False) == 503
    assert note(channels.TEXT, took=True) == 200


def alarms(app: Flask) -> dict[str, int]:
    """The alarms that ring, the same on `/readyz` and `/metrics`; the former is red while any does."""
    answer = app.test_client().get("/readyz")
    assert answer.json is not None and set(answer.json["alarms"]) == set(QUIET)
    said: dict[str, int] = {name: many for name, many in answer.json["alarms"].items() if many}
    lines = dict(line.rsplit(" ", 1) for line in app.test_client().get("/metrics").text.splitlines())
    assert {name: float(lines[f"foster_bond_{name}"]) for name in QUIET} == QUIET | said
    assert answer.status_code == (503 if said else 200)
    return said


def set_outbox(runtime: Runtime, **values: object) -> None:
    with runtime.store.write() as session:
        session.execute(update(OutboxMessage).values(**values))


def test_a_pause_rings_until_it_is_over(app: Flask, runtime: Runtime, cast: Cast, clock: StandingClock) -> None:
    set_outbox(runtime, state="cancelled")
    beat(runtime, clock)
    assert alarms(app) == {}
    with runtime.store.write() as session:
        pauses.begin(session, pauses.sender_key(cast.harbor.agency_id), "30007", clock.now(), None)
        pauses.begin(session, pauses.sender_key("x"), "30032", clock.now(), clock.now() + timedelta(seconds=5))
        channels.note(session, channels.MAIL, clock.now(), took=True)
        pauses.begin(session, pauses.CREDENTIALS, "401", clock.now(), None)
    assert alarms(app) == {"senders_paused": 2, "sending_refused": 1}
    clock.move(timedelta(seconds=6))
    with runtime.store.write() as session:
        pauses.end(session, pauses.CREDENTIALS)
    assert alarms(app) == {"senders_paused": 1}
    with runtime.store.write() as session:
        pauses.end(session, pauses.sender_key(cast.harbor.agency_id))
    assert alarms(app) == {}


def test_a_text_that_stays_in_doubt_rings(app: Flask, runtime: Runtime, cast: Cast, clock: StandingClock) -> None:
    beat(runtime, clock)
    waits = runtime.settings.lookup_grace + timedelta(minutes=3)
    set_outbox(runtime, state="unknown", claimed_real=clock.real() - waits + timedelta(seconds=30))
    assert alarms(app) == {}
    set_outbox(runtime, claimed_real=clock.real() - waits - timedelta(seconds=1))
    assert alarms(app) == {"in_doubt_long": 2}


def test_a_text_that_is_late_rings_unless_its_pace_or_a_pause_holds_it(
    app: Flask, runtime: Runtime, cast: Cast, clock: StandingClock
) -> None:
    def after(seconds: float) -> dict[str, int]:
        clock.move(timedelta(seconds=seconds))
        beat(runtime, clock)
        return alarms(app)

    def pace(segments: float) -> None:
        with runtime.store.write() as session:
            for agency_id in (cast.harbor.agency_id, cast.elsewhere.agency_id):
                pauses.keep_pace(session, agency_id, session.get(SenderPace, agency_id), segments, clock.now())

    set_outbox(runtime, next_try_at=clock.now())
    assert after(59) == {}
    assert after(2) == {"agencies_late": 2}
    pace(0.2)
    assert after(30) == {}  # the sender has just used up what it may send
    pace(3)
    assert after(1) == {"agencies_late": 2}  # it might send, and does not
    pace(0.2)
    assert after(61) == {"agencies_late": 2}  # it has not looked for a minute
    with runtime.store.write() as session:
        pauses.begin(session, pauses.sender_key(cast.harbor.agency_id), "30007", clock.now(), None)
    assert alarms(app) == {"agencies_late": 1, "senders_paused": 1}
    with runtime.store.write() as session:
        session.execute(update(Installation).values(mode="recovery"))
    assert alarms(app) == {"senders_paused": 1}  # a restored copy is silent on purpose


def test_details_are_for_this_machine_or_for_the_token(app: Flask, runtime: Runtime, clock: StandingClock) -> None:
    beat(runtime, clock)
    client = app.test_client()
    assert set(client.get("/readyz").json or {}) == DETAILS | {"ready"}
    assert set(client.get("/readyz", environ_base={"REMOTE_ADDR": "::1"}).json or {}) == DETAILS | {"ready"}
    assert client.get("/readyz", environ_base=OUTSIDE).json == {"ready": True}
    token = runtime.settings.health_token.get_secret_value()
    with_token = {"Authorization": f"Bearer {token}"}
    assert set(client.get("/readyz", environ_base=OUTSIDE, headers=with_token).json or {}) == DETAILS | {"ready"}
    assert client.get("/metrics", environ_base=OUTSIDE, headers=with_token).status_code == 200
    for wrong in (
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer é"},
        {"Authorization": f"Bearer {token}x"},
    ):
        assert client.get("/metrics", environ_base=OUTSIDE, headers=wrong).status_code == 403
    # a proxy on this machine that nobody counted: every visitor would look like loopback
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403


def test_a_schema_that_is_not_ours_is_not_ready(
    app: Flask, runtime: Runtime, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat(runtime, clock)
    monkeypatch.setattr("foster_bond.steps.reading.read_health._head", lambda: "9999")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503 and answer.json is not None
    assert answer.json["schema_current"] is False and answer.json["database_writable"] is True


def test_a_database_that_is_gone_is_not_ready_and_no_error(
    app: Flask, runtime: Runtime, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat(runtime, clock)

    def gone(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(runtime.store.database.engine.pool, "connect", gone)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503 and answer.json is not None
    assert answer.json["database_writable"] is False and answer.json["schema"] is None
    assert app.test_client().get("/healthz").status_code == 200


def test_a_database_that_only_reads_is_not_ready(app: Flask, runtime: Runtime, clock: StandingClock) -> None:
    beat(runtime, clock)
    engine = runtime.store.database.engine
    reads_only = "PRAGMA query_only = ON" if runtime.store.database.is_sqlite else "SET TRANSACTION READ ONLY"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(reads_only))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503 and answer.json is not None
    assert answer.json["database_writable"] is False and answer.json["schema_current"] is True


def test_the_clock_file_moves_the_product_and_not_the_skew(database_url: str, tmp_path: Path) -> None:
    shift = tmp_path / "shift"
    shift.write_text("864000", encoding="ascii")
    settings = settings_for(tmp_path, database_url, FOSTER_BOND_CLOCK_FILE=str(shift))
    runtime = build(settings)
    assert isinstance(runtime.clock, SystemClock)
    with runtime.store.write() as session:
        pulses.beat(session, "send", runtime.clock.now(), {})
    said = create_app(runtime).test_client().get("/readyz").json
    assert said is not None and said["ready"] is True
    assert abs(said["skew_seconds"]) < 5 and 0 <= said["pulse_age_seconds"] < 30
    runtime.close()


def test_the_graphs_show_what_waits(app: Flask, runtime: Runtime, cast: Cast, clock: StandingClock) -> None:
    beat(runtime, clock)
    clock.move(timedelta(seconds=12))
    said = app.test_client().get("/metrics")
    assert said.mimetype == "text/plain"
    lines = dict(line.rsplit(" ", 1) for line in said.text.splitlines() if not line.startswith("#"))
    assert lines['foster_bond_outbox{state="scheduled"}'] == "2.0"  # one text of the cast in either agency
    assert lines["foster_bond_oldest_due_seconds"] == "12.0"
    assert lines["foster_bond_pulse_age_seconds"] == "12.0"
    assert lines["foster_bond_inbound_total"] == "2.0"
    assert lines["foster_bond_alerts_open"] == "2.0"
    assert "delivered" not in said.text and "555" not in said.text
    post_text(app, runtime.settings, "+13035550111", "Fine, thank you")
    assert "foster_bond_inbound_total 3.0" in app.test_client().get("/metrics").text


def test_refused_hooks_are_counted(app: Flask) -> None:
    app.test_client().post("/hooks/twilio/inbound", data={"MessageSid": "SM1"})
    assert 'foster_bond_refused_hooks_total{kind="unsigned"} 1.0' in app.test_client().get("/metrics").text


def test_health_asks_for_no_sign_in_and_leaves_no_cookie(app: Flask) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert "Set-Cookie" not in Browser(app).get(path).headers
