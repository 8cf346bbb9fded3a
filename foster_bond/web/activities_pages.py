"""Web: a family's guided activities: offer one, take it back, and read both sides of a moment next to each other."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.steps.asking.offer_flow import NotOffered, offer_flow, take_back_offer
from foster_bond.steps.reading.read_activities import read_activities
from foster_bond.web.forms import ticked, typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("activities_pages", __name__, url_prefix="/families")


@room.get("/<family_id>/activities")
@signed_in
def show(family_id: str) -> ResponseReturnValue:
    """What is under way, what may be offered, and the sides of shared moments."""
    return _page(family_id)


@room.post("/<family_id>/activities/<member_id>")
@signed_in
def offer(family_id: str, member_id: str) -> ResponseReturnValue:
    """Offer an activity to this person; the other one of a pair is asked directly, too, where they may be."""
    try:
        done = offer_flow(
            runtime().store, viewer(), family_id, member_id, typed("activity"), now(), with_worker=ticked("beside")
        )
    except NotOffered as refused:
        form = what_was_typed(errors={"activity": (refused.refusal.value,)})
        return _page(family_id, form_of=member_id, refused=True, form=form)
    if done.beside:
        flash(
            _("Offered. The other person is asked directly, on their own phone; neither is told about the other."),
            "done",
        )
    else:
        flash(_("Offered. The first text waits its turn."), "done")
    return _back(family_id)


@room.post("/<family_id>/activities/<run_id>/end")
@signed_in
def end(family_id: str, run_id: str) -> ResponseReturnValue:
    """Take an activity back: no further step of it is sent."""
    take_back_offer(runtime().store, viewer(), family_id, run_id, now())
    flash(_("Taken back. No further step of it is sent."), "done")
    return _back(family_id)


def _back(family_id: str) -> ResponseReturnValue:
    return redirect(url_for("activities_pages.show", family_id=family_id), code=303)


def _page(family_id: str, *, refused: bool = False, **form: object) -> Response:
    page = read_activities(runtime().store, viewer(), family_id, now(), **form)  # type: ignore[arg-type]  # two forms
    return make_response(render_template("pages/activities/activities.html", page=page), 409 if refused else 200)
