"""What the carrier calls: believed only with its signature, answered 2xx only when it is stored, never broken."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlmodel import col, select
from werkzeug.test import TestResponse

from foster_bond.app import create_app
from foster_bond.carriers.twilio_signature import sign
from foster_bond.runtime import Runtime
from foster_bond.store.callbacks import Callback
from foster_bond.store.inbound import InboundText, said
from foster_bond.store.outbox import OutboxMessage
from tests.cast import BEN, ELSEWHERE_NUMBER, GRACE, HARBOR_NUMBER, PUBLIC_URL, Cast, gather, post_signed, post_text

INBOUND, STATUS = "/hooks/twilio/inbound", "/hooks/twilio/status"
SID = "SM" + "0" * 31 + "1"


def a_text(**more: str) -> dict[str, str]:
    return {"MessageSid": SID, "From": GRACE, "To": HARBOR_NUMBER, "Body": "A calm day.", "NumMedia": "0"} | more


def bodies(runtime: Runtime, sid: str = SID) -> list[str]:
    """What is stored under this id of the carrier."""
    with runtime.store.read() as session:
        rows = session.execute(select(InboundText).where(col(InboundText.carrier_sid) == sid)).scalars()
        return [said(session, runtime.store.vault, row) for row in rows]


def post(
    app: Flask, runtime: Runtime, path: str, fields: Mapping[str, str], *, signed_as: str = "", **headers: str
) -> TestResponse:
    """A post that was signed for `signed_as`, an address of ours as the carrier knows it."""
    url = signed_as or runtime.settings.public_url + path
    signature = sign(url, fields, runtime.settings.webhook_token.get_secret_value())
    sent = {"X-Twilio-Signature": signature} | {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().post(path, data=dict(fields), headers=sent)


def test_a_signed_text_is_stored_and_answered_with_nothing_to_say(app: Flask, runtime: Runtime) -> None:
    answer = post_signed(app, runtime.settings, INBOUND, a_text())
    assert answer.status_code == 200
    assert answer.mimetype == "text/xml"
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert "Set-Cookie" not in answer.headers
    assert bodies(runtime) == ["A calm day."]


def test_the_same_text_twice_is_stored_once_and_answered_twice(app: Flask, runtime: Runtime) -> None:
    assert post_signed(app, runtime.settings, INBOUND, a_text()).status_code == 200
    assert post_signed(app, runtime.settings, INBOUND, a_text()).status_code == 200
    assert len(bodies(runtime)) == 1


def test_what_the_carrier_did_not_sign_is_refused(app: Flask, runtime: Runtime) -> None:
    of_the_right_length = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
    for signature in (None, "", "x", "\u00e9", "a" * 5000, of_the_right_length):
        headers = {} if signature is None else {"X-Twilio-Signature": signature}
        for path in (INBOUND, STATUS + "?ref=abc"):
            answer = app.test_client().post(path, data=a_text(MessageStatus="sent"), headers=headers)
            assert answer.status_code == 403, signature
    assert bodies(runtime) == []


def test_a_changed_field_breaks_the_signature(app: Flask, runtime: Runtime) -> None:
    token = runtime.settings.webhook_token.get_secret_value()
    signature = sign(runtime.settings.public_url + INBOUND, a_text(), token)
    changed = a_text(Body="STOP")
    answer = app.test_client().post(INBOUND, data=changed, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403
    assert bodies(runtime) == []


def test_another_token_is_not_ours(app: Flask, runtime: Runtime) -> None:
    signature = sign(runtime.settings.public_url + INBOUND, a_text(), "another token")
    answer = app.test_client().post(INBOUND, data=a_text(), headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "signed_as",
    [
        f"{PUBLIC_URL}{INBOUND}",
        f"{PUBLIC_URL}:443{INBOUND}",  # the carrier names the port or leaves it out
    ],
)
def test_the_public_address_decides_whatever_a_proxy_says(https_runtime: Runtime, signed_as: str) -> None:
    gather(https_runtime.store)
    app = create_app(https_runtime)
    from_proxy = {"X_Forwarded_Proto": "http", "X_Forwarded_Host": "inside:8080", "Host": "10.0.0.7"}
    assert post(app, https_runtime, INBOUND, a_text(), signed_as=signed_as, **from_proxy).status_code == 200
    elsewhere = f"http://inside:8080{INBOUND}"
    assert post(app, https_runtime, INBOUND, a_text(), signed_as=elsewhere, **from_proxy).status_code == 403


def test_a_query_is_part_of_what_was_signed(app: Flask, runtime: Runtime) -> None:
    base = runtime.settings.public_url
    for query in ("?a=1", "?a=&b", "?a=1&a=2", "?ref=%2B1%20x", "?ref=abc&x=caf%C3%A9"):
        assert post(app, runtime, INBOUND + query, a_text(), signed_as=base + INBOUND + query).status_code == 200
        assert post(app, runtime, INBOUND + query, a_text(), signed_as=base + INBOUND).status_code == 403


def test_blank_and_repeated_fields_are_part_of_what_was_signed(app: Flask, runtime: Runtime) -> None:
    fields = {name: [value] for name, value in a_text(FromCity="").items()} | {"Extra": ["b", "a", "b"]}
    token = runtime.settings.webhook_token.get_secret_value()
    signature = sign(runtime.settings.public_url + INBOUND, fields, token)
    body = urlencode(fields, doseq=True)
    assert "FromCity=&" in body
    answer = app.test_client().post(
        INBOUND,
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )
    assert answer.status_code == 200


def test_a_text_to_a_number_that_is_none_of_ours_is_stored_nowhere(app: Flask, runtime: Runtime) -> None:
    for to in ("+12025550199", "", "harbor", "\x00"):
        assert post_signed(app, runtime.settings, INBOUND, a_text(To=to)).status_code == 403
    assert bodies(runtime) == []


def test_the_number_it_was_sent_to_decides_the_agency(app: Flask, runtime: Runtime, cast: Cast) -> None:
    assert post_text(app, runtime.settings, GRACE, "Hello", to=ELSEWHERE_NUMBER, sid=SID).status_code == 200
    with runtime.store.read() as session:
        text = session.execute(select(InboundText).where(col(InboundText.carrier_sid) == SID)).scalar_one()
    assert text.agency_id == cast.elsewhere.agency_id
    assert text.family_id is None  # Grace is nobody there, whoever she is at Harbor


def test_a_text_without_its_id_or_sender_is_unreadable(app: Flask, runtime: Runtime) -> None:
    for missing in ("MessageSid", "From"):
        fields = {name: value for name, value in a_text().items() if name != missing}
        assert post_signed(app, runtime.settings, INBOUND, fields).status_code == 400
    for sid in ("", " ", "SM" + "0" * 60, "SM\x00", "'; DROP TABLE staff; --", "SM\u00e9", "../../etc/passwd"):
        assert post_signed(app, runtime.settings, INBOUND, a_text(MessageSid=sid)).status_code == 400, sid
    for sender in (" ", "x" * 300):
        assert post_signed(app, runtime.settings, INBOUND, a_text(From=sender)).status_code == 400, sender


HOSTILE = (
    "",
    " ",
    "\x00 zero \x00",
    "\N{SMILING FACE WITH OPEN MOUTH}" * 1600,
    "\u0645\u0631\u062d\u0628\u0627 \u202eabc\u202c \u05e9\u05dc\u05d5\u05dd",  # right to left, and marks that turn
    "<script>alert(1)</script>{{ 7*7 }}%s%n${x}",
    "line\r\nline\nline\u2028line",
    "x" * 64_000,
    "a\u0300" * 500,
    "\ud7ff\ufffe\U0010ffff",
    "=cmd|' /C calc'!A0",
)


def test_whatever_a_family_writes_is_stored_as_it_came(app: Flask, runtime: Runtime) -> None:
    for number, body in enumerate(HOSTILE):
        sid = f"SMhostile{number}"
        assert post_signed(app, runtime.settings, INBOUND, a_text(Body=body, MessageSid=sid)).status_code == 200, body
        assert bodies(runtime, sid) == [body]


def test_a_sender_that_is_no_number_is_heard_too(app: Flask, runtime: Runtime) -> None:
    for number, sender in enumerate(("82937", "ALERTS", "+", "whatsapp:+13035550111", "\x00", "\N{GRINNING FACE}")):
        sid = f"SMsender{number}"
        assert post_signed(app, runtime.settings, INBOUND, a_text(From=sender, MessageSid=sid)).status_code == 200
        assert bodies(runtime, sid) == ["A calm day."]


def test_bytes_that_are_no_text_never_break(app: Flask, runtime: Runtime) -> None:
    """As an address writes them they are kept as written; raw they make the whole form unreadable, so unsigned."""
    start = f"MessageSid={SID}&From=%2B13035550111&To=%2B13035550100&Body=".encode()
    kept = a_text(Body="%FF%FE%80broken")
    del kept["NumMedia"]
    signature = sign(runtime.settings.public_url + INBOUND, kept, runtime.settings.webhook_token.get_secret_value())
    for ending, status in ((b"%ff%fe%80broken", 200), (b"\xff\xfe\x80broken", 403)):
        answer = app.test_client().post(
            INBOUND,
            data=start + ending,
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": signature},
        )
        assert answer.status_code == status
    assert bodies(runtime) == ["%FF%FE%80broken"]


def test_another_kind_of_body_is_unreadable(app: Flask, runtime: Runtime) -> None:
    signature = sign(runtime.settings.public_url + INBOUND, {}, runtime.settings.webhook_token.get_secret_value())
    for kind in ("application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", ""):
        answer = app.test_client().post(
            INBOUND, data=b'{"MessageSid": "SM1"}', content_type=kind, headers={"X-Twilio-Signature": signature}
        )
        assert answer.status_code == 400, kind


def test_more_than_we_take_is_said_so(app: Flask, runtime: Runtime) -> None:
    assert post_signed(app, runtime.settings, INBOUND, a_text(Body="x" * 300_000)).status_code == 413


def test_only_posts_are_taken(app: Flask) -> None:
    for path in (INBOUND, STATUS):
        answer = app.test_client().get(path)
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]


def test_a_count_of_pictures_that_is_none_is_no_reason_to_lose_the_text(app: Flask, runtime: Runtime) -> None:
    for number, media in enumerate(("", "2", "-1", "two", "9" * 20, "\u0663")):
        fields = a_text(NumMedia=media, MessageSid=f"SMmedia{number}")
        assert post_signed(app, runtime.settings, INBOUND, fields).status_code == 200, media
        assert bodies(runtime, f"SMmedia{number}") == ["A calm day."]


def test_what_could_not_be_stored_is_answered_with_a_5xx(
    app: Flask, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("foster_bond.web.carrier_hooks.receive", breaks)
    assert post_signed(app, runtime.settings, INBOUND, a_text()).status_code == 503


def a_callback(**more: str) -> dict[str, str]:
    return {"MessageSid": "SM" + "a" * 32, "MessageStatus": "delivered", "To": BEN, "From": HARBOR_NUMBER} | more


def ref_of(runtime: Runtime, cast: Cast) -> str:
    """The ref of Harbor's one text out."""
    with runtime.store.read() as session:
        message = session.get(OutboxMessage, cast.harbor.ids["message_id"])
    assert message is not None
    return message.ref


