"""Web: what did not go out this week and why, for the programme lead and the supervisor."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from foster_bond.rules.access import Role
from foster_bond.steps.reading.read_held import read_held
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, viewer

room = Blueprint("held_pages", __name__, url_prefix="/schedules")


@room.get("/held")
@roles(Role.SUPERVISOR, Role.LEAD, Role.ADMIN)
def show() -> ResponseReturnValue:
    """One week's texts that did not go out, by reason; `week` is the Monday of an earlier one."""
    page = read_held(runtime().store, viewer(), now(), week=request.args.get("week", "")[:10])
    return render_template("pages/calendar/held.html", page=page)
