"""Web: the agency's own promises and limits. Everybody may read them, an admin may change them."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.rules.access import Role
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.page_values.frame import FormState
from foster_bond.steps.keeping.change_agency import change_agency
from foster_bond.steps.reading.read_agency import read_agency
from foster_bond.web.forms import what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, signed_in, viewer

room = Blueprint("agency_pages", __name__, url_prefix="/agency")


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Hours, caps, lines, and who is told of an alert."""
    return _agency()


@room.post("")
@roles(Role.ADMIN)
def change() -> ResponseReturnValue:
    """Other lines, hours or caps; texts obey them from the next one on."""
    try:
        changed = change_agency(runtime().store, viewer=viewer(), typed=request.form, now=now())
    except OffFields as error:
        return _agency(form=what_was_typed(errors=error.by_field), status=422)
    flash(_("Saved. It holds from the next text on.") if changed else _("Nothing was different."), "done")
    return redirect(url_for("agency_pages.show"), code=303)


def _agency(*, form: FormState | None = None, status: int = 200) -> Response:
    carrier = runtime().settings.carrier
    page = read_agency(runtime().store, viewer(), now(), carrier=carrier, form=form)
    return make_response(render_template("pages/agency/agency.html", page=page), status)
