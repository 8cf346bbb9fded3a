"""What the asking steps share: the slots of an enrolment on the member's own calendar, as rows or only foreseen."""

from datetime import datetime, timedelta
from typing import Any

from foster_bond.rules.local_time import CLOCK_BACK, CLOCK_FORWARD, local_day
from foster_bond.rules.recurrence import Slot, slots
from foster_bond.rules.states import OccurrenceState
from foster_bond.steps.rhythms import rhythm_of, zone_for
from foster_bond.store.enrolments import Enrolment, TakingPart
from foster_bond.store.ids import new_id
from foster_bond.store.prompts import Schedule

LOOK_AHEAD = timedelta(minutes=10)  # a message is written at most this long before its time (design.md section 4)
CLOCK_WORDS = {
    CLOCK_FORWARD: "The clocks go forward over {time} that night: it leaves at the first minute after that exists.",
    CLOCK_BACK: "The clocks go back and {time} comes twice that day: it leaves the first time.",
}


def slots_between(one: TakingPart, start: datetime, until: datetime) -> list[Slot]:
    """The slots of an enrolment that are due from `start` to `until`, both included, on the member's own calendar."""
    zone = zone_for(one.member, one.family)
    first = local_day(start, zone) - timedelta(days=1)  # a time that does not exist may move past midnight
    found = slots(
        rhythm_of(one.schedule), zone, first=first, last=local_day(until, zone), seed=one.schedule.seed,
        hour=one.member.hour,
    )  # fmt: skip
    return [slot for slot in found if start <= slot.due_at <= until]


def slot_values(enrolment: Enrolment, schedule: Schedule, slot: Slot) -> dict[str, Any]:
    """A new slot, as a row or as one that is only foreseen."""
    said = None if slot.note is None else CLOCK_WORDS[slot.note].format(time=f"{slot.local_time:%H:%M}")
    return {
        "id": new_id(),
        "agency_id": enrolment.agency_id,
        "enrolment_id": enrolment.id,
        "member_id": enrolment.member_id,
        "family_id": enrolment.family_id,
        "local_date": slot.local_date,
        "slot": slot.number,
        "due_at": slot.due_at,
        "closes_at": slot.due_at + timedelta(seconds=schedule.send_within_s),
        "look_at": slot.due_at - LOOK_AHEAD,
        "state": OccurrenceState.PLANNED.value,
        "why": None,
        "rules": [] if said is None else [{"rule": "clock", "why": said}],
    }
