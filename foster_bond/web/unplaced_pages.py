"""Web: texts of no one family. A person says whose they are; nothing is guessed and nothing is thrown away."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.steps.hearing.place_text import place_text
from foster_bond.steps.hearing.place_text import set_aside as put_aside
from foster_bond.steps.hearing.place_text import wrong_number as mark_wrong
from foster_bond.steps.reading.read_unplaced import read_unplaced
from foster_bond.web.forms import typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("unplaced_pages", __name__, url_prefix="/unplaced")


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """The texts that wait, the newest first."""
    return _unplaced()


@room.post("/<inbound_id>/file")
@signed_in
def file(inbound_id: str) -> ResponseReturnValue:
    """Say whose text it is; go on to that family's timeline. `new_number`: their number has changed to this one."""
    new_number = typed("as") == "new_number"
    try:
        family_id = place_text(runtime().store, viewer(), inbound_id, typed("member"), now(), new_number=new_number)
    except InvalidInput as error:
        return _refused(error)
    flash(_("Filed. It stands on this timeline at the time it came in."), "done")
    return redirect(url_for("family_pages.show", family_id=family_id), code=303)


@room.post("/<inbound_id>/set-aside")
@signed_in
def set_aside(inbound_id: str) -> ResponseReturnValue:
    """Take a text off the list without filing it."""
    try:
        put_aside(runtime().store, viewer(), inbound_id, now())
    except InvalidInput as error:
        return _refused(error)
    flash(_("Set aside. It stays stored and on the record."), "done")
    return redirect(url_for("unplaced_pages.show"), code=303)


@room.post("/<inbound_id>/wrong-number")
@signed_in
def wrong_number(inbound_id: str) -> ResponseReturnValue:
    """Somebody else has this number: stop it, mark it, and leave a privacy task."""
    try:
        mark_wrong(runtime().store, viewer(), inbound_id, now())
    except InvalidInput as error:
        return _refused(error)
    flash(_("Stopped. Nothing is sent to this number any more, and a task says to look into it."), "done")
    return redirect(url_for("unplaced_pages.show"), code=303)


def _refused(error: InvalidInput) -> Response:
    for problem in error.problems:
        flash(problem, "problem")
    return _unplaced(status=409 if isinstance(error, Conflict) else 422)


def _unplaced(*, status: int = 200) -> Response:
    page = read_unplaced(runtime().store, viewer(), now(), before=request.args.get("before", ""))
    return make_response(render_template("pages/unplaced/unplaced.html", page=page), status)
