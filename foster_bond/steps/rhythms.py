"""Steps, shared floor: a schedule's rhythm and a member's own wall. Any room may import it; it imports none."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from foster_bond.rules.local_time import CLOCK_BACK, CLOCK_FORWARD, local_day
from foster_bond.rules.recurrence import Rhythm, Slot, next_slot, parse_rhythm, slots
from foster_bond.rules.visit_slots import Around, asked_about, from_rows, visit_slots
from foster_bond.store.enrolments import TakingPart
from foster_bond.store.families import Family, Member
from foster_bond.store.prompts import Anchor, Schedule
from foster_bond.store.slot_facts import SlotsEnrolment

PLAN_AHEAD = timedelta(days=7)  # slots become rows a week ahead, so that a person can skip or move one
LOOK_AHEAD = timedelta(minutes=10)  # a message is written at most this long before its time (design.md section 4)
CLOCK_WORDS = {
    CLOCK_FORWARD: "The clocks go forward over {time} that night: it leaves at the first minute after that exists.",
    CLOCK_BACK: "The clocks go back and {time} comes twice that day: it leaves the first time.",
}


@lru_cache(maxsize=4096)
def _rhythm(rule: str, at: time | None, between: tuple[time, time] | None, starts: date, ends: date | None) -> Rhythm:
    return parse_rhythm(rule, at=at, between=between, starts=starts, ends=ends)


def rhythm_of(schedule: Schedule, started_on: date | None = None) -> Rhythm:
    """The schedule's rhythm, parsed once per distinct rule.

    `started_on` is when somebody's own weeks began: it anchors the rhythm where the schedule counts from there.
    """
    between = None
    if schedule.between_from is not None and schedule.between_until is not None:
        between = (schedule.between_from, schedule.between_until)
    rhythm = _rhythm(schedule.rule, schedule.at, between, schedule.starts, schedule.ends)
    if started_on is None or schedule.anchor == Anchor.CALENDAR.value:
        return rhythm
    return replace(rhythm, starts=started_on)


def zone_for(member: Member, family: Family) -> str:
    """The zone of the member's own wall: theirs, else the family's."""
    return member.zone or family.zone


def days_of(one: TakingPart, first: date, last: date) -> list[Slot]:
    """The slots of an enrolment from one local day to another, both included, on the member's own calendar.

    Those around a visit belong to its day, whatever day they leave on.
    """
    if one.schedule.by_visits:
        return [slot for slot in _around_visits(one) if first <= slot.local_date <= last]
    rhythm = rhythm_of(one.schedule, one.enrolment.started_on)
    zone = zone_for(one.member, one.family)
    return list(slots(rhythm, zone, first=first, last=last, seed=one.schedule.seed, hour=one.member.hour))


def slots_between(one: TakingPart, start: datetime, until: datetime) -> list[Slot]:
    """The slots of an enrolment that are due from `start` to `until`, both included, on the member's own calendar."""
    if one.schedule.by_visits:
        return [slot for slot in _around_visits(one) if start <= slot.due_at <= until]
    rhythm = rhythm_of(one.schedule, one.enrolment.started_on)
    return slots_of(rhythm, zone_for(one.member, one.family), one.schedule.seed, one.member.hour, start, until)


def slots_of(rhythm: Rhythm, zone: str, seed: str, hour: time | None, start: datetime, until: datetime) -> list[Slot]:
    """The same for whoever has that rhythm, that wall and, where it is not None, that hour of their own."""
    first = local_day(start, zone) - timedelta(days=1)  # a time that does not exist may move past midnight
    found = slots(rhythm, zone, first=first, last=local_day(until, zone), seed=seed, hour=hour)
    return [slot for slot in found if start <= slot.due_at <= until]


def due_after(one: TakingPart, after: datetime) -> datetime | None:
    """When the enrolment's first slot after an instant is due; None where it has ended, or no visit is marked."""
    if one.schedule.by_visits:
        return next((slot.due_at for slot in _around_visits(one) if slot.due_at > after), None)
    rhythm = rhythm_of(one.schedule, one.enrolment.started_on)
    return _first_after(rhythm, zone_for(one.member, one.family), after, one.schedule.seed, one.member.hour)


def visits_asked(schedule: Schedule, started_on: date, visit_days: list[list[str | None]] | None) -> list[Around]:
    """Which of a family's visits a schedule that follows them asks somebody about."""
    rhythm = rhythm_of(schedule, started_on)
    return asked_about(from_rows(visit_days), max(started_on, rhythm.starts), rhythm.ends)


def _around_visits(one: TakingPart) -> list[Slot]:
    rhythm, member = rhythm_of(one.schedule, one.enrolment.started_on), one.member
    return visit_slots(
        rhythm, from_rows(one.family.visit_days), began=one.enrolment.started_on, role=member.role,
        zone=zone_for(member, one.family), seed=one.schedule.seed, hour=member.hour,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _first_after(rhythm: Rhythm, zone: str, after: datetime, seed: str, hour: time | None) -> datetime | None:
    """Remembered, because the thousands that one load enrols live in a few zones."""
    slot = next_slot(rhythm, zone, after=after, seed=seed, hour=hour)
    return None if slot is None else slot.due_at


def slot_times(schedule: Schedule, slot: Slot) -> dict[str, Any]:
    """When a slot is due, when its window ends, when it is looked at, and what the calendar says about it."""
    said = None if slot.note is None else CLOCK_WORDS[slot.note].format(time=f"{slot.local_time:%H:%M}")
    return {
        "due_at": slot.due_at,
        "closes_at": slot.due_at + timedelta(seconds=schedule.send_within_s),
        "look_at": slot.due_at - LOOK_AHEAD,
        "rules": [] if said is None else [{"rule": "clock", "why": said}],
    }


def started(enrolment: SlotsEnrolment, zone: str) -> date:
    """The day from which the rules count somebody's weeks: never before they began to be asked."""
    return max(enrolment.started_on, local_day(enrolment.created_at, zone))
