"""Web: the numbers that our texts name, each with who called it last, and the duties beside each kind of alert."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Role
from foster_bond.rules.page_values.frame import FormState
from foster_bond.steps.keeping.edit_duties import edit_duties
from foster_bond.steps.keeping.edit_numbers import change_number, check_number
from foster_bond.steps.reading.read_numbers import read_duties_page, read_numbers
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, signed_in, viewer

room = Blueprint("numbers_pages", __name__, url_prefix="/agency")


@room.get("/numbers")
@signed_in
def show() -> ResponseReturnValue:
    """Every number in our texts, and when somebody called it."""
    return _numbers()


@room.post("/numbers/checked")
@roles(Role.SUPERVISOR, Role.ADMIN)
def checked() -> ResponseReturnValue:
    """Somebody called it, and it works."""
    check_number(runtime().store, viewer(), typed("name"), now())
    flash(_("Noted: you checked it today."), "done")
    return redirect(url_for("numbers_pages.show"), code=303)


@room.post("/numbers")
@roles(Role.ADMIN)
def change() -> ResponseReturnValue:
    """Another value for a public line; an empty one gives back ours."""
    name = typed("name")
    try:
        changed = change_number(runtime().store, viewer(), name, typed("number"), now())
    except InvalidInput as error:
        return _numbers(off=(name, what_was_typed(errors={"number": error.problems})), status=422)
    flash(
        _("Saved. Texts say it from the next one on: call it now.") if changed else _("Nothing was different."), "done"
    )
    return redirect(url_for("numbers_pages.show"), code=303)


@room.get("/duties")
@signed_in
def duties() -> ResponseReturnValue:
    """What staff have to do about each kind of alert."""
    return _duties()


@room.post("/duties")
@roles(Role.ADMIN)
def change_duties() -> ResponseReturnValue:
    """Other words; they stand beside the next alert that is opened."""
    try:
        changed = edit_duties(runtime().store, viewer(), request.form, now())
    except InvalidInput as error:
        return _duties(form=what_was_typed(error), status=422)
    flash(_("Saved.") if changed else _("Nothing was different."), "done")
    return redirect(url_for("numbers_pages.duties"), code=303)


def _numbers(*, off: tuple[str, FormState] | None = None, status: int = 200) -> Response:
    page = read_numbers(runtime().store, viewer(), now(), typed=off)
    return make_response(render_template("pages/agency/numbers.html", page=page), status)


def _duties(*, form: FormState | None = None, status: int = 200) -> Response:
    page = read_duties_page(runtime().store, viewer(), form=form)
    return make_response(render_template("pages/agency/duties.html", page=page), status)
