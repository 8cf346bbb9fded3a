"""Web: how sending is doing, and the texts of which nobody knows whether they arrived."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict
from foster_bond.rules.access import Role
from foster_bond.steps.reading.read_delivery import read_delivery
from foster_bond.steps.sending import decide_unresolved
from foster_bond.steps.sending.resume_sending import resume_sending
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import may_enter, roles, signed_in, viewer

room = Blueprint("delivery_pages", __name__, url_prefix="/delivery")


@room.get("")
@roles(Role.SUPERVISOR, Role.LEAD, Role.ADMIN)
def show() -> ResponseReturnValue:
    """What waits, what is in doubt, and how long hand-overs took."""
    page = read_delivery(runtime().store, viewer(), now())
    return render_template("pages/delivery/delivery.html", page=page)


@room.post("/<message_id>/ask")
@signed_in
def ask_carrier(message_id: str) -> ResponseReturnValue:
    """Look once more whether the carrier has it."""

    def ask() -> str:
        found = decide_unresolved.ask_again(
            runtime().store, runtime().look_ups, runtime().clock, viewer(), message_id
        )  # fmt: skip
        said: dict[str, str] = {
            "found": _("The carrier has it: it did leave."),
            "unreachable": _("The carrier does not answer. Try again in a while."),
        }
        return said.get(found, str(_("The carrier still has no trace of it.")))

    return _decided(ask)


@room.post("/<message_id>/again")
@signed_in
def send_again(message_id: str) -> ResponseReturnValue:
    """Send the same words as a new text."""

    def send() -> str:
        decide_unresolved.send_again(runtime().store, viewer(), message_id, now())
        return str(_("It goes again as soon as it may."))

    return _decided(send)


@room.post("/<message_id>/let-go")
@signed_in
def let_go(message_id: str) -> ResponseReturnValue:
    """End the doubt and send nothing."""

    def end() -> str:
        decide_unresolved.let_go(runtime().store, viewer(), message_id, now())
        return str(_("Nothing more is sent for it."))

    return _decided(end)


@room.post("/resume")
@roles(Role.ADMIN)
def resume() -> ResponseReturnValue:
    """The agency's own number may send again."""

    def end() -> str:
        resume_sending(runtime().store, viewer(), now())
        return str(_("The number sends again."))

    return _decided(end)


def _decided(decide: Callable[[], str]) -> ResponseReturnValue:
    """Back to where texts in doubt are listed: a caseworker finds theirs among the tasks."""
    try:
        flash(decide(), "done")
    except Conflict as error:
        flash(" ".join(error.problems), "problem")
    here = "delivery_pages.show" if may_enter("delivery_pages.show", viewer()) else "tasks_pages.show"
    return redirect(url_for(here), code=303)
