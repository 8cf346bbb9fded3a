"""The threshold itself: an address that says nothing lets nobody in."""

import pytest
from flask import Blueprint, Flask

from foster_bond.app import create_app
from foster_bond.errors import Conflict, InvalidInput, NotAllowed, NotYours
from foster_bond.rules.access import Role
from foster_bond.runtime import Runtime
from foster_bond.web.threshold import entry_of, may_enter, open_to_all, poll, roles, signed_in, viewer
from tests.cast import Browser, Cast

RAISED: dict[str, tuple[Exception, int]] = {
    "not-yours": (NotYours("family"), 404),
    "not-allowed": (NotAllowed("role"), 403),
    "conflict": (Conflict("Somebody took it first."), 409),
    "invalid": (InvalidInput("two things", ("The hour is none.", "The day is none.")), 422),
    "broken": (RuntimeError("a defect"), 500),
}


@pytest.fixture
def app(runtime: Runtime, cast: Cast) -> Flask:
    app = create_app(runtime)
    room = Blueprint("tried_out", __name__, url_prefix="/tried-out")

    @room.get("/undeclared")
    def undeclared() -> str:
        return "inside"

    @room.get("/supervisors")
    @roles(Role.SUPERVISOR, Role.ADMIN)
    def supervisors() -> str:
        return viewer().name

    @room.get("/forgetful")
    @open_to_all
    def forgetful() -> str:
        return viewer().name

    @room.get("/raises/<name>")
    @signed_in
    def raises(name: str) -> str:
        raise RAISED[name][0]

    app.register_blueprint(room)
    return app


def test_an_address_that_says_nothing_lets_nobody_in(app: Flask, cast: Cast) -> None:
    for person in (None, cast.mina, cast.ada):
        browser = Browser(app)
        if person is not None:
            browser.sign_in(person)
        answer = browser.get("/tried-out/undeclared")
        assert answer.status_code == 500
        assert "inside" not in answer.text


def test_a_role_opens_its_own_rooms(app: Flask, cast: Cast) -> None:
    for person, status in ((cast.mina, 403), (cast.lena, 403), (cast.tom, 200), (cast.ada, 200)):
        browser = Browser(app)
        browser.sign_in(person)
        assert browser.get("/tried-out/supervisors").status_code == status
        with app.test_request_context():
            assert may_enter("tried_out.supervisors", person.viewer) is (status == 200)
            assert not may_enter("tried_out.undeclared", person.viewer)
            assert not may_enter("nowhere.show", person.viewer)


def test_a_view_that_is_open_to_all_has_no_viewer(app: Flask) -> None:
    assert Browser(app).get("/tried-out/forgetful").status_code == 500


def test_each_error_has_its_own_answer_in_words(app: Flask, cast: Cast) -> None:
    browser = Browser(app)
    browser.sign_in(cast.ada)
    for name, (_, status) in RAISED.items():
        assert browser.get(f"/tried-out/raises/{name}").status_code == status
    assert "The hour is none. The day is none." in browser.get("/tried-out/raises/invalid").text
    assert "Somebody took it first." in browser.get("/tried-out/raises/conflict").text
    assert "defect" not in browser.get("/tried-out/raises/broken").text


def test_a_poll_says_so_above_or_under_the_word_for_who_may_enter() -> None:
    @signed_in
    @poll
    def under() -> None: ...

    @poll
    @roles(Role.LEAD)
    def above() -> None: ...

    for view in (under, above):
        entry = entry_of(view)
        assert entry is not None and entry.poll and not entry.to_all
    found = entry_of(above)
    assert found is not None and found.roles == {Role.LEAD}
    assert entry_of(lambda: None) is None