def callbacks(runtime: Runtime) -> list[tuple[str, str, int | None]]:
    with runtime.store.read() as session:
        rows = session.execute(select(Callback).order_by(col(Callback.id))).scalars()
        return [(row.carrier_sid, row.status, row.error_code) for row in rows]


def test_a_callback_about_our_text_is_kept(app: Flask, runtime: Runtime, cast: Cast) -> None:
    path = f"{STATUS}?ref={ref_of(runtime, cast)}"
    answer = post_signed(app, runtime.settings, path, a_callback(MessageStatus="undelivered", ErrorCode="30003"))
    assert answer.status_code == 204
    assert answer.data == b""
    assert callbacks(runtime) == [("SM" + "a" * 32, "undelivered", 30003)]


def test_a_callback_about_nothing_of_ours_is_counted_and_let_go(app: Flask, runtime: Runtime) -> None:
    queries = ("?ref=unknown", "?ref=", "", "?ref=%00", "?ref=" + "x" * 300, "?ref=%F0%9F%98%80")
    for query in queries:
        path = STATUS + query
        answer = post(app, runtime, path, a_callback(), signed_as=runtime.settings.public_url + path)
        assert answer.status_code == 204, query
    assert callbacks(runtime) == []
    counted = app.test_client().get("/metrics").text
    assert f'foster_bond_receipts_total{{kind="foreign"}} {len(queries)}.0' in counted


def test_a_callback_without_its_id_or_word_is_unreadable(app: Flask, runtime: Runtime) -> None:
    for wrong in ({"MessageSid": ""}, {"MessageSid": "\x00"}, {"MessageStatus": ""}, {"MessageStatus": "x" * 99}):
        answer = post_signed(app, runtime.settings, STATUS + "?ref=abc", a_callback(**wrong))
        assert answer.status_code == 400, wrong


def test_an_error_number_that_is_none_is_left_out(app: Flask, runtime: Runtime, cast: Cast) -> None:
    path = f"{STATUS}?ref={ref_of(runtime, cast)}"
    for code in ("", "none", "-1", "9" * 30):
        assert post_signed(app, runtime.settings, path, a_callback(ErrorCode=code)).status_code == 204
    assert {code for _, _, code in callbacks(runtime)} == {None}
