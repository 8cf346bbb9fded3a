"""Web: plans and changes as the schedule pages say them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from foster_bond.rules.page_values.frame import When
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.page_values.schedule_editor import ChangeRow, DryRun, MarkedVisit, PlanOf
from foster_bond.rules.page_values.schedules import PlanSlot
from foster_bond.rules.schedule_change import Changed, Effect
from foster_bond.rules.spoken_time import spoken_day, when
from foster_bond.steps.asking.weigh_schedule import NothingComes, VisitAhead, Weighed
from foster_bond.steps.reading.read_schedule_editor import Opened
from foster_bond.web.languages import language
from foster_bond.web.running import now

ROWS = 200  # of a dry run; its sentence counts all of them
_OUTCOMES = {"written": "planned"}  # how the plan says it and how the page does


def plan_slot(text: PlannedText) -> PlanSlot:
    """One text to come, with why it is this one or why it does not leave."""
    held = text.state not in ("planned", "written")
    notes = [text.clock_note or "", "" if held else text.why]
    return PlanSlot(
        when=_spoken(text.leaves_at or text.due_at, text.zone),
        text=text.text,
        technique=text.technique or "",
        level=text.level or 0,
        language=text.language,
        note=" ".join(note for note in notes if note),
        outcome=_OUTCOMES.get(text.state, text.state),
        why=text.why if held else "",
        parts=None if held else text.parts,
    )


def plan_slots(texts: Sequence[PlannedText]) -> tuple[PlanSlot, ...]:
    """The texts to come; several days in a row on which there is nothing to ask stand in one line."""
    found: list[PlanSlot] = []
    for empty, some in groupby(texts, key=lambda one: one.state == "dropped" and not one.text):
        slots = [plan_slot(one) for one in some]
        if empty and len(slots) > 1:
            slots = [replace(slots[0], until=slots[-1].when, times=len(slots))]
        found += slots
    return tuple(found)


def plan_for(
    opened: Opened, texts: Sequence[PlannedText], none: NothingComes | None,
    visits: Sequence[VisitAhead] | None = None,
) -> PlanOf:  # fmt: skip
    """What one person will get, with its parts and what they cost."""
    parts = sum(one.parts or 0 for one in texts if one.state in ("planned", "written"))
    return PlanOf(
        picked=opened.names.get(opened.editor.picked_id, ""),
        slots=plan_slots(texts),
        parts=parts,
        cost=opened.money.of(parts) if parts else "",
        why_none="" if none is None else none.why,
        next_day="" if none is None or none.on is None else spoken_day(none.on, language=language()),
        visits=None if visits is None else tuple(_visit(one) for one in visits),
    )


def _visit(one: VisitAhead) -> MarkedVisit:
    return MarkedVisit(spoken_day(one.day, language=language()), one.cancelled, one.asked)


def dry_run(opened: Opened, weighed: Weighed) -> DryRun:
    """What saving would do, in the page's words."""
    return _said(opened, weighed.effect, digest=weighed.digest, notes=weighed.notes, unapproved=weighed.unapproved,
                 people=weighed.people)  # fmt: skip


def ending(opened: Opened, effect: Effect) -> DryRun:
    """What ending the schedule would cancel."""
    return _said(opened, effect, ends=True)


def _said(
    opened: Opened, effect: Effect, *, digest: str = "", notes: tuple[str, ...] = (), unapproved: tuple[str, ...] = (),
    people: int = 0, ends: bool = False,
) -> DryRun:  # fmt: skip
    everything = effect.everything
    return DryRun(
        moved=len(effect.moved), families=effect.families, added=len(effect.added), cancelled=len(effect.cancelled),
        weeks=effect.weeks, rows=tuple(_row(opened, one) for one in everything[:ROWS]),
        more=max(len(everything) - ROWS, 0), digest=digest, notes=notes, unapproved=unapproved, people=people,
        ends=ends,
    )  # fmt: skip


def _row(opened: Opened, one: Changed) -> ChangeRow:
    text = one.text
    kind = "added" if one.before is None else "cancelled" if one.after is None else "moved"
    return ChangeRow(
        kind=kind,
        who=opened.names.get(text.member_id, text.member_ref),
        before=None if one.before is None else _spoken(one.before.leaves_at or one.before.due_at, text.zone),
        after=None if one.after is None else _spoken(one.after.leaves_at or one.after.due_at, text.zone),
        text=text.text,
        language=text.language,
    )


def _spoken(moment: datetime, zone: str) -> When:
    return when(moment, zone, language=language(), place=False, now=now())
