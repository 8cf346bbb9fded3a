"""Web: the rhythms of the agency, the sentence that is their form, and what one person will get from each."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules.access import Role
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.page_values.frame import FormState
from foster_bond.rules.page_values.schedule_editor import DryRun, PlanOf
from foster_bond.rules.page_values.schedules import PlanSlot
from foster_bond.steps.asking.edit_schedule import (
    MOVES,
    copy_schedule,
    drop_draft,
    end_schedule,
    keep_draft,
    move_schedule,
    save_schedule,
)
from foster_bond.steps.asking.weigh_schedule import (
    NOT_WORDS,
    digest_of,
    plan_of,
    visits_ahead,
    weigh,
    weigh_end,
    why_nothing,
    words_so_far,
)
from foster_bond.steps.reading.read_schedule_editor import Opened, picks_of, read_editor
from foster_bond.steps.reading.read_schedules import OnePlan, read_schedule, read_schedules
from foster_bond.web.forms import ticked, typed
from foster_bond.web.running import now, runtime
from foster_bond.web.schedule_values import dry_run, ending, plan_for, plan_slots
from foster_bond.web.threshold import roles, signed_in, viewer

room = Blueprint("schedules_pages", __name__, url_prefix="/schedules")

_LONGEST = 300  # characters of one field of the sentence


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Every schedule in a sentence."""
    page = read_schedules(runtime().store, viewer(), now())
    return render_template("pages/schedules/schedules.html", page=page)


@room.get("/new")
@roles(Role.LEAD, Role.ADMIN)
def new() -> ResponseReturnValue:
    """A sentence to fill in; `?programme=` names what it asks from."""
    return _editor(None, programme=request.args.get("programme", "").strip()[:40])


@room.post("/new")
@roles(Role.LEAD, Role.ADMIN)
def make() -> ResponseReturnValue:
    """Weigh, keep or put in force a new schedule."""
    return _act(None)


@room.post("/new/plan")
@roles(Role.LEAD, Role.ADMIN)
def new_plan() -> ResponseReturnValue:
    """What one person would get from a sentence that is still being filled in."""
    return _live(None)


@room.get("/<schedule_id>")
@signed_in
def plan(schedule_id: str) -> ResponseReturnValue:
    """One schedule, and its coming weeks for one person: to change for who runs schedules, to read for the others."""
    member_id = request.args.get("member", "").strip()[:36]
    if viewer().runs_schedules:
        return _editor(schedule_id, member_id=member_id, shows_draft=bool(request.args.get("draft")))
    one = read_schedule(runtime().store, viewer(), schedule_id, now(), member_id=member_id)
    return render_template("pages/schedules/plan.html", page=replace(one.page, slots=_slots(one, schedule_id)))


def _slots(one: OnePlan, schedule_id: str) -> tuple[PlanSlot, ...]:
    if one.member_id is None:
        return ()
    return plan_slots(plan_of(runtime().store, viewer(), schedule_id, one.member_id, now()))


@room.post("/<schedule_id>")
@roles(Role.LEAD, Role.ADMIN)
def change(schedule_id: str) -> ResponseReturnValue:
    """Weigh the sentence, keep it as a draft, or save it as the next version."""
    return _act(schedule_id)


@room.post("/<schedule_id>/plan")
@roles(Role.LEAD, Role.ADMIN)
def live_plan(schedule_id: str) -> ResponseReturnValue:
    """What one person would get from the sentence as it is typed now."""
    return _live(schedule_id)


@room.post("/<schedule_id>/state")
@roles(Role.LEAD, Role.ADMIN)
def move(schedule_id: str) -> ResponseReturnValue:
    """Pause it, let it go on, end it, or copy it."""
    act, store, who, at = typed("act"), runtime().store, viewer(), now()
    opened = read_editor(store, who, schedule_id, at)
    seen = typed("seen") or opened.editor.mark
    if act == "copy":
        made = copy_schedule(store, viewer=who, schedule_id=schedule_id, now=at)
        flash(_("A draft that says the same. Nobody is asked until you save it."), "done")
        return redirect(url_for("schedules_pages.plan", schedule_id=made), code=303)
    if act == "end" and not ticked("sure"):
        dry = ending(opened, weigh_end(store, who, schedule_id, at))
        return _page(opened, dry=dry, plan=_plan_shown(opened, schedule_id))
    if act == "end":
        end_schedule(store, viewer=who, schedule_id=schedule_id, seen=seen, now=at)
        flash(_("It has ended. What had not been handed over is cancelled."), "done")
    elif act == "drop":
        drop_draft(store, viewer=who, schedule_id=schedule_id, seen=seen, now=at)
        flash(_("The draft is gone. What families get has not changed."), "done")
    elif act in MOVES:
        move_schedule(store, viewer=who, schedule_id=schedule_id, act=act, seen=seen, now=at)
        flash(_("It rests: nothing leaves until you let it go on.") if act == "pause" else _("It goes on."), "done")
    else:
        raise InvalidInput(_("Choose what to do with the schedule."))
    return redirect(url_for("schedules_pages.plan", schedule_id=schedule_id), code=303)


