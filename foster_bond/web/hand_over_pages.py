"""Web: families go to a colleague, or somebody stands in for some days."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Role
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.steps.keeping import hand_over
from foster_bond.steps.reading.read_hand_over import read_hand_over, read_sheet
from foster_bond.web.forms import ticked, typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, signed_in, viewer

room = Blueprint("hand_over_pages", __name__, url_prefix="/hand-over")


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Whose families may go to whom, with what is unread and open, and who stands in."""
    return _page()


@room.post("")
@signed_in
def hand() -> ResponseReturnValue:
    """The chosen families go to a colleague."""
    chosen = request.form.getlist("family")
    try:
        went = hand_over.hand_over(runtime().store, viewer(), chosen, typed("to"), now())
    except InvalidInput as error:
        return _page(form=what_was_typed(error), status=422)
    flash(ngettext("%(num)s family handed over.", "%(num)s families handed over.", went), "done")
    return redirect(url_for("hand_over_pages.show", of=typed("of")), code=303)


@room.get("/sheet")
@signed_in
def sheet() -> ResponseReturnValue:
    """One page a family, to print."""
    page = read_sheet(runtime().store, viewer(), request.args.getlist("family"), now())
    return render_template("pages/leaving/sheet.html", page=page)


@room.post("/cover")
@signed_in
def cover() -> ResponseReturnValue:
    """Somebody stands in from one day to another."""

    def keep() -> None:
        days = (typed("first_day"), typed("last_day"))
        worker = typed("worker") or viewer().staff_id
        hand_over.add_cover(runtime().store, viewer(), worker, typed("cover"), days, now())

    return _covered(keep, _("Arranged. It ends by itself."))


@room.post("/cover/<cover_id>/end")
@signed_in
def end(cover_id: str) -> ResponseReturnValue:
    """Take a cover back before its last day."""
    return _covered(lambda: hand_over.end_cover(runtime().store, viewer(), cover_id, now()), _("Ended."))


@room.post("/telling")
@roles(Role.ADMIN)
def telling() -> ResponseReturnValue:
    """Whether families are told by text that another worker reads now."""
    hand_over.tell_families(runtime().store, viewer(), now(), tells=ticked("tells"))
    flash(_("Kept."), "done")
    return redirect(url_for("hand_over_pages.show"), code=303)


def _covered(keep: Callable[[], None], done: str) -> ResponseReturnValue:
    try:
        keep()
    except InvalidInput as error:
        return _page(cover_form=what_was_typed(error), status=422)
    flash(done, "done")
    return redirect(url_for("hand_over_pages.show"), code=303)


def _page(*, form: FormState = NOTHING_TYPED, cover_form: FormState = NOTHING_TYPED, status: int = 200) -> Response:
    of = request.args.get("of", "") or request.form.get("of", "")
    page = read_hand_over(runtime().store, viewer(), now(), of=of, form=form, cover_form=cover_form)
    return make_response(render_template("pages/leaving/hand_over.html", page=page), status)
