"""What the carrier tells twice, too late or about somebody else's text: answered cleanly, and never a second effect."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from foster_bond.runtime import Runtime
from foster_bond.store.outbox import OutboxMessage
from tests.cast import ELSEWHERE_NUMBER, GRACE, HARBOR_NUMBER, Cast, gather, post_signed

INBOUND, STATUS = "/hooks/twilio/inbound", "/hooks/twilio/status"
OURS, FOREIGN = "SM" + "a" * 32, "SM" + "f" * 32
FLOOD_OF_EMOJI, RIGHT_TO_LEFT = "\U0001f600" * 1600, "\u202eمرحبا שלום"


@pytest.fixture
def cast(runtime: Runtime) -> Cast:
    return gather(runtime.store)


def text_in(body: str, sid: str, to: str = HARBOR_NUMBER) -> dict[str, str]:
    return {"MessageSid": sid, "From": GRACE, "To": to, "Body": body, "NumMedia": "0"}


def everything(runtime: Runtime) -> dict[str, list[str]]:
    """Every row that a hook could touch."""
    tables = ("inbound_texts", "outbox_messages", "state_log", "consents", "consent_events", "alerts", "alert_calls",
              "tasks", "reflections", "members", "callbacks")  # fmt: skip
    with runtime.store.read() as session:
        return {
            name: sorted(repr(tuple(row)) for row in session.execute(text(f"SELECT * FROM {name}"))) for name in tables
        }


def message(runtime: Runtime, message_id: str) -> OutboxMessage:
    with runtime.store.read() as session:
        found = session.get(OutboxMessage, message_id)
        assert found is not None
        return found


@pytest.mark.parametrize(
    "body",
    ["STOP", "I want to die", "HELP", "PAUSE", "A calm day.", FLOOD_OF_EMOJI, RIGHT_TO_LEFT, "\x00", "x" * 64_000],
    ids=["stop", "crisis", "help", "pause", "reply", "emoji", "right to left", "nul", "64 KB"],
)
def test_a_replayed_text_changes_nothing_more(app: Flask, runtime: Runtime, cast: Cast, body: str) -> None:
    assert post_signed(app, runtime.settings, INBOUND, text_in(body, OURS)).status_code == 200
    after_the_first = everything(runtime)
    for again in (body, "START", "another body under the same id"):
        assert post_signed(app, runtime.settings, INBOUND, text_in(again, OURS)).status_code == 200
    assert everything(runtime) == after_the_first


def test_a_replay_to_another_agencys_number_is_the_same_text(app: Flask, runtime: Runtime, cast: Cast) -> None:
    assert post_signed(app, runtime.settings, INBOUND, text_in("STOP", OURS)).status_code == 200
    before = everything(runtime)
    assert post_signed(app, runtime.settings, INBOUND, text_in("STOP", OURS, ELSEWHERE_NUMBER)).status_code == 200
    assert everything(runtime) == before


def test_twenty_copies_at_once_are_one_text(app: Flask, runtime: Runtime, cast: Cast) -> None:
    with ThreadPoolExecutor(8) as callers:
        posts = callers.map(
            lambda _: post_signed(app, runtime.settings, INBOUND, text_in("I want to die", OURS)).status_code, range(20)
        )
        assert set(posts) == {200}
    counts = {name: len(rows) for name, rows in everything(runtime).items()}
    one = post_signed(app, runtime.settings, INBOUND, text_in("A calm day.", FOREIGN))
    assert one.status_code == 200
    with runtime.store.read() as session:
        asked = {"sid": OURS}
        kept = session.execute(text("SELECT id, crisis FROM inbound_texts WHERE carrier_sid = :sid"), asked).all()
        assert len(kept) == 1 and bool(kept[0][1])
        alerts = session.execute(text("SELECT id FROM alerts WHERE inbound_id = :id"), {"id": kept[0][0]}).all()
        answers = session.execute(text("SELECT id FROM outbox_messages WHERE kind = 'crisis_reply'")).all()
    assert (len(alerts), len(answers)) == (1, 1)
    assert counts["inbound_texts"] == 3  # with one of each agency of the cast


def told(app: Flask, runtime: Runtime, ref: str, **fields: str) -> int:
    values: Mapping[str, str] = {"MessageSid": OURS, "MessageStatus": "delivered"} | fields
    return post_signed(app, runtime.settings, f"{STATUS}?ref={ref}", values).status_code


def test_a_replayed_or_late_callback_moves_nothing_twice_and_nothing_back(
    app: Flask, runtime: Runtime, cast: Cast
) -> None:
    ref = message(runtime, cast.harbor.ids["message_id"]).ref
    for status in ("sent", "delivered"):
        assert told(app, runtime, ref, MessageStatus=status) == 204
    before = everything(runtime)
    for status in ("delivered", "sent", "queued", "sending", "sent", "delivered", "undelivered", "failed", "nonsense"):
        assert told(app, runtime, ref, MessageStatus=status) == 204
    after = everything(runtime)
    assert message(runtime, cast.harbor.ids["message_id"]).state == "delivered"
    del before["callbacks"], after["callbacks"]  # each is kept as it came
    assert after == before


def test_a_callback_of_a_foreign_id_or_ref_touches_nobodys_text(app: Flask, runtime: Runtime, cast: Cast) -> None:
    ours, theirs = (message(runtime, house.ids["message_id"]) for house in (cast.harbor, cast.elsewhere))
    assert told(app, runtime, ours.ref) == 204
    before = everything(runtime)
    assert told(app, runtime, theirs.ref) == 204  # our text's own id under their ref
    assert told(app, runtime, "x" * 22) == 204
    assert told(app, runtime, ours.ref, MessageSid=FOREIGN, MessageStatus="failed", ErrorCode="21610") == 204
    assert told(app, runtime, ours.id) == 204 and told(app, runtime, OURS) == 204
    assert everything(runtime) == before


@pytest.mark.parametrize("word", [FLOOD_OF_EMOJI, RIGHT_TO_LEFT, "\x00", "x" * 64_000, "%ff%fe"])
def test_hostile_fields_of_a_callback_are_refused_and_change_nothing(
    app: Flask, runtime: Runtime, cast: Cast, word: str
) -> None:
    ref = message(runtime, cast.harbor.ids["message_id"]).ref
    before = everything(runtime)
    assert told(app, runtime, ref, MessageStatus=word) == 400
    assert told(app, runtime, ref, MessageSid=word) == 400
    assert told(app, runtime, "y" * 22, ErrorCode=word, To=word, From=word) == 204
    assert everything(runtime) == before
