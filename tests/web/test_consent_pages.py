"""Lists of opt-outs: checked first, all or none, every bad row named, handed out on the record to two roles."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from foster_bond.runtime import Runtime
from foster_bond.store import consents
from tests.cast import BEN, GRACE, Browser, Cast, post_text

STRANGER = "+13035550177"
LIST = f"number,note\n{GRACE},said so\n(303) 555-0177,\n{GRACE},twice\n"


def state(runtime: Runtime, cast: Cast, number: str) -> str:
    with runtime.store.read() as session:
        bidx = runtime.store.vault.blind_index(cast.harbor.agency_id, number)
        return consents.state_of(session, cast.harbor.agency_id, bidx).value


def check(browser: Browser, content: str | bytes) -> tuple[int, str]:
    browser.get("/agency/consent")
    raw = content if isinstance(content, bytes) else content.encode()
    data: dict[str, Any] = {"csrf_token": browser._token, "list": (io.BytesIO(raw), "list.csv")}
    answer = browser.client.post(
        "/agency/consent/check", data=data, base_url="http://localhost", headers={"Referer": "http://localhost/"}
    )
    answer.request.environ["wsgi.input"].close()
    return answer.status_code, answer.text


@pytest.fixture
def ada(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.ada)
    return browser


def test_a_list_is_checked_before_anything_is_done(ada: Browser, runtime: Runtime, cast: Cast) -> None:
    status, page = check(ada, LIST)
    assert status == 200
    assert "2 numbers would stop now" in page and "1 belongs to nobody here yet" in page
    assert (state(runtime, cast, GRACE), state(runtime, cast, STRANGER)) == ("active", "none")
    assert ada.post("/agency/consent/stop", {"content": LIST}).status_code == 303
    assert (state(runtime, cast, GRACE), state(runtime, cast, STRANGER)) == ("stopped", "stopped")
    assert state(runtime, cast, BEN) == "active"
    assert "0 numbers would stop now" in check(ada, LIST)[1]
    with runtime.store.read() as session:
        kept = session.execute(text("SELECT number FROM consents WHERE number IS NOT NULL")).scalars().all()
    assert len(kept) == 1 and b"555" not in bytes(kept[0])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"number\n{GRACE}\n12\nabc\n", ["line 3", "line 4"]),
        ("number,x\n+13035550111\n", ["line 2", "1 cells"]),
        ("phone\n+13035550111\n", ["column"]),
        ("number\n", ["no numbers"]),
        ("", ["column"]),
        (b"number\n\xff\xfe\n", ["UTF-8"]),
        ('number\n"+1303\n', ["not CSV"]),
        ("number\n" + "+13035550111\n" * 20_000, ["200 KB"]),
    ],
)
def test_every_bad_row_is_named_and_nothing_stops(
    ada: Browser, runtime: Runtime, cast: Cast, content: str | bytes, said: list[str]
) -> None:
    status, page = check(ada, content)
    assert status == 422
    assert all(words in page for words in said), page
    if isinstance(content, str) and len(content) < 1000:
        assert ada.post("/agency/consent/stop", {"content": content}).status_code == 422
    assert state(runtime, cast, GRACE) == "active"


def test_the_list_goes_out_harmless_and_comes_in_again(app: Flask, ada: Browser, runtime: Runtime, cast: Cast) -> None:
    post_text(app, runtime.settings, GRACE, "STOP")
    post_text(app, runtime.settings, STRANGER, "STOP")
    ada.get("/agency/consent")
    answer = ada.post("/agency/consent/opt-outs.csv")
    assert answer.mimetype == "text/csv" and answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["number"] for row in rows} == {f"'{GRACE}", f"'{STRANGER}"}
    assert {row["how"] for row in rows} == {"text"}
    with runtime.store.read() as session:
        acts = session.execute(text("SELECT detail FROM audit_events WHERE act = 'opt_outs_exported'")).scalars().all()
    assert acts == ["2 numbers"]
    assert "0 numbers would stop now" in check(ada, answer.text)[1]


def test_a_listed_number_is_not_opened_by_an_import_only_by_its_owner(
    app: Flask, ada: Browser, runtime: Runtime, cast: Cast
) -> None:
    ada.get("/agency/consent")
    ada.post("/agency/consent/stop", {"content": LIST})
    post_text(app, runtime.settings, GRACE, "thanks")
    assert state(runtime, cast, GRACE) == "stopped"
    post_text(app, runtime.settings, GRACE, "START")
    assert state(runtime, cast, GRACE) == "active"


@pytest.mark.parametrize(("person", "status"), [("mina", 403), ("tom", 403), ("lena", 200), ("ada", 200)])
def test_numbers_go_out_to_admins_and_leads_only(app: Flask, cast: Cast, person: str, status: int) -> None:
    browser = Browser(app)
    browser.sign_in(getattr(cast, person))
    assert browser.get("/agency/consent").status_code == status
    assert browser.post("/agency/consent/opt-outs.csv").status_code == status
    assert browser.post("/agency/consent/stop", {"content": ""}).status_code == (422 if status == 200 else 403)


def test_a_page_without_a_stop_says_so_in_plain_english(ada: Browser) -> None:
    assert "<h1>No number has stopped all texts.</h1>" in ada.get("/agency/consent").text


def test_the_page_names_the_wording_that_the_ledger_keeps(ada: Browser) -> None:
    page = ada.get("/agency/consent").text
    for name in ("W0 ", "W1 ", "W2 "):
        assert name in page
    assert "reply YES to get up to {max} reflection texts a week" in page
