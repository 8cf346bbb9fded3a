"""Rules, reflection → next prompt: the ladder that follows a table of weeks and slots."""

from collections.abc import Mapping
from datetime import datetime

from foster_bond.rules.ladder_gates import Blocked, soft_next, why_not
from foster_bond.rules.ladder_programme import Choice, LadderProgramme, Place, asked_last, least_used
from foster_bond.rules.ladder_state import CHALLENGING, EXPLORATION, SUPPORT, LadderState, PromptFacts

FOURTH = 4  # slots of the table are 1 to 3; a fourth in the week is the one a worker may switch on
_STEPPED_DOWN = "a low number, a hard day or BASE: something gentler goes first"


def from_table(programme: LadderProgramme, state: LadderState, now: datetime, place: Place) -> Choice:
    """The prompt of that place; what the table names where it is held; something gentle where that is held too."""
    facts = {prompt.id: prompt for prompt in programme.prompts}
    by = f"Week {place.week}, slot {place.slot} of the programme"
    planned = _planned(programme, place, facts)
    wanted = [*_invited(programme, state, place, facts), *planned]
    if not wanted:
        empty = "a visit week, in which it waits" if place.visit_week else "the table has nothing here"
        return Choice(None, None, f"{by}: {empty}.")
    blocked: list[Blocked] = []
    gentle = _gentle(programme, state, facts) if planned else []
    if soft_next(state):
        blocked += [Blocked(one.id, one.level, 6, f"Held after {_STEPPED_DOWN}.") for one in wanted[:1]]
        tries = gentle
    else:
        stand_ins = _stand_ins(programme, state, wanted, facts)
        tries = [*wanted, *stand_ins, *(one for one in gentle if one not in (*wanted, *stand_ins))]
    for prompt in tries:
        held = why_not(prompt, state, now) or _week_opener_open(programme, prompt, state)
        if held is None:
            reason = f"{by}." if prompt is wanted[0] else _instead(place, wanted[0])
            return Choice(prompt.id, prompt.level, reason, tuple(blocked))
        blocked.append(held)
    return Choice(None, None, f"{by}: held, and nothing gentler is left.", tuple(blocked))


def _instead(place: Place, wanted: PromptFacts) -> str:
    return f"Week {place.week}, slot {place.slot} of the programme, instead of {wanted.id}."


def _planned(programme: LadderProgramme, place: Place, facts: Mapping[str, PromptFacts]) -> list[PromptFacts]:
    """What the table names for the place, and what it names where that is held; empty where nothing is due."""
    cell = next((one for one in programme.cells if (one.week, one.slot) == (place.week, place.slot)), None)
    ids: list[str | None]
    if place.visit_week:
        ids = [programme.weekly] if place.slot == 1 else []
    elif place.slot == FOURTH:
        ids = [programme.fourth]
    else:
        ids = [cell.prompt_id, cell.if_held] if cell else []
    return [facts[one] for one in ids if one is not None and one in facts]


def _stand_ins(
    programme: LadderProgramme, state: LadderState, wanted: list[PromptFacts], facts: Mapping[str, PromptFacts]
) -> list[PromptFacts]:
    """For an exploration prompt that is held: the programme's stand-ins, the one not asked lately first."""
    if not any(one.level == EXPLORATION for one in wanted):
        return []
    asked = [one.prompt.id for one in state.past.recent]
    spare = [facts[one] for one in programme.stand_ins if one in facts and facts[one] not in wanted]
    return sorted(spare, key=lambda prompt: max((n for n, one in enumerate(asked) if one == prompt.id), default=-1))


def _invited(
    programme: LadderProgramme, state: LadderState, place: Place, facts: Mapping[str, PromptFacts]
) -> list[PromptFacts]:
    if not state.l5_on or place.visit_week:
        return []
    ids = [
        one
        for invitation in programme.invitations
        if invitation.slot == place.slot and invitation.first_week <= place.week <= (invitation.last_week or place.week)
        for one in invitation.prompt_ids
        if one in facts
    ]
    return least_used([facts[one] for one in ids], state, near=0)[:1]


def _gentle(programme: LadderProgramme, state: LadderState, facts: Mapping[str, PromptFacts]) -> list[PromptFacts]:
    """What may stand in for anything: the programme's own soft prompts, asked least often first, never the last one."""
    named = [facts[one] for one in programme.softer if one in facts]
    gentle = named or [prompt for prompt in programme.prompts if prompt.level <= SUPPORT]
    return least_used([one for one in gentle if not asked_last(state, one)] or gentle, state, near=0)


def _week_opener_open(programme: LadderProgramme, prompt: PromptFacts, state: LadderState) -> Blocked | None:
    """A challenging prompt needs this week's own number, not last week's."""
    if prompt.level < CHALLENGING or programme.weekly is None:
        return None
    opener = next((one for one in reversed(state.past.recent) if one.prompt.id == programme.weekly), None)
    if opener is not None and opener.answered_at is not None:
        return None
    return Blocked(prompt.id, prompt.level, 3, f"Held: {programme.weekly} of this week has no reply yet.")
