"""Web: one family: the answer in a sentence, the timeline, and notes for the record."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.page_values.writing import NOTHING_BEGUN, Begun
from foster_bond.rules.timeline_filter import Filter, read_filter
from foster_bond.steps.asking.preview_schedule import preview_family
from foster_bond.steps.hearing.refile_reply import refile_reply, undo_refile
from foster_bond.steps.keeping.note_look import note_look
from foster_bond.steps.keeping.write_note import write_note
from foster_bond.steps.reading.read_timeline import read_family, read_news
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import poll, signed_in, viewer

room = Blueprint("family_pages", __name__, url_prefix="/families")


@room.get("/<family_id>")
@signed_in
def show(family_id: str) -> ResponseReturnValue:
    """The timeline; `before` is an earlier page, `at` a moment that has to stand on it; `member`, `technique`, `kind`
    and `flag` narrow it; `write` opens a text to the family, `about` the moment that it answers."""
    begun = Begun(open="write" in request.args, about=request.args.get("about", ""))
    return family_page(family_id, begun=begun)


@room.get("/<family_id>/moments")
@signed_in
@poll
def moments(family_id: str) -> ResponseReturnValue:
    """The newest moments, where anything has changed since `seen`; else 204."""
    page = read_news(
        runtime().store,
        viewer(),
        family_id,
        now(),
        seen=request.args.get("seen", ""),
        only=_only(),
    )
    if page is None:
        return "", 204
    return render_template("pages/family/moments.html", page=page)


@room.post("/<family_id>/notes")
@signed_in
def note(family_id: str) -> ResponseReturnValue:
    """Write something down for the record; pressed twice, it is written once."""
    try:
        write_note(runtime().store, viewer(), family_id, typed("text"), now(), once_key=typed("once"))
    except InvalidInput as error:
        return family_page(family_id, form=what_was_typed(errors={"text": error.problems}), status=422)
    flash(_("Your note is on the timeline."), "done")
    return redirect(url_for("family_pages.show", family_id=family_id), code=303)


@room.post("/<family_id>/replies/<reflection_id>/move")
@signed_in
def move_reply(family_id: str, reflection_id: str) -> ResponseReturnValue:
    """Say which prompt a reply answers: `to` is its slot, or "own" for none; `part` moves one text of it only."""
    try:
        refile_reply(runtime().store, viewer(), family_id, reflection_id, now(), to=typed("to"), part=typed("part"))
    except InvalidInput as error:
        return _refused(family_id, error)
    flash(_("Moved. It stands under the other prompt now; “Move it back” undoes that."), "done")
    return redirect(url_for("family_pages.show", family_id=family_id), code=303)


@room.post("/<family_id>/moves/<move_id>/undo")
@signed_in
def move_back(family_id: str, move_id: str) -> ResponseReturnValue:
    """Put a moved reply back where it stood."""
    try:
        undo_refile(runtime().store, viewer(), family_id, move_id, now())
    except InvalidInput as error:
        return _refused(family_id, error)
    flash(_("Moved back. Both moves stay on the record."), "done")
    return redirect(url_for("family_pages.show", family_id=family_id), code=303)


def _refused(family_id: str, error: InvalidInput) -> Response:
    for problem in error.problems:
        flash(problem, "problem")
    return family_page(family_id, status=409 if isinstance(error, Conflict) else 422)


def _foreseen(family_id: str) -> tuple[PlannedText, ...]:
    """What becomes of the texts to come; nothing for who reads a family without planning for it."""
    try:
        return preview_family(runtime().store, viewer(), family_id, weeks=1, now=now())
    except NotYours:
        return ()


def _only() -> Filter:
    """What the address narrows the timeline to."""
    return read_filter(*(request.args.get(name, "") for name in ("member", "technique", "kind", "flag")))


def family_page(
    family_id: str, *, form: FormState = NOTHING_TYPED, begun: Begun = NOTHING_BEGUN, status: int = 200
) -> Response:
    """The family's page, with a form as it was typed where something was wrong with it."""
    new_since = note_look(runtime().store, viewer(), family_id, now())
    page = read_family(
        runtime().store,
        viewer(),
        family_id,
        now(),
        before=request.args.get("before", ""),
        at=request.args.get("at", "") or begun.about,
        only=_only(),
        new_since=new_since,
        note_form=form,
        begun=begun,
        foreseen=_foreseen(family_id),
    )
    return make_response(render_template("pages/family/family.html", page=page), status)
