"""Web: the agency's calendar: hours, limits, days without texts and dates for all families, each with its effect."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Role
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.page_values.frame import FormState
from foster_bond.steps.asking import change_calendar, mark_dates
from foster_bond.steps.reading.read_agency_calendar import read_agency_calendar
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, signed_in, viewer

room = Blueprint("agency_calendar_pages", __name__, url_prefix="/agency/calendar")


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """When and how often the agency texts, and on which days not."""
    return _calendar()


@room.post("")
@roles(Role.ADMIN)
def change() -> ResponseReturnValue:
    """Other hours, limits, zone, state or sender."""
    return _changed("form", lambda: change_calendar.change_manners(runtime().store, viewer(), request.form, now()))


@room.post("/holidays")
@roles(Role.ADMIN)
def holidays() -> ResponseReturnValue:
    """Which public holidays are kept, every year."""
    ticked = request.form.getlist("keep")[:100]
    return _changed("", lambda: change_calendar.keep_holidays(runtime().store, viewer(), ticked, now()))


@room.post("/days")
@roles(Role.ADMIN)
def close() -> ResponseReturnValue:
    """One more day of its own on which nothing leaves."""
    return _changed("day_form", lambda: change_calendar.close_day(runtime().store, viewer(), request.form, now()))


@room.post("/days/open")
@roles(Role.ADMIN)
def reopen() -> ResponseReturnValue:
    """Text on one of those days again."""
    day = typed("date", longest=10)
    return _changed("", lambda: change_calendar.open_day(runtime().store, viewer(), day, now()))


@room.post("/dates")
@roles(Role.LEAD, Role.ADMIN)
def mark() -> ResponseReturnValue:
    """A date that holds hard questions for every family."""
    return _changed("date_form", lambda: mark_dates.add_agency_date(runtime().store, viewer(), request.form, now()))


@room.post("/dates/<date_id>/remove")
@roles(Role.LEAD, Role.ADMIN)
def unmark(date_id: str) -> ResponseReturnValue:
    """Take such a date out."""
    return _changed("date_form", lambda: mark_dates.remove_date(runtime().store, viewer(), None, date_id, now()))


def _changed(which: str, act: Callable[[], str]) -> ResponseReturnValue:
    """Do it and say its effect; `which` form shows what was off, or none does."""
    try:
        effect = act()
    except OffFields as error:
        return _calendar(status=422, **{which: what_was_typed(errors=error.by_field)})
    except InvalidInput as error:
        if which:
            return _calendar(status=422, **{which: what_was_typed(error)})
        for problem in error.problems:
            flash(problem, "problem")
        return _calendar(status=422)
    flash(_("Saved. %(effect)s", effect=effect) if effect else _("Nothing was different."), "done")
    return redirect(url_for("agency_calendar_pages.show"), code=303)


def _calendar(*, status: int = 200, **forms: FormState) -> Response:
    page = read_agency_calendar(runtime().store, viewer(), now(), **forms)
    return make_response(render_template("pages/calendar/agency.html", page=page), status)
