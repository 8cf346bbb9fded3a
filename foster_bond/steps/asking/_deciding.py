"""What the asking steps share: what becomes of one slot at one moment, by the same words in the plan and in earnest."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from foster_bond.errors import InvalidInput
from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import Kind
from foster_bond.rules.ladder import level_of
from foster_bond.rules.ladder_state import after_sent, after_silence_pause, to_json
from foster_bond.rules.message_text import child_word
from foster_bond.rules.send_gate import OUTSIDE, Ask, Drop, Go, Hold, judge
from foster_bond.rules.states import EnrolmentState
from foster_bond.steps.asking._choosing import FINISHED, Choice, Desk, RuleRow
from foster_bond.steps.asking._overriding import choose_for, forget
from foster_bond.steps.enrolling import LEFT
from foster_bond.store.number_facts import NumberFacts, caps_with, closed_day, hours_of, latest
from foster_bond.store.prompts import ScheduleState
from foster_bond.store.slot_facts import SlotFacts

LOOK_AGAIN = timedelta(minutes=1)  # a person may clear it any moment: consent, alert, a missing text
LOOK_LATER = timedelta(minutes=10)  # caps, hours and pauses seldom change inside a window, and thousands may wait
FRESH = timedelta(hours=1)  # a slot that has waited longer is looked at less often
PASSED = "Its time passed before it could be written."
NOTHING = Choice(None, None, "")


class Act(StrEnum):
    """What becomes of a slot."""

    WRITE = "write"  # its text is written now
    HOLD = "hold"  # not now; looked at again at `until`
    DROP = "drop"  # left out for good
    EXPIRE = "expire"  # its window is over
    END = "end"  # left out, and the programme has ended with it


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a slot, why, and with which text. `leaves` and `not_after` are the text's, `until` a hold's."""

    act: Act
    why: str
    choice: Choice = NOTHING
    body: str = ""
    leaves: datetime | None = None
    not_after: datetime | None = None
    until: datetime | None = None
    lasts: bool = False  # a hold that nothing on the calendar will lift inside the window

    @property
    def ends_override(self) -> bool:
        """Whether a worker's own choice is over with this slot: used, or fallen."""
        written, over = self.act is Act.WRITE, self.act is not Act.HOLD and self.choice.override_fell
        return self.choice.override_id is not None and (written or over)

    @property
    def rules(self) -> list[RuleRow]:
        """What the slot keeps: the rules of the choice, and the gate's where it had the last word."""
        said = any(row.get("why") == self.why for row in self.choice.rules) or self.why == self.choice.why
        return [*self.choice.rules, *([] if said else [{"rule": "gate", "why": self.why}])]


def decide(slot: SlotFacts, facts: NumberFacts, desk: Desk, at: datetime) -> Decision:
    """What becomes of this slot when it is looked at then. Nothing is changed."""
    off = _not_in_force(slot, at)
    if off is not None:
        return off
    leaves = max(at, slot.occurrence.due_at)
    programme = desk.programme(slot.schedule.programme_id)
    choice = choose_for(desk, slot, programme, leaves)
    if choice.ended:
        return Decision(Act.END, choice.why, choice)
    question = gate_question(slot, facts, Kind.PROMPT, leaves)
    verdict = judge(question)
    if isinstance(verdict, Drop) and verdict.why == OUTSIDE:
        # What held it until the day's hours were over, and holds it still, is the reason: the hours are not.
        at_due = judge(replace(question, at=slot.occurrence.due_at))
        verdict = verdict if isinstance(at_due, Go) else replace(verdict, why=at_due.why)
    if not isinstance(verdict, Go):
        return _stopped(slot, choice, verdict, at)
    if choice.text is None:
        return _held(slot, choice, choice.why, at) if choice.waits else Decision(Act.DROP, choice.why, choice)
    return _written(slot, choice, choice.text, leaves, at)


