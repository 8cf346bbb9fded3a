"""Rules, reflection → next prompt: for each prompt, the first programme rule that holds it back today, in words.

Source: domain.md section 2; the numbers of the rules are its own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond import library
from foster_bond.rules.blackout import Stretch, in_force
from foster_bond.rules.ladder_state import (
    CHALLENGING,
    CLARIFICATION,
    EXPLORATION,
    HELD,
    LEVEL_NAMES,
    LOW_THERMOMETER,
    RELATIONSHIP,
    SUPPORT,
    LadderState,
    PromptFacts,
    silence,
)
from foster_bond.rules.local_time import local_day
from foster_bond.rules.pairs import first_of, why_not_yet

FIRST_WEEK_OF = {EXPLORATION: 3, CHALLENGING: 4, RELATIONSHIP: 7}
ANSWERED_BEFORE_EXPLORATION = 2
SUPPORT_WINDOW = timedelta(days=7)
EXPLORATION_WINDOW = timedelta(days=14)
EXPLORATIONS_BEFORE_CHALLENGING = 2
EXPLORATIONS_BEFORE_RELATIONSHIP = 4
HARD_DAY_REST = timedelta(hours=72)
CHALLENGING_EVERY = timedelta(days=7)
RELATIONSHIP_EVERY = timedelta(days=14)
STEP_DOWN_REST = timedelta(days=7)
SILENT_BEFORE_SOFT = 2
SELF_WINDOW = timedelta(days=7)
_ALERT_WHY = "An alert is open: every prompt waits until a person clears it."
_AFTER_THE_DOOR = "P2B"  # the one question above clarification that may follow a visit (prompts.md section 14.2)
_ABOUT_THE_DOOR = frozenset({"P2A", "P2B", "TN8"})
_BIRTH_PARENT_PAIRS = re.compile(r"P[56][ABD]")  # the visit drop-off and the birthday: rule 5 names them


@dataclass(frozen=True, slots=True)
class Blocked:
    """One prompt that did not go out, and the rule of the programme that held it. `why` is shown to caseworkers."""

    prompt_id: str
    level: int
    rule: int
    why: str


def why_not(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    """The first rule that holds this prompt back now; None when it may go out."""
    return next(_holds(prompt, state, now), None)


def every_hold(prompt: PromptFacts, state: LadderState, now: datetime) -> tuple[Blocked, ...]:
    """Every rule that holds this prompt back now: what a worker would go past by choosing it."""
    return tuple(_holds(prompt, state, now))


def _holds(prompt: PromptFacts, state: LadderState, now: datetime) -> Iterator[Blocked]:
    for rule in _RULES:
        blocked = rule(prompt, state, now)
        if blocked is not None:
            yield blocked


def all_held(prompts: Iterable[PromptFacts], state: LadderState, now: datetime) -> tuple[Blocked, ...]:
    """Every prompt of these that is held back, each kind judged once: 40 prompts are a dozen kinds."""
    judged: dict[tuple[int, bool, bool, str], Blocked | None] = {}
    found: list[Blocked] = []
    for prompt in prompts:
        door = prompt.id if prompt.id in _ABOUT_THE_DOOR or first_of(prompt.id) is not None else ""
        kind = (prompt.level, prompt.about_other and not prompt.about_self, _names_birth_parents(prompt), door)
        if kind not in judged:
            judged[kind] = why_not(prompt, state, now)
        if (held := judged[kind]) is not None:
            found.append(Blocked(prompt.id, prompt.level, held.rule, held.why))
    return tuple(found)


def why_not_in_order(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    """The same for an ordered programme: it obeys the crisis stop, blackouts, the gates of levels 4 and 5, and the own
    side of a moment before the other's."""
    for rule in (_alert, _challenging, _relationship, _blackout, _own_side):
        blocked = rule(prompt, state, now)
        if blocked is not None:
            return blocked
    return None


