"""Web: the programmes that ship and the agency's own, and the page from which all of it can be understood."""

from dataclasses import replace

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict
from foster_bond.rules.access import Role
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.how_it_works import examples
from foster_bond.rules.page_values.frame import FormState
from foster_bond.steps.asking.review_programme import review_programme
from foster_bond.steps.reading.read_programmes import read_programme, read_programmes
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.languages import language
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, signed_in, viewer

room = Blueprint("programmes_pages", __name__)


@room.get("/programmes")
@signed_in
def show() -> ResponseReturnValue:
    """Every programme: what it is for, its dose, and who has reviewed it."""
    return render_template("pages/programmes/programmes.html", page=read_programmes(runtime().store, viewer()))


@room.get("/programmes/<programme_id>")
@signed_in
def one(programme_id: str) -> ResponseReturnValue:
    """One programme with its intent, dose, gates, limits, evidence and table."""
    return _page(programme_id)


@room.post("/programmes/<programme_id>/review")
@roles(Role.LEAD, Role.ADMIN)
def review(programme_id: str) -> ResponseReturnValue:
    """Write down that a clinician has read the whole table."""
    try:
        review_programme(
            runtime().store, viewer=viewer(), programme_id=programme_id, typed=request.form, seen=typed("seen"),
            now=now(),
        )  # fmt: skip
    except OffFields as wrong:
        return _page(programme_id, form=what_was_typed(errors=wrong.by_field), status=422)
    except Conflict as clash:
        return _page(programme_id, form=what_was_typed(clash), status=409)
    flash(_("The review is written down."), "done")
    return redirect(url_for("programmes_pages.one", programme_id=programme_id), code=303)


@room.get("/how-it-works")
@signed_in
def how() -> ResponseReturnValue:
    """All of it in one short page, without a manual."""
    return render_template("pages/programmes/how_it_works.html", page=examples(language()))


def _page(programme_id: str, *, form: FormState | None = None, status: int = 200) -> Response:
    page = read_programme(runtime().store, viewer(), programme_id, now())
    shown = replace(page, form=form or FormState(values={"signed_on": page.today}))
    return make_response(render_template("pages/programmes/one.html", page=shown), status)