def _not_in_force(slot: SlotFacts, at: datetime) -> Decision | None:
    state, schedule = EnrolmentState(slot.enrolment.state), ScheduleState(slot.schedule.state)
    if at >= slot.occurrence.closes_at:
        return Decision(Act.EXPIRE, slot.occurrence.why or PASSED)
    if state is EnrolmentState.ENDED:
        return Decision(Act.DROP, FINISHED)
    if state is EnrolmentState.LEFT or slot.member.left_at is not None:
        return Decision(Act.DROP, LEFT)
    if schedule is ScheduleState.ENDED:
        return Decision(Act.DROP, "The schedule has ended.")
    if schedule is not ScheduleState.ACTIVE or state is EnrolmentState.PAUSED:
        return _held(slot, NOTHING, "The schedule rests.", at)
    return None


def gate_question(
    slot: SlotFacts, facts: NumberFacts, kind: Kind, leaves: datetime,
    *, not_before: datetime | None = None, not_after: datetime | None = None,
) -> Ask:  # fmt: skip
    """What the gate is asked about a text of this slot, for the moment at which it would leave."""
    return Ask(
        kind=kind,
        at=leaves,
        zone=slot.zone,
        hours=hours_of(slot.agency, facts.zones),
        consent=facts.consent,
        not_before=not_before or slot.occurrence.due_at,
        not_after=not_after or slot.occurrence.closes_at,
        paused_until=latest(slot.member.paused_until, facts.paused_until),
        family_open=slot.family.closed_at is None,
        rests=slot.calendar.rests(slot.zone, leaves),
        open_alert=facts.open_alert,
        reconfirming=facts.reconfirming,
        closed_day=closed_day(slot.agency, leaves, slot.zone),
        caps=caps_with(slot.agency, slot.member.texts_a_week, facts.texts_a_week),
        used=facts.used,
    )


def _stopped(slot: SlotFacts, choice: Choice, verdict: Hold | Drop, at: datetime) -> Decision:
    if isinstance(verdict, Drop) and not verdict.expired:
        return Decision(Act.DROP, verdict.why, choice)
    if isinstance(verdict, Hold) and verdict.until is not None:
        return _held(slot, choice, verdict.why, at, until=verdict.until)
    # What the calendar would lift only after the window, a person may still lift inside it: keep looking.
    return _held(slot, choice, verdict.why, at, seldom=isinstance(verdict, Drop))


def _held(
    slot: SlotFacts, choice: Choice, why: str, at: datetime, *, until: datetime | None = None, seldom: bool = False
) -> Decision:
    later = LOOK_LATER if seldom or at >= slot.occurrence.due_at + FRESH else LOOK_AGAIN
    again = at + later if until is None else max(until, at + timedelta(seconds=1))
    return Decision(Act.HOLD, why, choice, until=min(again, slot.occurrence.closes_at), lasts=until is None)


def _written(slot: SlotFacts, choice: Choice, text: str, leaves: datetime, at: datetime) -> Decision:
    try:
        body = _worded(text, slot.member.language, slot.member.child_word)
    except InvalidInput as off:
        return _held(slot, choice, str(off), at)
    closing = polite_hours.closes_at(hours_of(slot.agency), leaves, slot.zone)
    not_after = min(slot.occurrence.closes_at, closing)
    return Decision(Act.WRITE, choice.why, choice, body, leaves, not_after)


_worded = lru_cache(maxsize=4096)(child_word)  # one prompt goes to thousands in the same words


def remember(slot: SlotFacts, decision: Decision, desk: Desk, at: datetime) -> None:
    """Keep what the decision did to the enrolment and to the person: place, past, rung and pause."""
    choice, member = decision.choice, slot.member
    if choice.level is not None:
        member.level = choice.level
    if decision.ends_override:
        forget(desk, member)
    if decision.act is Act.WRITE and choice.prompt is not None and decision.leaves is not None:
        past = after_sent(desk.past(member), choice.prompt, decision.leaves)
        member.past = to_json(past)
        if choice.position is not None:
            slot.enrolment.position = choice.position
        if choice.level is not None:
            member.level = level_of(desk.state(slot), decision.leaves)
    if decision.act is Act.DROP and choice.pause_days is not None:
        until = at + timedelta(days=choice.pause_days)
        member.paused_until = max(until, member.paused_until or until)
        member.past = to_json(after_silence_pause(desk.past(member), at))
