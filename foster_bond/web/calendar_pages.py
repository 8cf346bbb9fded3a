"""Web: a family's calendar: dates that hold hard questions, and what happened to the placement."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import InvalidInput
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.steps.asking import mark_dates
from foster_bond.steps.reading.read_calendar import read_family_calendar
from foster_bond.steps.reading.read_leaving import any_undecided
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("calendar_pages", __name__, url_prefix="/families")


@room.get("/<family_id>/calendar")
@signed_in
def show(family_id: str) -> ResponseReturnValue:
    """The dates of a family and what each of them holds."""
    return _calendar(family_id)


@room.post("/<family_id>/calendar")
@signed_in
def add(family_id: str) -> ResponseReturnValue:
    """Mark a date; texts that are written and have not left obey it, too."""
    store = runtime().store
    return _changed(
        family_id, lambda: mark_dates.add_family_date(store, viewer(), family_id, request.form, now()), _("Marked.")
    )


@room.post("/<family_id>/calendar/<date_id>/remove")
@signed_in
def remove(family_id: str, date_id: str) -> ResponseReturnValue:
    """Take a date out."""
    store = runtime().store
    return _changed(
        family_id, lambda: mark_dates.remove_date(store, viewer(), family_id, date_id, now()), _("Taken out.")
    )


@room.post("/<family_id>/calendar/<date_id>/told")
@signed_in
def told(family_id: str, date_id: str) -> ResponseReturnValue:
    """How a visit was held, or that it was not."""
    store, words = runtime().store, typed("manner")
    return _changed(
        family_id, lambda: mark_dates.say_how_visit_went(store, viewer(), family_id, date_id, words, now()), _("Noted.")
    )


@room.post("/<family_id>/placement")
@signed_in
def record(family_id: str) -> ResponseReturnValue:
    """Write down what happened to the placement; where texts have stopped, staff are asked what should happen now."""
    store = runtime().store
    answer = _changed(
        family_id, lambda: mark_dates.record_placement(store, viewer(), family_id, request.form, now()), _("Recorded.")
    )
    if typed("what") in ("move", "ending") and any_undecided(store, viewer(), family_id):
        return redirect(url_for("leaving_pages.show", family_id=family_id), code=303)
    return answer


@room.post("/<family_id>/placement/day")
@signed_in
def came(family_id: str) -> ResponseReturnValue:
    """Keep the day the child came; schedules that count from it follow."""
    store = runtime().store
    return _changed(
        family_id, lambda: mark_dates.set_placed_on(store, viewer(), family_id, request.form, now()), _("Kept.")
    )


@room.post("/<family_id>/placement/<event_id>/remove")
@signed_in
def undo(family_id: str, event_id: str) -> ResponseReturnValue:
    """Take an event out that was written down by mistake."""
    store = runtime().store
    return _changed(
        family_id, lambda: mark_dates.remove_placement(store, viewer(), family_id, event_id, now()), _("Taken out.")
    )


def _changed(family_id: str, change: Callable[[], str], done: str) -> ResponseReturnValue:
    try:
        effect = change()
    except OffFields as error:
        return _calendar(family_id, form=what_was_typed(errors=error.by_field), status=422)
    except InvalidInput as error:
        return _calendar(family_id, form=what_was_typed(error), status=422)
    flash(f"{done} {effect}", "done")
    return redirect(url_for("calendar_pages.show", family_id=family_id), code=303)


def _calendar(family_id: str, *, form: FormState = NOTHING_TYPED, status: int = 200) -> Response:
    page = read_family_calendar(runtime().store, viewer(), family_id, now(), form=form)
    return make_response(render_template("pages/calendar/family.html", page=page), status)
