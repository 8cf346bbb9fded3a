"""enrolment → occurrence: write down the slots of the coming week, once each, by the member's own calendar."""

from datetime import datetime
from typing import Any

from foster_bond.rules.local_time import local_day
from foster_bond.rules.recurrence import Slot, next_slot
from foster_bond.rules.states import EnrolmentState, OccurrenceState
from foster_bond.steps.asking._slots import slot_values, slots_between
from foster_bond.steps.rhythms import PLAN_AHEAD, rhythm_of, zone_for
from foster_bond.store import enrolments, occurrences
from foster_bond.store.enrolments import Enrolment, TakingPart
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
        rows: list[dict[str, Any]] = []
        steps: list[dict[str, Any]] = []
        for one in due:
            found, step = _week_of(one, now)
            rows += found
            steps.append(step)
        new = occurrences.plan(session, rows)
        enrolments.advance(session, steps)
        tally["ended"] += _end_those_over(session, due, steps)
        missed = sum(row["state"] == OccurrenceState.EXPIRED.value for row in rows)
        tally["missed"] += missed
        tally["planned"] += max(new - missed, 0)
        return len(due)


def _end_those_over(session: Session, due: list[TakingPart], steps: list[dict[str, Any]]) -> int:
    """End who has no further slot at all; who still has one planned ends with that one."""
    over = [one for one, step in zip(due, steps, strict=True) if step["next_due_at"] is None]
    over = [one for one in over if not occurrences.has_planned(session, one.enrolment.id)]
    for one in over:
        enrolments.move(one.enrolment, EnrolmentState.ENDED)
    return len(over)


def _week_of(one: TakingPart, now: datetime) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    enrolment, schedule, member = one.enrolment, one.schedule, one.member
    assert enrolment.next_due_at is not None  # the claim's WHERE leaves none out
    rhythm, zone = rhythm_of(schedule, enrolment.started_on), zone_for(member, one.family)
    until = now + PLAN_AHEAD
    after = next_slot(rhythm, zone, after=until, seed=schedule.seed, hour=member.hour)
    step = {
        "id": enrolment.id,
        "planned_until": local_day(until, zone),
        "next_due_at": None if after is None else after.due_at,
    }
    mine = slots_between(one, enrolment.next_due_at, until)
    return [_row(enrolment, schedule, slot, now) for slot in mine], step


def _row(enrolment: Enrolment, schedule: Schedule, slot: Slot, now: datetime) -> dict[str, Any]:
    row = slot_values(enrolment, schedule, slot)
    if row["closes_at"] <= now:
        row |= {"state": OccurrenceState.EXPIRED.value, "why": MISSED}
    return row
