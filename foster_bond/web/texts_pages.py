"""Web: past and coming texts of one family, each with its reasons; skip, send now, move or put back a coming one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import InvalidInput
from foster_bond.rules.local_time import zone_of
from foster_bond.rules.page_values.calendar import TextLine
from foster_bond.rules.page_values.frame import When
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.slot_reasons import reasons_of
from foster_bond.rules.spoken_time import when
from foster_bond.steps.asking import move_slots
from foster_bond.steps.asking.preview_schedule import preview_family
from foster_bond.steps.reading.read_texts import read_texts
from foster_bond.web.forms import typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("texts_pages", __name__, url_prefix="/families")

WEEKS = 2
_ACTS = {
    "planned": ("skip", "now", "move"),
    "held": ("skip", "now", "move"),
    "written": ("skip",),
    "skipped": ("restore",),
}


@room.get("/<family_id>/texts")
@signed_in
def show(family_id: str) -> ResponseReturnValue:
    """Every text of the family; `before` is an earlier page of the past."""
    return _texts(family_id)


@room.post("/<family_id>/texts/<occurrence_id>/skip")
@signed_in
def skip(family_id: str, occurrence_id: str) -> ResponseReturnValue:
    """Leave this one out."""
    done = _("Left out. You can put it back until its time has passed.")
    return _decided(family_id, occurrence_id, move_slots.skip, done)


@room.post("/<family_id>/texts/<occurrence_id>/restore")
@signed_in
def restore(family_id: str, occurrence_id: str) -> ResponseReturnValue:
    """Put a skipped one back where it stood."""
    return _decided(family_id, occurrence_id, move_slots.restore, _("Put back."))


@room.post("/<family_id>/texts/<occurrence_id>/now")
@signed_in
def send_now(family_id: str, occurrence_id: str) -> ResponseReturnValue:
    """Let it leave now, where the gate lets it."""
    return _decided(family_id, occurrence_id, move_slots.send_now, _("It leaves now."))


@room.post("/<family_id>/texts/<occurrence_id>/move")
@signed_in
def move(family_id: str, occurrence_id: str) -> ResponseReturnValue:
    """Let it leave at another moment on the family's clock."""

    def to_there() -> None:
        move_slots.move_slot(
            runtime().store, viewer=viewer(), occurrence_id=occurrence_id, to=_wall(typed("to")), now=now()
        )

    return _done(family_id, to_there, _("Moved."))


def _wall(words: str) -> datetime:
    try:
        return datetime.fromisoformat(words).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        raise InvalidInput(_("Write the new time like 2026-11-26 19:00.")) from None


def _decided(family_id: str, occurrence_id: str, act: Callable[..., None], done: str) -> ResponseReturnValue:
    """An act that needs no more than the slot."""

    def decide() -> None:
        act(runtime().store, viewer=viewer(), occurrence_id=occurrence_id, now=now())

    return _done(family_id, decide, done)


def _done(family_id: str, act: Callable[[], None], done: str) -> ResponseReturnValue:
    try:
        act()
    except InvalidInput as error:
        for problem in error.problems:
            flash(problem, "problem")
        return _texts(family_id, status=422)
    flash(done, "done")
    return redirect(url_for("texts_pages.show", family_id=family_id), code=303)


def _texts(family_id: str, *, status: int = 200) -> Response:
    found = read_texts(runtime().store, viewer(), family_id, now(), before=request.args.get("before", ""))
    planned = preview_family(runtime().store, viewer(), family_id, weeks=WEEKS, now=now())
    coming = tuple(_line(one, found.names.get(one.member_id, "")) for one in planned)
    page = replace(found.page, coming=coming, weeks=WEEKS)
    return make_response(render_template("pages/calendar/texts.html", page=page), status)


def _line(text: PlannedText, name: str) -> TextLine:
    def say(at: datetime) -> When:
        return when(at, text.zone, language=viewer().language, place=False, now=now())

    at = text.leaves_at or text.due_at
    return TextLine(
        occurrence_id=text.occurrence_id or "",
        when=say(at),
        member_name=name,
        schedule=text.schedule_name,
        text=text.text,
        language=text.language,
        technique=text.technique or "",
        level=text.level or 0,
        outcome=text.state,
        reasons=reasons_of(text.why, text.rules),
        moved_from=None if text.moved_from is None else say(text.moved_from),
        acts=_ACTS.get(text.state, ()) if text.occurrence_id else (),
        local=f"{at.astimezone(zone_of(text.zone)):%Y-%m-%dT%H:%M}",
    )