def why_no_override(
    prompt: PromptFacts, chosen_level: int, state: LadderState, *, reason: str | None
) -> Blocked | None:
    """Why a worker may not put this prompt in place of the chosen one; None when they may.

    Downward is free; upward needs a reason. Nothing passes an open alert; levels 4 and 5 never go to a minor, and level
    5 to nobody for whose family no worker has switched it on.
    """
    if state.open_alert:
        return Blocked(prompt.id, prompt.level, 7, _ALERT_WHY)
    if prompt.level >= CHALLENGING and state.minor:
        return _held(prompt, 3 if prompt.level == CHALLENGING else 4, "never to anyone under 18")
    if prompt.level == RELATIONSHIP and not state.l5_on:
        return _held(prompt, 4, "no worker has switched it on for this family")
    if prompt.level > chosen_level and not (reason and reason.strip()):
        return _held(prompt, 11, "a step up needs a reason")
    return None


def week_of(state: LadderState, now: datetime) -> int:
    """Which week of their own the person is in, from 1."""
    return (local_day(now, state.zone) - state.enrolled_on).days // 7 + 1


def soft_next(state: LadderState) -> bool:
    """True while rule 6 asks for a prompt of level 0 or 1: none has gone out since the person stepped down.

    A later step of an activity is no such prompt: it came because the person went on, whatever came after BASE.
    """
    past = state.past
    if past.stepped_down_at is None:
        return False
    since = (one.prompt for one in past.recent if one.sent_at > past.stepped_down_at)
    return not any(one.level <= SUPPORT and not _goes_on(one.id) for one in since)


def _goes_on(prompt_id: str) -> bool:
    shipped = library.prompts().get(prompt_id)
    return shipped is not None and (shipped.step or 0) > 1


def open_rung(state: LadderState, now: datetime) -> int:
    """The highest level that rules 1 and 2 have opened by now."""
    level = SUPPORT
    for higher in range(CLARIFICATION, RELATIONSHIP + 1):
        prompt = PromptFacts("", higher, "")
        if _weeks(prompt, state, now) or _rungs(prompt, state, now):
            break
        level = higher
    return level


def _held(prompt: PromptFacts, rule: int, why: str) -> Blocked:
    return Blocked(prompt.id, prompt.level, rule, f"{HELD[prompt.level]} {why}.")


