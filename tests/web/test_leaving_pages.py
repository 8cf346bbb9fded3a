"""Leaving, the record and hand-overs at the browser: who may, what is asked, what leaves, and plain refusals."""

from datetime import date

import pytest
from flask import Flask
from sqlmodel import select

from foster_bond.runtime import Runtime
from foster_bond.store.audit import AuditEvent
from foster_bond.store.covers import Cover
from foster_bond.store.departures import Departure
from foster_bond.store.exports import Export
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText
from tests.cast import Browser, Cast
from tests.web.test_family_pages import signed_in

ENDED = {"what": "ending", "since": "2026-11-02"}


def home(cast: Cast) -> str:
    return f"/families/{cast.harbor.home.family_id}"


def mina(app: Flask, cast: Cast) -> Browser:
    return signed_in(app, cast, "mina")


@pytest.mark.parametrize("page", ["leaving", "record", "summary"])
def test_who_holds_the_family_may_and_nobody_else(app: Flask, cast: Cast, page: str) -> None:
    for who, status in (("mina", 200), ("tom", 200), ("cal", 404), ("lena", 404), ("rex", 404)):
        answer = signed_in(app, cast, who).get(f"{home(cast)}/{page}")
        assert (who, answer.status_code) == (who, status)


def test_an_ending_asks_what_should_happen_and_can_be_taken_back(app: Flask, cast: Cast, runtime: Runtime) -> None:
    browser = mina(app, cast)
    answer = browser.post(f"{home(cast)}/placement", ENDED)
    assert answer.status_code == 303 and answer.location.endswith(f"{home(cast)}/leaving")
    page = browser.get(f"{home(cast)}/leaving").text
    assert "Every text has stopped. What should happen now?" in page and "The closing note would go to" in page
    ladder = browser.get(f"{home(cast)}/practice").text
    assert "This placement is over." in ladder and "may be asked up to" not in ladder
    with runtime.store.read() as session:
        row = session.execute(select(Departure).where(Departure.why == "ended")).scalar_one()
    address = f"{home(cast)}/leaving/{row.id}"
    refused = browser.post(f"{address}/decide", {"closing_note": "yes"})
    assert refused.status_code == 422 and "told in person" in refused.text
    assert browser.post(f"{address}/decide", {"closing_note": "yes", "told": "yes"}).status_code == 303
    assert "A closing note and nothing after it." in browser.get(f"{home(cast)}/leaving").text
    assert browser.post(f"{address}/decide", {}).status_code == 409
    assert browser.post(f"{address}/undo").status_code == 303
    assert browser.post(f"{address}/undo").status_code == 404
    with runtime.store.read() as session:
        family = session.get(Family, cast.harbor.home.family_id)
        assert family is not None and family.closed_at is None


def test_one_person_leaves(app: Flask, cast: Cast, runtime: Runtime) -> None:
    ben = cast.harbor.home.members["Ben"]
    with runtime.store.write() as session:
        member = session.get(Member, ben)
        assert member is not None
        member.role = "teen"
    browser = mina(app, cast)
    assert browser.post(f"{home(cast)}/members/{ben}/month", {"turns_18": "soon"}).status_code == 422
    assert browser.post(f"{home(cast)}/members/{ben}/month", {"turns_18": "2027-04"}).status_code == 303
    assert 'value="2027-04"' in browser.get(f"{home(cast)}/leaving").text
    assert browser.post(f"{home(cast)}/members/{ben}/leave").status_code == 303
    page = browser.get(f"{home(cast)}/leaving").text
    assert "Ben has left" in page and "Somebody’s texts have stopped." in page and "Every text has stopped" not in page
    assert browser.post(f"{home(cast)}/members/{ben}/leave").status_code == 409
    assert signed_in(app, cast, "rex").post(f"{home(cast)}/members/{ben}/leave").status_code == 404


def test_the_record_leaves_as_a_file_and_is_listed(app: Flask, cast: Cast, runtime: Runtime) -> None:
    browser = mina(app, cast)
    browser.get(f"{home(cast)}/record")
    made = browser.post(f"{home(cast)}/record", {"format": "csv"})
    assert made.status_code == 200 and made.data.startswith(b"\xef\xbb\xbffamily_ref,")
    assert made.headers["Content-Disposition"] == 'attachment; filename="F-Okafor-record-2026-11-02.csv"'
    copy = browser.post(f"{home(cast)}/record", {"format": "pdf", "redact": "yes", "take_out": "blue school"})
    assert copy.mimetype == "application/pdf" and copy.data.startswith(b"%PDF")
    assert browser.post(f"{home(cast)}/record", {"format": "doc"}).status_code == 422
    assert browser.post(f"{home(cast)}/record", {"format": "pdf", "redact": "yes", "take_out": "x"}).status_code == 422
    page = browser.get(f"{home(cast)}/record").text
    assert "Two files have left the house." in page and "redacted" in page
    with runtime.store.read() as session:
        assert len(session.execute(select(Export)).all()) == 2


