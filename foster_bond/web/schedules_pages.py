"""Web: the rhythms of the agency, and what one person will get from each."""

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.page_values.schedules import PlanSlot
from foster_bond.rules.spoken_time import when
from foster_bond.steps.asking.preview_schedule import preview_family
from foster_bond.steps.reading.read_schedules import OnePlan, read_schedule, read_schedules
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("schedules_pages", __name__, url_prefix="/schedules")

WEEKS = 6
# How the plan says it and how the page does.
_OUTCOMES = {"written": "planned"}


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Every schedule in a sentence."""
    page = read_schedules(runtime().store, viewer(), now())
    return render_template("pages/schedules/schedules.html", page=page)


@room.get("/<schedule_id>")
@signed_in
def plan(schedule_id: str) -> ResponseReturnValue:
    """One schedule, and its coming weeks for one person of the viewer's families."""
    member_id = request.args.get("member", "").strip()[:36]
    one = read_schedule(runtime().store, viewer(), schedule_id, now(), member_id=member_id)
    page = replace(one.page, slots=_slots(one))
    return render_template("pages/schedules/plan.html", page=page)


def _slots(one: OnePlan) -> tuple[PlanSlot, ...]:
    if one.family_id is None:
        return ()
    planned = preview_family(runtime().store, viewer(), one.family_id, weeks=WEEKS, now=now())
    return tuple(
        _slot(text) for text in planned if text.member_id == one.member_id and text.schedule_id == one.schedule_key
    )


def _slot(text: PlannedText) -> PlanSlot:
    held = text.state not in ("planned", "written")
    moment = text.leaves_at or text.due_at
    notes = [text.clock_note or "", "" if held else text.why]
    return PlanSlot(
        when=when(moment, text.zone, language=viewer().language, place=False, now=now()),
        text=text.text,
        technique=text.technique or "",
        level=text.level or 0,
        language=text.language,
        note=" ".join(note for note in notes if note),
        outcome=_OUTCOMES.get(text.state, text.state),
        why=text.why if held else "",
        parts=None if held else text.parts,
    )
