"""Rules, reflection → next prompt: which prompt a person gets next, what was held back, and by which rule."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from foster_bond.rules.ladder_gates import (
    Blocked,
    all_held,
    every_hold,
    open_rung,
    soft_next,
    week_of,
    why_no_override,
    why_not_in_order,
)
from foster_bond.rules.ladder_programme import (
    Cell,
    Choice,
    Invitation,
    LadderProgramme,
    Place,
    asked_last,
    first_twelve_weeks,
    least_used,
    place_of,
    visit_weeks,
)
from foster_bond.rules.ladder_state import (
    CHALLENGING,
    LEVEL_NAMES,
    SUPPORT,
    Asked,
    LadderPast,
    LadderState,
    PromptFacts,
    low_in_a_row,
    silence_since_pause,
)
from foster_bond.rules.ladder_table import from_table

__all__ = [
    "Asked", "Blocked", "Cell", "Choice", "Invitation", "LadderPast", "LadderProgramme", "LadderState",
    "Place", "PromptFacts", "choose", "every_hold", "first_twelve_weeks", "level_of", "place_of", "visit_weeks",
    "week_of", "why_no_override", "why_not_in_order",
]  # fmt: skip

SILENT_BEFORE_PAUSE = 4
PAUSE_DAYS = 7
LOWS_BEFORE_TASK = 2
BALANCE_OVER = 8  # rule 9 looks at this many prompts: under three weeks at the usual dose
THERMOMETER_EVERY = timedelta(days=7)  # older numbers open nothing (rule 3), so a list asks anew

CALL_TASK = "Two low moments in a row: call, do not text."
SILENCE_TASK = "Four prompts in a row without a reply: texts pause for 7 days. Please get in touch."
_ALERT = "An alert is open: silence until a person clears it."
SILENT = "Four prompts in a row without a reply: a pause of 7 days."
_BALANCE = "Held for balance: about half of the prompts are about the own mind, half about the other's."


def choose(programme: LadderProgramme, state: LadderState, now: datetime, *, place: Place | None = None) -> Choice:
    """The next prompt for this person; the same state always gives the same answer.

    `place` says which slot of a programme with a table this is; without it the first slot of the person's own week.
    """
    if state.open_alert:
        return Choice(None, None, _ALERT, all_held(programme.prompts, state, now))
    if silence_since_pause(state.past, now) >= SILENT_BEFORE_PAUSE:
        return Choice(None, None, SILENT, pause_days=PAUSE_DAYS, task=SILENCE_TASK)
    if programme.cells:
        choice = from_table(programme, state, now, place or Place(week_of(state, now), 1))
    else:
        choice = _from_list(programme, state, now)
    return replace(choice, task=CALL_TASK) if _call_is_due(state) else choice


def level_of(state: LadderState, now: datetime) -> int:
    """The rung the person stands on: what rules 1 and 2 have opened, or support while they are stepped down."""
    if state.open_alert or soft_next(state):
        return SUPPORT
    return open_rung(state, now)


def _call_is_due(state: LadderState) -> bool:
    last = state.past.last
    return last is not None and last.down and low_in_a_row(state.past) >= LOWS_BEFORE_TASK


def _from_list(programme: LadderProgramme, state: LadderState, now: datetime) -> Choice:
    """The prompt asked least often among the allowed, nearest to the rung the person stands on."""
    blocked = all_held(programme.prompts, state, now)
    held = {one.prompt_id for one in blocked}
    allowed = [prompt for prompt in programme.prompts if prompt.id not in held]
    if not allowed:
        return Choice(None, None, "Nothing in this programme may go out now.", blocked)
    fresh = [prompt for prompt in allowed if not asked_last(state, prompt)] or allowed
    thermometer = _thermometer_due(programme, fresh, state, now)
    if thermometer is not None:
        return _chosen(thermometer, "No number from 1 to 5 was asked in 7 days", blocked)
    balanced = _balanced(fresh, state)
    blocked += tuple(Blocked(one.id, one.level, 9, _BALANCE) for one in fresh if one not in balanced)
    by = "After a low number, a hard day or BASE" if soft_next(state) else "Asked least often of those allowed"
    return _chosen(least_used(balanced, state, near=level_of(state, now))[0], by, blocked)


def _chosen(prompt: PromptFacts, by: str, blocked: tuple[Blocked, ...]) -> Choice:
    return Choice(prompt.id, prompt.level, f"{by}: {LEVEL_NAMES[prompt.level].lower()}.", blocked)


def _thermometer_due(
    programme: LadderProgramme, allowed: Sequence[PromptFacts], state: LadderState, now: datetime
) -> PromptFacts | None:
    """The thermometer, once a week, where the programme has prompts that need a recent number to open."""
    if state.past.last is None or not any(prompt.level >= CHALLENGING for prompt in programme.prompts):
        return None
    if any(a.prompt.is_thermometer and now < a.sent_at + THERMOMETER_EVERY for a in state.past.recent):
        return None
    return next((prompt for prompt in allowed if prompt.is_thermometer), None)


def _balanced(prompts: Sequence[PromptFacts], state: LadderState) -> Sequence[PromptFacts]:
    """Those that keep own mind and other's mind about even; all of them where none does."""
    lately = state.past.recent[-BALANCE_OVER:]
    ahead = sum(a.prompt.about_self for a in lately) - sum(a.prompt.about_other for a in lately)
    if ahead <= 0:
        return [one for one in prompts if one.about_self or not one.about_other] or prompts
    if ahead >= 2:
        return [one for one in prompts if one.about_other or not one.about_self] or prompts
    return prompts