def _sentence() -> dict[str, str]:
    """The fields of the sentence as they were typed."""
    return {name: value.strip()[:_LONGEST] for name, value in request.form.items() if name not in NOT_WORDS}


def _act(schedule_id: str | None) -> ResponseReturnValue:
    fields, act, store = _sentence(), typed("act"), runtime().store
    opened = _opened(schedule_id, fields)
    seen = typed("seen")
    try:
        if act == "save" and typed("weighed") == digest_of(fields):
            made = save_schedule(store, viewer=viewer(), schedule_id=schedule_id, typed=fields, seen=seen, now=now())
            flash(_("Saved. It holds from the next text on."), "done")
            return redirect(url_for("schedules_pages.plan", schedule_id=made), code=303)
        if act == "draft":
            made = keep_draft(store, viewer=viewer(), schedule_id=schedule_id, typed=fields, seen=seen, now=now())
            flash(_("Kept as a draft. What families get has not changed."), "done")
            return redirect(url_for("schedules_pages.plan", schedule_id=made, draft=1), code=303)
        dry = None
        if act != "look":
            dry = dry_run(opened, weigh(store, viewer(), schedule_id, fields, now()))
        return _page(opened, dry=dry, plan=_typed_plan(opened, schedule_id, fields))
    except OffFields as wrong:
        return _page(opened, form=FormState(values=fields, errors=wrong.by_field), plan=_waits(wrong), status=422)
    except Conflict as clash:
        return _page(opened, form=FormState(values=fields, problem=" ".join(clash.problems)), status=409)


def _live(schedule_id: str | None) -> Response:
    fields = _sentence()
    opened = _opened(schedule_id, fields)
    try:
        found = replace(opened.editor, plan=_typed_plan(opened, schedule_id, fields))
    except OffFields as wrong:
        found = replace(opened.editor, plan=_waits(wrong))
    return make_response(render_template("pages/schedules/live.html", page=found))


def _waits(wrong: OffFields) -> PlanOf:
    return PlanOf(problems=tuple(said for several in wrong.by_field.values() for said in several))


def _member() -> str:
    return typed("member")[:36]


def _typed_plan(opened: Opened, schedule_id: str | None, fields: Mapping[str, str]) -> PlanOf:
    member_id = opened.editor.picked_id
    if not member_id:
        return PlanOf()
    texts = plan_of(runtime().store, viewer(), schedule_id, member_id, now(), typed=fields)
    none = None if texts else why_nothing(runtime().store, viewer(), schedule_id, member_id, now(), typed=fields)
    visits = visits_ahead(runtime().store, viewer(), schedule_id, member_id, now(), typed=fields)
    return plan_for(opened, texts, none, visits)


def _plan_shown(opened: Opened, schedule_id: str) -> PlanOf:
    """The plan of what holds now, for the person who is picked."""
    member_id = opened.editor.picked_id
    if not member_id:
        return PlanOf()
    texts = plan_of(runtime().store, viewer(), schedule_id, member_id, now())
    none = None if texts else why_nothing(runtime().store, viewer(), schedule_id, member_id, now())
    return plan_for(opened, texts, none, visits_ahead(runtime().store, viewer(), schedule_id, member_id, now()))


def _opened(schedule_id: str | None, fields: Mapping[str, str]) -> Opened:
    """The editor as it is filled in: its picks say what is typed, as far as that can be made out."""
    store = runtime().store
    opened = read_editor(store, viewer(), schedule_id, now(), member_id=_member(), typed=fields)
    words, unread = words_so_far(store, viewer(), schedule_id, fields)
    said = picks_of(store, viewer(), words, now(), unread=unread)
    return replace(opened, editor=replace(opened.editor, words=said))


def _editor(
    schedule_id: str | None, *, member_id: str = "", shows_draft: bool = False, programme: str = ""
) -> Response:
    opened = read_editor(
        runtime().store, viewer(), schedule_id, now(), member_id=member_id, shows_draft=shows_draft, programme=programme
    )
    shown = opened.editor
    if not shown.picked_id or (schedule_id is None and not shown.form.values.get("programme")):
        return _page(opened)
    fields = {name: value for name, value in shown.form.values.items() if value}
    if schedule_id is None or shown.draft_shown:
        try:
            return _page(opened, plan=_typed_plan(opened, schedule_id, fields | {"name": fields.get("name", "-")}))
        except OffFields as wrong:
            return _page(opened, form=FormState(values=fields, errors=wrong.by_field))
    return _page(opened, plan=_plan_shown(opened, schedule_id))


def _page(
    opened: Opened, *, form: FormState | None = None, dry: DryRun | None = None, plan: PlanOf | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    page = replace(opened.editor, form=form or opened.editor.form, dry=dry, plan=plan or opened.editor.plan)
    return make_response(render_template("pages/schedules/editor.html", page=page), status)
