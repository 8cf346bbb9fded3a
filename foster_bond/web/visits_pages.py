"""Web: visits to a family: planned, made, taken back; moments pinned for the next; what is to be followed up."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import InvalidInput
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.page_values.frame import FormState
from foster_bond.steps.keeping import follow_up as following
from foster_bond.steps.keeping import pin_moment as pinning
from foster_bond.steps.keeping import visit_family as visiting
from foster_bond.steps.reading.read_visits import read_visits
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("visits_pages", __name__, url_prefix="/families")


@room.get("/<family_id>/visits")
@signed_in
def show(family_id: str) -> ResponseReturnValue:
    """Every visit that was made, with what had been heard before it."""
    return _visits(family_id)


@room.post("/<family_id>/visits")
@signed_in
def made(family_id: str) -> ResponseReturnValue:
    """A visit was made; pressed twice, it is kept once."""
    return _kept(
        family_id,
        "visit_form",
        lambda: visiting.record_visit(
            runtime().store, viewer(), family_id, typed("day"), typed("note"), now(), once_key=typed("once")
        ),
        _("The visit is kept. This page begins anew with what comes from now on."),
    )


@room.post("/<family_id>/visits/plan")
@signed_in
def plan(family_id: str) -> ResponseReturnValue:
    """Plan a visit for a day."""
    return _kept(
        family_id,
        "plan_form",
        lambda: visiting.plan_visit(
            runtime().store, viewer(), family_id, typed("day"), now(), once_key=typed("once")
        ),
        _("The visit is planned."),
    )  # fmt: skip


@room.post("/<family_id>/visits/<visit_id>/cancel")
@signed_in
def cancel(family_id: str, visit_id: str) -> ResponseReturnValue:
    """A planned visit will not be made."""
    return _acted(
        family_id,
        lambda: visiting.cancel_visit(runtime().store, viewer(), family_id, visit_id, now()),
        _("The visit is taken off the plan."),
    )


@room.post("/<family_id>/visits/<visit_id>/undo")
@signed_in
def undo(family_id: str, visit_id: str) -> ResponseReturnValue:
    """The last visit was not made after all."""
    return _acted(
        family_id,
        lambda: visiting.undo_visit(runtime().store, viewer(), family_id, visit_id, now()),
        _("Taken back. The page reads on from the visit before."),
    )


@room.post("/<family_id>/pins")
@signed_in
def pin(family_id: str) -> ResponseReturnValue:
    """Pin a moment to open the next visit with."""
    what, moment_id = typed("what"), typed("moment")
    return _acted(
        family_id,
        lambda: pinning.pin_moment(runtime().store, viewer(), family_id, what, moment_id, now()),
        _("Pinned: your next visit opens with it."),
    )


@room.post("/<family_id>/pins/<moment_id>/remove")
@signed_in
def unpin(family_id: str, moment_id: str) -> ResponseReturnValue:
    """Take a pin out."""
    return _acted(
        family_id,
        lambda: pinning.unpin_moment(runtime().store, viewer(), family_id, moment_id, now()),
        _("The pin is out."),
    )


@room.post("/<family_id>/follow-ups")
@signed_in
def follow_up(family_id: str) -> ResponseReturnValue:
    """Keep something to be done on a day."""
    return _kept(
        family_id,
        "follow_form",
        lambda: following.add_follow_up(
            runtime().store, viewer(), family_id, typed("words"), typed("day"), now(), once_key=typed("once")
        ),
        _("Kept. On its day it stands among the tasks."),
    )


def _kept(family_id: str, form: str, keep: Callable[[], bool], done: str) -> ResponseReturnValue:
    """What a form asked for; where something is off, the visits page shows the form again with what was typed."""
    try:
        keep()
    except OffFields as error:
        return _visits(family_id, status=422, **{form: what_was_typed(errors=error.by_field)})
    except InvalidInput as error:
        return _visits(family_id, status=409, **{form: what_was_typed(error)})
    flash(done, "done")
    return redirect(url_for("family_pages.show", family_id=family_id), code=303)


def _acted(family_id: str, act: Callable[[], object], done: str) -> ResponseReturnValue:
    try:
        act()
    except InvalidInput as error:
        flash(" ".join(error.problems), "problem")
        return _visits(family_id, status=409)
    flash(done, "done")
    return redirect(url_for("family_pages.show", family_id=family_id), code=303)


def _visits(family_id: str, *, status: int = 200, **forms: FormState) -> Response:
    page = read_visits(runtime().store, viewer(), family_id, now(), **forms)
    return make_response(render_template("pages/visits/visits.html", page=page), status)
