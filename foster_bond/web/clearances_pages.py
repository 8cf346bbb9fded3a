"""Web: what a named worker confirms about a birth parent or a teen before anybody asks them anything."""

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import InvalidInput
from foster_bond.steps.keeping.clear_member import confirm_clearance, take_back_clearance
from foster_bond.web.forms import typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("clearances_pages", __name__, url_prefix="/people/members")

_MOST = 10


@room.post("/<member_id>/clearances")
@signed_in
def confirm(member_id: str) -> ResponseReturnValue:
    """Confirm, by name and for a day, what is ticked."""
    kinds = [one[:20] for one in request.form.getlist("kind")[:_MOST]]
    try:
        confirm_clearance(runtime().store, viewer(), member_id, kinds, _day(typed("on")), now())
    except InvalidInput:
        flash(_("Nothing was confirmed: tick what holds, and give a day that does not lie ahead."), "problem")
        return _back(member_id)
    flash(_("Confirmed, in your name. It is on the record."), "done")
    return _back(member_id)


@room.post("/<member_id>/clearances/<kind>/take-back")
@signed_in
def take_back(member_id: str, kind: str) -> ResponseReturnValue:
    """It holds no longer: nothing more is sent until it is confirmed anew."""
    take_back_clearance(runtime().store, viewer(), member_id, kind, now())
    flash(_("Taken back. Nothing more is asked of them until it is confirmed anew."), "done")
    return _back(member_id)


def _back(member_id: str) -> ResponseReturnValue:
    return redirect(url_for("ledger_pages.show", member_id=member_id), code=303)


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
