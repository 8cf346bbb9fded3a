"""What the asking steps share: whether a prompt gets its one reminder, asked alike in the plan and in earnest."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import Kind
from foster_bond.rules.local_time import local_day
from foster_bond.rules.nudge_time import last_moment, nudge_time
from foster_bond.rules.send_gate import Go, Hold, Used, judge
from foster_bond.steps.asking._deciding import gate_question
from foster_bond.steps.enrolling import LEFT
from foster_bond.store.number_facts import NumberFacts, hours_of
from foster_bond.store.occurrences import PlannedSlot
from foster_bond.store.prompts import ScheduleState


@dataclass(frozen=True, slots=True)
class Remind:
    """The reminder may be written now, to leave before `not_after`."""

    not_after: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again at `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Never:
    """This prompt gets no reminder any more."""

    why: str


def reminder_for(
    slot: PlannedSlot, facts: NumberFacts, *, sent_at: datetime, overtaken: bool, at: datetime
) -> Remind | Wait | Never:
    """What becomes of the reminder of a prompt that left at `sent_at` and has no answer.

    Source: issue "Schedules" point 3; none while paused, none once a newer prompt went out or the question has closed.
    """
    schedule = slot.schedule
    if schedule.nudge_after_s is None:
        return Never("The schedule sends no reminders.")
    due_at = nudge_time(
        sent_at + timedelta(seconds=schedule.nudge_after_s), slot.zone, schedule.nudge_from, schedule.nudge_until
    )
    closes_at = sent_at + timedelta(seconds=schedule.closes_after_s)
    why = _why_never(slot, overtaken, closes_at, at)
    if why is not None:
        return Never(why)
    if at < due_at:
        return Wait(due_at)
    hour = nudge_time(at, slot.zone, None, schedule.nudge_until)  # held back until late in the day: not tonight
    if hour > at:
        return Wait(nudge_time(hour, slot.zone, schedule.nudge_from, schedule.nudge_until))
    verdict = judge(gate_question(slot, facts, Kind.NUDGE, at, not_before=due_at, not_after=closes_at))
    if isinstance(verdict, Go):
        latest = last_moment(at, slot.zone, schedule.nudge_until)
        return Remind(min(closes_at, latest, polite_hours.closes_at(hours_of(slot.agency), at, slot.zone)))
    if isinstance(verdict, Hold) and verdict.until is not None:
        return Wait(max(verdict.until, at + timedelta(seconds=1)))
    return Never(verdict.why)


def with_one_nudge(facts: NumberFacts, at: datetime, zone: str) -> NumberFacts:
    """The number once this reminder counts towards its caps."""
    used = Used(prompts=facts.used.prompts, nudges=(*facts.used.nudges, local_day(at, zone)))
    return replace(facts, used=used)


def _why_never(slot: PlannedSlot, overtaken: bool, closes_at: datetime, at: datetime) -> str | None:
    if at >= closes_at:
        return "The question has closed."
    if overtaken:
        return "A newer question went out."
    if slot.schedule.state != ScheduleState.ACTIVE.value:
        return "The schedule rests."
    if slot.occurrence.answer_closed_at is not None:
        return "They skipped the question."
    if slot.member.paused_until is not None and at < slot.member.paused_until:
        return "Paused."
    if slot.member.left_at is not None:
        return LEFT
    return None
