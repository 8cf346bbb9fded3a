"""enrolment → occurrence: write down the slots of the coming week, once each, by the member's own calendar."""

from datetime import datetime, timedelta
from typing import Any

from foster_bond.rules.local_time import local_day
from foster_bond.rules.recurrence import Slot, next_slot, slots
from foster_bond.rules.states import EnrolmentState, OccurrenceState
from foster_bond.steps.rhythms import PLAN_AHEAD, rhythm_of, zone_for
from foster_bond.store import enrolments, occurrences
from foster_bond.store.enrolments import Enrolment, TakingPart
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.prompts import Schedule

BATCH = 500  # enrolments a transaction: a tick of 1,000 due is two short transactions
LOOK_AHEAD = timedelta(minutes=10)  # a message is written at most this long before its time (design.md section 4)
MISSED = "Nothing was running when it was due; a late text is not sent."


def plan_occurrences(store: Store, now: datetime) -> dict[str, int]:
    """How many slots were planned, and how many had already passed unseen."""
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
            tally["ended"] += step["state"] == EnrolmentState.ENDED.value
        occurrences.plan(session, rows)
        enrolments.advance(session, steps)
        missed = sum(row["state"] == OccurrenceState.EXPIRED.value for row in rows)
        tally["missed"] += missed
        tally["planned"] += len(rows) - missed
        return len(due)


def _week_of(one: TakingPart, now: datetime) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    enrolment, schedule, member = one.enrolment, one.schedule, one.member
    rhythm, zone = rhythm_of(schedule), zone_for(member, one.family)
    assert enrolment.next_due_at is not None  # the claim's WHERE leaves none out
    first, until = local_day(enrolment.next_due_at, zone), now + PLAN_AHEAD
    found = slots(rhythm, zone, first=first, last=local_day(until, zone), seed=schedule.seed, hour=member.hour)
    mine = [slot for slot in found if enrolment.next_due_at <= slot.due_at <= until]
    after = next_slot(rhythm, zone, after=until, seed=schedule.seed, hour=member.hour)
    step = {
        "id": enrolment.id,
        "planned_until": local_day(until, zone),
        "next_due_at": None if after is None else after.due_at,
        "state": EnrolmentState.ENDED.value if after is None and not mine else enrolment.state,
    }
    return [_row(enrolment, schedule, slot, now) for slot in mine], step


def _row(enrolment: Enrolment, schedule: Schedule, slot: Slot, now: datetime) -> dict[str, Any]:
    closes_at = slot.due_at + timedelta(seconds=schedule.send_within_s)
    missed = closes_at <= now
    note = [] if slot.note is None else [{"rule": "clock", "why": slot.note}]
    return {
        "id": new_id(),
        "agency_id": enrolment.agency_id,
        "enrolment_id": enrolment.id,
        "member_id": enrolment.member_id,
        "family_id": enrolment.family_id,
        "local_date": slot.local_date,
        "slot": slot.number,
        "due_at": slot.due_at,
        "closes_at": closes_at,
        "look_at": slot.due_at - LOOK_AHEAD,
        "state": (OccurrenceState.EXPIRED if missed else OccurrenceState.PLANNED).value,
        "why": MISSED if missed else None,
        "rules": note,
    }
