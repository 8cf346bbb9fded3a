"""enrolment → occurrence: write down the slots of the coming week, once each, by the member's own calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from foster_bond.rules.local_time import local_day
from foster_bond.rules.recurrence import Rhythm, next_slot
from foster_bond.rules.states import OccurrenceState
from foster_bond.steps.asking._slots import slot_facts
from foster_bond.steps.rhythms import PLAN_AHEAD, due_after, rhythm_of, slots_between, slots_of
from foster_bond.store import enrolments, occurrences, prompts
from foster_bond.store.enrolments import Step, TakingPart, Unplanned
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Schedule

BATCH = 500  # enrolments a transaction: a tick of 1,000 due is two short transactions
MISSED = "Nothing was running when it was due; a late text is not sent."


def plan_occurrences(store: Store, now: datetime) -> dict[str, int]:
    """How many slots were planned, how many had already passed unseen, how many schedules ended for somebody."""
    tally = {"planned": 0, "missed": 0, "ended": 0}
    while _plan_batch(store, now, tally) == BATCH:
        pass
    return tally


def _plan_batch(store: Store, now: datetime, tally: dict[str, int]) -> int:
    with store.write() as session:
        due = enrolments.due_before(session, now + PLAN_AHEAD, BATCH)
        schedules = prompts.schedules_by_id(session, sorted({one.schedule_id for one in due}))
        calendar = _Calendar(now, schedules, _by_visits(session, due, schedules))
        rows: list[dict[str, Any]] = []
        steps: list[Step] = []
        over: list[str] = []
        for one in due:
            week = calendar.week_of(one)
            rows += [slot | _owned(one) for slot in week.slots]
            steps.append(Step(one.id, week.until, week.goes_on_at))
            if week.goes_on_at is None and one.id not in calendar.by_visits:
                over.append(one.id)
        new = occurrences.plan(session, rows)
        enrolments.advance(session, steps)
        tally["ended"] += _end_those_over(session, over)
        missed = sum(row["state"] == OccurrenceState.EXPIRED.value for row in rows)
        tally["missed"] += missed
        tally["planned"] += max(new - missed, 0)
        return len(due)


def _owned(one: Unplanned) -> dict[str, str]:
    return {
        "id": new_id(),
        "agency_id": one.agency_id,
        "enrolment_id": one.id,
        "member_id": one.member_id,
        "family_id": one.family_id,
    }


def _by_visits(
    session: Session, due: Sequence[Unplanned], schedules: Mapping[str, Schedule]
) -> Mapping[str, TakingPart]:
    """Those of these enrolments that follow their family's visits, as they stand now that they are locked."""
    ids = [one.id for one in due if schedules[one.schedule_id].by_visits]
    return {one.enrolment.id: one for one in enrolments.parts_of(session, ids)} if ids else {}


def _end_those_over(session: Session, over: list[str]) -> int:
    """End who has no further slot at all; who still has one planned ends with that one.

    Who follows visits goes on without one: another may be marked any day.
    """
    planned = occurrences.still_planned(session, over)
    over = [one for one in over if one not in planned]
    enrolments.end(session, over)
    return len(over)


@dataclass(frozen=True, slots=True)
class _Week:
    """The slots of a week to come, the last day it covers, and the first slot after it."""

    slots: list[dict[str, Any]]
    until: date
    goes_on_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The weeks of one batch: who shares rhythm, zone and hour shares a week, which is counted out once."""

    now: datetime
    schedules: Mapping[str, Schedule]
    by_visits: Mapping[str, TakingPart]  # by enrolment
    _weeks: dict[tuple[str, date, str, time | None, datetime], _Week] = field(default_factory=dict)

    def week_of(self, one: Unplanned) -> _Week:
        """The week of this enrolment."""
        schedule = self.schedules[one.schedule_id]
        if one.id in self.by_visits:
            return self._around_visits(schedule, one)
        rhythm = rhythm_of(schedule, one.started_on)
        key = (one.schedule_id, rhythm.starts, one.zone, one.hour, one.next_due_at)
        week = self._weeks.get(key)
        if week is None:
            week = self._weeks[key] = self._counted_out(schedule, rhythm, one)
        return week

    def _counted_out(self, schedule: Schedule, rhythm: Rhythm, one: Unplanned) -> _Week:
        until = self.now + PLAN_AHEAD
        after = next_slot(rhythm, one.zone, after=until, seed=schedule.seed, hour=one.hour)
        mine = slots_of(rhythm, one.zone, schedule.seed, one.hour, one.next_due_at, until)
        return _Week(
            [self._seen(slot_facts(schedule, slot)) for slot in mine],
            local_day(until, one.zone),
            None if after is None else after.due_at,
        )

    def _around_visits(self, schedule: Schedule, one: Unplanned) -> _Week:
        until, place = self.now + PLAN_AHEAD, self.by_visits[one.id]
        mine = slots_between(place, one.next_due_at, until)
        return _Week(
            [self._seen(slot_facts(schedule, slot)) for slot in mine], local_day(until, one.zone),
            due_after(place, until),
        )  # fmt: skip

    def _seen(self, slot: dict[str, Any]) -> dict[str, Any]:
        if slot["closes_at"] <= self.now:
            return slot | {"state": OccurrenceState.EXPIRED.value, "why": MISSED}
        return slot
