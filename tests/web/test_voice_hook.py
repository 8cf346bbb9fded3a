"""A call to the text line: one sentence in the caller's language, the office, and nothing kept but that they called."""

from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import text

from foster_bond.runtime import Runtime
from foster_bond.store.agencies import Agency, give_number
from foster_bond.store.families import Member
from tests.cast import ELSEWHERE_NUMBER, GRACE, HARBOR_NUMBER, Browser, Cast, post_signed

OFFICE, ON_CALL = "+13035550199", "+13035550198"
STRANGER = "+13035550177"
ALOUD, ON_CALL_ALOUD = "3 0 3, 5 5 5, 0 1 9 9", "3 0 3, 5 5 5, 0 1 9 8"  # digit by digit, as a person says a number
EN = f"This line is only for texts; please call {ALOUD} in office hours, or 9 1 1 if anyone is in danger."


@pytest.fixture
def office(runtime: Runtime, cast: Cast) -> None:
    with runtime.store.write() as session:
        agency = session.get(Agency, cast.harbor.agency_id)
        assert agency is not None
        give_number(session, runtime.store.vault, agency, "phone", OFFICE)


def call(
    app: Flask, runtime: Runtime, caller: str = GRACE, to: str = HARBOR_NUMBER, sid: str = "CA1"
) -> tuple[int, str, str, str | None]:
    """Status, words, their language and the number that the call goes on to."""
    fields = {"CallSid": sid, "From": caller, "To": to, "CallStatus": "ringing", "Direction": "inbound"}
    answer = post_signed(app, runtime.settings, "/hooks/twilio/voice", fields)
    if answer.status_code != 200:
        return answer.status_code, "", "", None
    assert answer.mimetype == "text/xml"
    root = ElementTree.fromstring(answer.text)
    said = root.find("Say")
    assert said is not None
    return 200, said.text or "", said.get("language") or "", root.findtext("Dial")


def kept(runtime: Runtime) -> int:
    with runtime.store.read() as session:
        return int(session.execute(text("SELECT count(*) FROM voice_calls")).scalar_one())


@pytest.mark.usefixtures("office")
def test_a_known_caller_hears_the_sentence_and_is_connected(app: Flask, runtime: Runtime, cast: Cast) -> None:
    assert call(app, runtime) == (200, EN, "en-US", OFFICE)
    assert call(app, runtime) == (200, EN, "en-US", OFFICE)  # announced twice, noted once
    assert kept(runtime) == 1
    mina = Browser(app)
    mina.sign_in(cast.mina)
    page = mina.get(f"/families/{cast.harbor.home.family_id}").text
    assert page.count("Grace called the text line") == 1


@pytest.mark.usefixtures("office")
def test_the_callers_own_language_decides(app: Flask, runtime: Runtime, cast: Cast) -> None:
    with runtime.store.write() as session:
        member = session.get(Member, cast.harbor.home.members["Grace"])
        assert member is not None
        member.language = "es"
    status, words, language, dialled = call(app, runtime)
    assert (status, language, dialled) == (200, "es-MX", OFFICE)
    assert words.startswith("Este contacto es solo para mensajes de texto; llame al " + ALOUD)


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("caller", [STRANGER, "anonymous", "+266696687"])
def test_of_an_unknown_caller_nothing_is_kept(app: Flask, runtime: Runtime, caller: str) -> None:
    with runtime.store.write() as session:
        session.execute(text("UPDATE agencies SET language = 'es' WHERE slug = 'harbor'"))
    status, _, language, dialled = call(app, runtime, caller)
    assert (status, language, dialled, kept(runtime)) == (200, "es-MX", OFFICE, 0)


def test_without_an_office_line_nobody_is_connected(app: Flask, runtime: Runtime, cast: Cast) -> None:
    status, words, language, dialled = call(app, runtime)
    assert (status, language, dialled) == (200, "en-US", None)
    assert words.endswith("call or text 9 8 8 now, any hour. In danger, call 9 1 1.")
    with runtime.store.write() as session:
        agency = session.get(Agency, cast.harbor.agency_id)
        assert agency is not None
        give_number(session, runtime.store.vault, agency, "oncall", ON_CALL)
    status, words, _, dialled = call(app, runtime, sid="CA2")
    assert (status, ON_CALL_ALOUD in words, dialled) == (200, True, None)


@pytest.mark.usefixtures("office")
def test_the_number_that_was_called_decides_the_agency(app: Flask, runtime: Runtime) -> None:
    assert call(app, runtime, to="+14155550188")[0] == 403
    status, words, _, dialled = call(app, runtime, to=ELSEWHERE_NUMBER)
    assert (status, ALOUD in words, dialled, kept(runtime)) == (200, False, None, 0)


def test_an_unsigned_or_unreadable_call_is_refused(app: Flask, runtime: Runtime) -> None:
    fields = {"CallSid": "CA1", "From": GRACE, "To": HARBOR_NUMBER}
    assert app.test_client().post("/hooks/twilio/voice", data=fields).status_code == 403
    assert post_signed(app, runtime.settings, "/hooks/twilio/voice", fields | {"CallSid": "no id!"}).status_code == 400
    assert kept(runtime) == 0
