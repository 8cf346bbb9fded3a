"""Web: who leaves a family and what should happen when a placement is over."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.steps.keeping import end_texts
from foster_bond.steps.reading.read_leaving import read_leaving
from foster_bond.web.forms import ticked, typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("leaving_pages", __name__, url_prefix="/families")


@room.get("/<family_id>/leaving")
@signed_in
def show(family_id: str) -> ResponseReturnValue:
    """What has stopped, what was decided, and who is still texted."""
    return _page(family_id)


@room.post("/<family_id>/leaving/<departure_id>/decide")
@signed_in
def decide(family_id: str, departure_id: str) -> ResponseReturnValue:
    """Say what should happen now: a closing note, aftercare, or no text at all."""
    return _kept(
        family_id,
        lambda: end_texts.decide(
            runtime().store, viewer(), departure_id, now(), told=ticked("told"), closing_note=ticked("closing_note"),
            aftercare=ticked("aftercare"),
        ),
        _("Decided."),
    )  # fmt: skip


@room.post("/<family_id>/leaving/<departure_id>/undo")
@signed_in
def undo(family_id: str, departure_id: str) -> ResponseReturnValue:
    """Take it back: the texts go on from the next one."""
    return _kept(
        family_id,
        lambda: end_texts.undo(runtime().store, viewer(), departure_id, now()),
        _("Taken back. The texts go on from the next one."),
    )


@room.post("/<family_id>/members/<member_id>/leave")
@signed_in
def leave(family_id: str, member_id: str) -> ResponseReturnValue:
    """One person takes part no more; everybody else goes on."""
    return _kept(
        family_id,
        lambda: end_texts.end_member(runtime().store, viewer(), member_id, now()),
        _("Their texts have stopped."),
    )


@room.post("/<family_id>/members/<member_id>/month")
@signed_in
def month(family_id: str, member_id: str) -> ResponseReturnValue:
    """The month of a teen's 18th birthday."""
    return _kept(
        family_id,
        lambda: end_texts.keep_month(runtime().store, viewer(), member_id, typed("turns_18"), now()),
        _("Kept."),
    )


def _kept(family_id: str, keep: Callable[[], object], done: str) -> ResponseReturnValue:
    try:
        keep()
    except InvalidInput as error:
        return _page(family_id, what_was_typed(error), 409 if isinstance(error, Conflict) else 422)
    flash(done, "done")
    return redirect(url_for("leaving_pages.show", family_id=family_id), code=303)


def _page(family_id: str, form: FormState = NOTHING_TYPED, status: int = 200) -> Response:
    page = read_leaving(runtime().store, viewer(), family_id, now(), form=form)
    return make_response(render_template("pages/leaving/leaving.html", page=page), status)
