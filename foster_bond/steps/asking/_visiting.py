"""What the asking steps share: which question a slot around a family visit gets, by the programme's own table."""

from datetime import datetime

from foster_bond.rules.ladder import (
    PAUSE_DAYS,
    SILENCE_TASK,
    SILENT,
    SILENT_BEFORE_PAUSE,
    LadderState,
    why_not_in_order,
)
from foster_bond.rules.ladder_state import silence_since_pause
from foster_bond.rules.local_time import local_day
from foster_bond.rules.visit_slots import GENTLE, PART_WORDS, Around, How, Part
from foster_bond.steps.asking._choosing import Choice, Desk, RuleRow, facts_of_prompt, held_back, no_text, why_unfit
from foster_bond.steps.asking._following import NO_VISIT
from foster_bond.steps.rhythms import visits_asked
from foster_bond.store.prompts import Programme, Prompt
from foster_bond.store.slot_facts import SlotFacts

NOTHING_THEN = "The programme asks them nothing at that time."
UNANSWERED = "It comes only once the question after the visit has been answered."
WHY = {
    Part.BEFORE: "The evening before a visit.",
    Part.AFTER: "After a visit.",
    Part.LATER: "A day or more after a visit.",
}  # fmt: skip
INSTEAD = "The visit was cancelled, cut short or held by video: a gentle question instead."


def around_visit(desk: Desk, slot: SlotFacts, programme: Programme, at: datetime) -> Choice:
    """The question of this slot. One that may not go now is left out, never saved up."""
    around = _visit_of(slot)
    if around is None:
        return Choice(None, None, NO_VISIT)
    state = desk.state(slot)
    if silence_since_pause(state.past, at) >= SILENT_BEFORE_PAUSE:
        return Choice(None, None, SILENT, pause_days=PAUSE_DAYS, task=SILENCE_TASK)
    part = Part(slot.occurrence.slot)
    if around.visit.how is not How.USUAL and part is Part.AFTER:
        return _asked(desk, slot, GENTLE.get(slot.member.role), INSTEAD, state, at)
    if part is Part.LATER and not _answered(_cell(programme, slot, around, Part.AFTER), state, around):
        return Choice(None, None, UNANSWERED)
    return _asked(desk, slot, _cell(programme, slot, around, part), WHY[part], state, at)


def _visit_of(slot: SlotFacts) -> Around | None:
    if slot.occurrence.slot not in set(Part):
        return None
    found = visits_asked(slot.schedule, slot.enrolment.started_on, slot.family.visit_days)
    return next((one for one in found if one.visit.day == slot.occurrence.local_date), None)


def _cell(programme: Programme, slot: SlotFacts, around: Around, part: Part) -> str | None:
    """What the table says for this person, this visit and this part; after its last week it begins again."""
    mine = [row for row in programme.slots if slot.member.role in row["roles"]]
    weeks = sorted({row["week"] for row in mine})
    if not weeks:
        return None
    week = weeks[around.week % len(weeks)]
    cells = (row for row in mine if row["week"] == week and PART_WORDS.get(row.get("when") or "") is part)
    return next((str(row["prompt"]) for row in cells), None)


def _answered(key: str | None, state: LadderState, around: Around) -> bool:
    """Whether the question after this visit was answered."""
    day = around.visit.day
    return any(
        one.prompt.id == key and one.answered_at is not None and local_day(one.sent_at, state.zone) >= day
        for one in state.past.recent
    )


def _asked(desk: Desk, slot: SlotFacts, key: str | None, why: str, state: LadderState, at: datetime) -> Choice:
    if key is None:
        return Choice(None, None, NOTHING_THEN)
    prompt: Prompt | None = desk.prompts(slot.agency.id).get(key)
    unfit = why_unfit(key, prompt, slot.member)
    if unfit is not None or prompt is None:
        return Choice(
            None, None, NOTHING_THEN if unfit is None else str(unfit["why"]), () if unfit is None else (unfit,)
        )
    facts = facts_of_prompt(prompt)
    blocked = why_not_in_order(facts, state, at)
    if blocked is not None:
        return Choice(None, None, blocked.why, (held_back(blocked),))
    text = prompt.texts.get(slot.member.language)
    if text is None:
        lacking = no_text(key)
        return Choice(facts, None, str(lacking["why"]), (lacking,), waits=True)
    chosen: RuleRow = {"rule": "visit", "prompt": key, "why": why}
    return Choice(facts, text, why, (chosen,))