def test_chosen_quotes_become_a_paper(app: Flask, cast: Cast, runtime: Runtime) -> None:
    with runtime.store.write() as session:
        text = session.get(InboundText, cast.harbor.ids["inbound_id"])
        assert text is not None
        text.kind = "reply"
    browser = mina(app, cast)
    assert browser.get(f"{home(cast)}/summary?since=2026-10-01&until=2026-11-02").status_code == 200
    assert browser.get(f"{home(cast)}/summary?since=soon").status_code == 422
    quote = {"quote": cast.harbor.ids["inbound_id"], "purpose": "court", "since": "2026-10-01", "until": "2026-11-02"}
    paper = browser.post(f"{home(cast)}/summary", quote)
    assert paper.status_code == 200 and paper.data.startswith(b"%PDF")
    days = (
        {"since": "2027-01-01"},
        {"since": "0001-01-01", "until": "0001-01-02"},
        {"since": "9999-12-31", "until": "9999-12-31"},
    )
    for off in ({"quote": "nothing"}, {"quote": ""}, {"purpose": "fun"}, *days):
        assert browser.post(f"{home(cast)}/summary", quote | off).status_code == 422


def test_a_family_changes_hands_and_the_sheet_is_printed(app: Flask, cast: Cast, runtime: Runtime) -> None:
    browser, family = mina(app, cast), cast.harbor.home.family_id
    page = browser.get("/hand-over").text
    assert "Okafor" in page and "Novak" not in page
    assert "Okafor" in browser.get(f"/hand-over/sheet?family={family}").text
    with runtime.store.read() as session:
        opened = session.execute(select(AuditEvent).where(AuditEvent.act == "open_family")).scalars().one()
    assert (opened.staff_id, opened.subject_id) == (cast.mina.staff_id, family)
    assert browser.post("/hand-over", {"to": cast.cal.staff_id}).status_code == 422
    assert browser.post("/hand-over", {"family": family, "to": cast.cal.staff_id}).status_code == 303
    assert browser.get(home(cast)).status_code == 404
    cal = signed_in(app, cast, "cal")
    assert "Okafor" in cal.get("/hand-over").text and cal.get(home(cast)).status_code == 200
    assert browser.get(f"/hand-over/sheet?family={family}").status_code == 404
    tom = signed_in(app, cast, "tom")
    assert "Okafor" in tom.get(f"/hand-over?of={cast.cal.staff_id}").text
    assert tom.post("/hand-over", {"family": family, "to": cast.mina.staff_id}).status_code == 303


def test_a_cover_opens_the_door_today_and_shuts_it(app: Flask, cast: Cast, runtime: Runtime) -> None:
    browser, cal = mina(app, cast), signed_in(app, cast, "cal")
    assert cal.get(home(cast)).status_code == 404
    days = {"cover": cast.cal.staff_id, "first_day": "2026-11-02", "last_day": "2026-11-03"}
    assert browser.post("/hand-over/cover", days | {"last_day": ""}).status_code == 422
    assert browser.post("/hand-over/cover", days).status_code == 303
    assert cal.get(home(cast)).status_code == 200
    assert "Cal Vale" in browser.get("/hand-over").text
    with runtime.store.read() as session:
        row = session.execute(select(Cover).where(Cover.first_day == date(2026, 11, 2))).scalar_one()
    assert cal.post(f"/hand-over/cover/{row.id}/end").status_code == 404
    assert browser.post(f"/hand-over/cover/{row.id}/end").status_code == 303
    assert cal.get(home(cast)).status_code == 404
    assert mina(app, cast).post("/hand-over/telling", {"tells": "yes"}).status_code == 403
    ada = signed_in(app, cast, "ada")
    assert ada.post("/hand-over/telling", {"tells": "yes"}).status_code == 303
    assert "The families are told by one text" in ada.get(f"/hand-over?of={cast.mina.staff_id}").text
