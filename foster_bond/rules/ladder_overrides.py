"""Rules, a worker's choice → next prompt: it goes past what stood against it then, and falls to what came after."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from foster_bond.errors import InvalidInput
from foster_bond.rules.blackout import Stretch, in_force
from foster_bond.rules.ladder_gates import Blocked, barred_near_a_date, every_hold, why_no_override
from foster_bond.rules.ladder_state import CHALLENGING, SUPPORT, LadderState, PromptFacts

FALLEN = "What a worker chose fell to what came after it"
_CHOSEN = "chosen by a worker"  # a reason was given where one was needed, when it was chosen
LONGEST_REASON = 500


class Refusal(StrEnum):
    """Why a worker's choice about the ladder is not kept. The page says it."""

    REASON = "reason"  # a step up, or switching relationship prompts on, needs a reason
    TOO_LONG = "too_long"  # the reason is longer than LONGEST_REASON
    ALERT = "alert"  # an alert is open
    MINOR = "minor"  # challenging and relationship prompts never go to anyone under 18
    DATE = "date"  # a date on the calendar is too near for challenging
    NOT_ON = "not_on"  # relationship prompts are not switched on for the family
    UNFIT = "unfit"  # no approved prompt of this person's role and language
    STANDS = "stands"  # another choice stands for this person already
    NO_CHANGE = "no_change"  # it stands like that already
    OVER = "over"  # it was used or taken back meanwhile
    LEFT = "left"  # the person has left


class Refused(InvalidInput):
    """A worker's choice about the ladder that is not kept; `why` says which rule of the house stands against it."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


def why_fallen(
    prompt: PromptFacts, set_at: datetime, passes: Collection[int], state: LadderState, now: datetime, *, alarmed: bool
) -> Blocked | None:
    """Why a worker's choice no longer counts; None while it does.

    `passes`: the rules it went past when it was chosen. `alarmed`: an urgent alert came after that. Secure base and
    support are never too much; anything more falls to an alert, a low number, a hard day or BASE that came after it,
    and to a rule that did not stand against it then.
    """
    refused = why_no_override(prompt, prompt.level, state, reason=_CHOSEN)
    if refused is not None:
        return refused
    near = _near_date(prompt, state, now)
    if near is not None:
        return _fallen(prompt, 5, f"too close to {near.name}")
    if prompt.level <= SUPPORT:
        return None
    if alarmed:
        return _fallen(prompt, 7, "an alert has been raised since")
    stepped = state.past.stepped_down_at
    if stepped is not None and stepped > set_at:
        return _fallen(prompt, 6, "a low number, a hard day or BASE since")
    return next((one for one in every_hold(prompt, state, now) if one.rule not in passes), None)


def _near_date(prompt: PromptFacts, state: LadderState, at: datetime) -> Stretch | None:
    """The marked date that no choice passes for such a prompt: the door would hold it again when it leaves."""
    return in_force(state.blackouts, at) if barred_near_a_date(prompt) else None


def _fallen(prompt: PromptFacts, rule: int, why: str) -> Blocked:
    return Blocked(prompt.id, prompt.level, rule, f"{FALLEN}: {why}.")


def refusal(prompt: PromptFacts, chosen_level: int, state: LadderState, at: datetime, *, reason: str) -> Refusal | None:
    """Why this choice may not be kept for that moment; None where it may."""
    refused = why_no_override(prompt, chosen_level, state, reason=reason)
    if refused is None:
        return None if _near_date(prompt, state, at) is None else Refusal.DATE
    if state.open_alert:
        return Refusal.ALERT
    if prompt.level >= CHALLENGING and state.minor:
        return Refusal.MINOR
    return Refusal.REASON if refused.rule == 11 else Refusal.NOT_ON