def _alert(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    del now
    if not state.open_alert:
        return None
    return Blocked(prompt.id, prompt.level, 7, _ALERT_WHY)


def _step_down(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    if prompt.level > SUPPORT and soft_next(state):
        return _held(prompt, 6, "after a low number, a hard day or BASE the next prompt is secure base or support")
    return _resting(prompt, state, now)


def _resting(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    stepped = state.past.stepped_down_at
    if prompt.level < CHALLENGING or stepped is None or now >= stepped + STEP_DOWN_REST:
        return None
    return _held(prompt, 6, "a low number, a hard day or BASE less than 7 days ago")


def _silence(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    unanswered = silence(state.past, now) if prompt.level > SUPPORT else 0
    if unanswered < SILENT_BEFORE_SOFT:
        return None
    return _held(prompt, 8, f"{unanswered} prompts in a row without a reply")


def _weeks(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    first = FIRST_WEEK_OF.get(prompt.level, 1)
    if week_of(state, now) < first:
        return _held(prompt, 1, f"not before week {first}")
    if prompt.level == EXPLORATION and sum(state.past.answered) < ANSWERED_BEFORE_EXPLORATION:
        return _held(prompt, 1, "fewer than 2 prompts answered so far")
    return None


def _rungs(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    del now
    if prompt.level <= SUPPORT or any(state.past.answered[prompt.level - 1 :]):
        return None
    return _held(prompt, 2, f"no {LEVEL_NAMES[prompt.level - 1].lower()} prompt answered yet")


def _challenging(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    if prompt.level < CHALLENGING:
        return None
    rule = 3 if prompt.level == CHALLENGING else 4
    why = _too_soon(state, now) or _lacks_support(state, now) or _lacks_exploration(state, now)
    if prompt.level == CHALLENGING:
        why = ("not for anyone under 18" if state.minor else None) or _challenged_lately(state, now) or why
    return _held(prompt, rule, why) if why else _resting(prompt, state, now)


def _too_soon(state: LadderState, now: datetime) -> str | None:
    last, hard = state.past.last, state.past.hard_day_at
    if hard is not None and now < hard + HARD_DAY_REST:
        return "a hard day in the last 72 hours"
    if last is not None and last.prompt.level >= CHALLENGING:
        return "never two in a row"
    return None


def _challenged_lately(state: LadderState, now: datetime) -> str | None:
    if any(a.prompt.level == CHALLENGING and now < a.sent_at + CHALLENGING_EVERY for a in state.past.recent):
        return "one in the last 7 days already"
    return None


def _lacks_support(state: LadderState, now: datetime) -> str | None:
    since = now - SUPPORT_WINDOW
    if not any(a.prompt.level <= SUPPORT and a.answered_at and a.answered_at >= since for a in state.past.recent):
        return "no support reply in 7 days"
    thermometer = state.past.thermometer
    if thermometer is None or thermometer.at < since:
        return "no number from 1 to 5 in 7 days"
    return f"the last number was {thermometer.value}, below 3" if thermometer.value <= LOW_THERMOMETER else None


def _lacks_exploration(state: LadderState, now: datetime) -> str | None:
    since = now - EXPLORATION_WINDOW
    answered = sum(
        a.prompt.level == EXPLORATION and a.answered_at is not None and a.answered_at >= since
        for a in state.past.recent
    )
    return "fewer than 2 exploration replies in 14 days" if answered < EXPLORATIONS_BEFORE_CHALLENGING else None


def _relationship(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    if prompt.level != RELATIONSHIP:
        return None
    if state.minor:
        return _held(prompt, 4, "never to anyone under 18")
    if not state.l5_on:
        return _held(prompt, 4, "no worker has switched it on for this family")
    if state.past.answered[EXPLORATION] < EXPLORATIONS_BEFORE_RELATIONSHIP:
        return _held(prompt, 4, "fewer than 4 exploration prompts answered")
    if any(a.prompt.level == RELATIONSHIP and now < a.sent_at + RELATIONSHIP_EVERY for a in state.past.recent):
        return _held(prompt, 4, "one in the last 14 days already")
    return None


def _blackout(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    near = in_force(state.blackouts, now)
    if near is None:
        return None
    if barred_near_a_date(prompt):
        return _held(prompt, 5, f"too close to {near.name}")
    return _visit(prompt, state, now)


def barred_near_a_date(prompt: PromptFacts) -> bool:
    """What rule 5 keeps away from everybody near a date: levels 4 and 5, and the pairs about birth parents."""
    return prompt.level >= CHALLENGING or _names_birth_parents(prompt)


def _visit(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    """Who is asked about visits gets nothing above clarification near one, but the second look through its door."""
    visits = [one for one in state.blackouts if one.is_visit and one.holds_at(now)]
    if not visits:
        return None
    if prompt.id in _ABOUT_THE_DOOR and not visits[-1].through_the_door:
        return _held(prompt, 5, "the visit was cancelled, cut short or held by video")
    if prompt.id == _AFTER_THE_DOOR:
        return _second_look(prompt, state, visits[-1], now)
    if state.asked_about_visits and prompt.level > CLARIFICATION:
        return _held(prompt, 5, "too close to a family visit")
    return None


def _second_look(prompt: PromptFacts, state: LadderState, visit: Stretch, now: datetime) -> Blocked | None:
    past = state.past
    if open_rung(state, now) < prompt.level:
        return _held(prompt, 5, "exploration is not open yet")
    low = past.thermometer is not None and past.thermometer.value <= LOW_THERMOMETER
    if low and past.thermometer is not None and past.thermometer.at >= visit.starts:
        return _held(prompt, 5, "a low number since the visit")
    if past.hard_day_at is not None and past.hard_day_at >= visit.starts:
        return _held(prompt, 5, "a hard day since the visit")
    return None


def _names_birth_parents(prompt: PromptFacts) -> bool:
    return prompt.id[:1] == "P" and _BIRTH_PARENT_PAIRS.fullmatch(prompt.id) is not None


def _own_side(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    """Two views of one moment: no guess at the other's side before an answer about the own one, a day earlier."""
    first = first_of(prompt.id)
    why = None if first is None else why_not_yet(first, state.past, state.zone, now)
    return None if why is None else _held(prompt, 9, why)


def _self_first(prompt: PromptFacts, state: LadderState, now: datetime) -> Blocked | None:
    if not prompt.about_other or prompt.about_self:
        return None
    if any(a.prompt.about_self and a.sent_at >= now - SELF_WINDOW for a in state.past.recent):
        return None
    return _held(prompt, 9, "a prompt about the own mind comes first")


_RULES = (
    _alert, _step_down, _silence, _weeks, _rungs, _challenging, _relationship, _blackout, _self_first, _own_side,
)  # fmt: skip
