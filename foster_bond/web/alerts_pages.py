"""Web: alerts. What needs somebody now stands first; a person takes it, and closes it with what happened."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.steps.hearing.acknowledge_alert import take_alert
from foster_bond.steps.hearing.resolve_alert import resolve_alert
from foster_bond.steps.reading.read_alerts import read_alerts
from foster_bond.web.forms import typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("alerts_pages", __name__, url_prefix="/alerts")


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Open alerts first, then what became of the others."""
    return _alerts()


@room.post("/<alert_id>/take")
@signed_in
def take(alert_id: str) -> ResponseReturnValue:
    """Claim an alert: colleagues see who has it, and nobody else is woken."""
    try:
        take_alert(runtime().store, viewer(), alert_id, now())
    except Conflict as error:
        return _refused(error)
    flash(_("You have it. Close it with a sentence when it is settled."), "done")
    return redirect(url_for("alerts_pages.show") + f"#a-{alert_id}", code=303)


@room.post("/<alert_id>/resolve")
@signed_in
def resolve(alert_id: str) -> ResponseReturnValue:
    """Close an alert with what happened."""
    try:
        resolve_alert(runtime().store, viewer(), alert_id, typed("outcome"), now())
    except InvalidInput as error:
        if typed("outcome"):  # the form may be gone from the page that follows; the words must not be
            flash(_("You had written: “%(words)s”", words=typed("outcome")), "problem")
        return _refused(error)
    flash(_("Closed, and on the record. Prompts may go out again."), "done")
    return redirect(url_for("alerts_pages.show"), code=303)


def _refused(error: InvalidInput) -> Response:
    for problem in error.problems:
        flash(problem, "problem")
    return _alerts(status=409 if isinstance(error, Conflict) else 422)


def _alerts(*, status: int = 200) -> Response:
    page = read_alerts(runtime().store, viewer(), now(), before=request.args.get("before", ""))
    return make_response(render_template("pages/alerts/alerts.html", page=page), status)
