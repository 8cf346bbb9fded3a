"""What the asking steps share: the slots of an enrolment on the member's own calendar, as rows or only foreseen."""

from typing import Any

from foster_bond.rules.recurrence import Slot
from foster_bond.rules.states import OccurrenceState
from foster_bond.steps.rhythms import CLOCK_WORDS, LOOK_AHEAD, slot_times, slots_between
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.ids import new_id
from foster_bond.store.prompts import Schedule

__all__ = ["CLOCK_WORDS", "LOOK_AHEAD", "slot_facts", "slot_values", "slots_between"]


def slot_values(enrolment: Enrolment, schedule: Schedule, slot: Slot) -> dict[str, Any]:
    """A new slot, as a row or as one that is only foreseen."""
    return slot_facts(schedule, slot) | {
        "id": new_id(),
        "agency_id": enrolment.agency_id,
        "enrolment_id": enrolment.id,
        "member_id": enrolment.member_id,
        "family_id": enrolment.family_id,
    }


def slot_facts(schedule: Schedule, slot: Slot) -> dict[str, Any]:
    """What of a new slot is the same for everybody who has it."""
    return slot_times(schedule, slot) | {
        "local_date": slot.local_date,
        "slot": slot.number,
        "state": OccurrenceState.PLANNED.value,
        "why": None,
    }
