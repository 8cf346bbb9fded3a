"""Web: the record of who did what."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from foster_bond.rules.access import Role
from foster_bond.steps.reading.read_audit import read_audit
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, viewer

room = Blueprint("audit_pages", __name__, url_prefix="/audit")


@room.get("")
@roles(Role.SUPERVISOR, Role.ADMIN)
def show() -> ResponseReturnValue:
    """One page of it, newest first."""
    before = request.args.get("before", "")[:80]
    page = read_audit(runtime().store, viewer(), now(), before=before)
    return render_template("pages/audit/audit.html", page=page)
