"""Web: the rota. Everybody may read it; supervisors and admins write it, and each person their own time off."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Role
from foster_bond.steps.keeping.edit_rota import add_exception, add_time_off, add_watch, remove_row
from foster_bond.steps.reading.read_rota import read_rota
from foster_bond.web.forms import typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, signed_in, viewer

room = Blueprint("rota_pages", __name__, url_prefix="/agency")

_ADD = {"shift": add_watch, "exception": add_exception, "leave": add_time_off}


@room.get("/rota")
@signed_in
def show() -> ResponseReturnValue:
    """Who is on call when, and the hours that nobody holds."""
    return _rota()


@room.post("/rota")
@signed_in
def add() -> ResponseReturnValue:
    """One more weekly watch, date that differs, or time off."""
    write = _ADD.get(typed("kind"), add_watch)
    try:
        write(runtime().store, viewer(), request.form, now())
    except InvalidInput as error:
        for problem in error.problems:
            flash(problem, "problem")
        return _rota(status=422)
    flash(_("Saved. It holds from now on."), "done")
    return redirect(url_for("rota_pages.show"), code=303)


@room.post("/rota/<row_id>/remove")
@roles(Role.SUPERVISOR, Role.ADMIN)
def remove(row_id: str) -> ResponseReturnValue:
    """Take a row out."""
    remove_row(runtime().store, viewer(), row_id, now())
    flash(_("Taken out."), "done")
    return redirect(url_for("rota_pages.show"), code=303)


def _rota(*, status: int = 200) -> Response:
    page = read_rota(runtime().store, viewer(), now())
    return make_response(render_template("pages/agency/rota.html", page=page), status)
