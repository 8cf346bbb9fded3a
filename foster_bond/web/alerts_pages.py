"""Web: alerts. What needs somebody now stands first; a person takes it, and closes it with what happened."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules.access import Role
from foster_bond.steps.hearing.acknowledge_alert import take_alert
from foster_bond.steps.hearing.dismiss_alert import dismiss_alert
from foster_bond.steps.hearing.hand_over_alert import hand_over_alert
from foster_bond.steps.hearing.resolve_alert import resolve_alert
from foster_bond.steps.hearing.start_drill import start_drill
from foster_bond.steps.reading.read_alerts import read_alerts
from foster_bond.steps.reading.read_response_times import export_judged
from foster_bond.web.forms import typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, signed_in, viewer

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
    flash(_("Closed, and on the record."), "done")
    return redirect(url_for("alerts_pages.show"), code=303)


@room.post("/<alert_id>/hand-over")
@signed_in
def hand_over(alert_id: str) -> ResponseReturnValue:
    """Give an alert to a colleague; it calls until they take it."""
    try:
        hand_over_alert(runtime().store, viewer(), alert_id, typed("to"), now())
    except InvalidInput as error:
        return _refused(error)
    flash(_("They are being told. It stays open until they take it."), "done")
    return redirect(url_for("alerts_pages.show"), code=303)


@room.post("/<alert_id>/dismiss")
@signed_in
def dismiss(alert_id: str) -> ResponseReturnValue:
    """Close a false alarm, with the reason that was clicked."""
    try:
        dismiss_alert(runtime().store, viewer(), alert_id, typed("reason"), now())
    except InvalidInput as error:
        return _refused(error)
    flash(_("Closed as a false alarm, with its reason on the record."), "done")
    return redirect(url_for("alerts_pages.show"), code=303)


@room.post("/drill")
@roles(Role.SUPERVISOR, Role.ADMIN)
def drill() -> ResponseReturnValue:
    """A marked test alert that calls people as a real one would."""
    try:
        _alert_id, people = start_drill(runtime().store, viewer(), now())
    except InvalidInput as error:
        return _refused(error)
    flash(ngettext("A drill runs: %(num)s person is being called.", "A drill runs: %(num)s people are being called.",
                   people), "done")  # fmt: skip
    return redirect(url_for("alerts_pages.show"), code=303)


@room.get("/judged.csv")
@roles(Role.SUPERVISOR, Role.ADMIN)
def judged() -> ResponseReturnValue:
    """Closed alerts as labelled lines, to measure the reading with."""
    lines = export_judged(runtime().store, viewer(), now())
    headers = {"Content-Disposition": 'attachment; filename="judged.csv"'}
    return Response(lines, mimetype="text/csv", headers=headers)


def _refused(error: InvalidInput) -> Response:
    for problem in error.problems:
        flash(problem, "problem")
    return _alerts(status=409 if isinstance(error, Conflict) else 422)


def _alerts(*, status: int = 200) -> Response:
    page = read_alerts(runtime().store, viewer(), now(), before=request.args.get("before", ""))
    return make_response(render_template("pages/alerts/alerts.html", page=page), status)
