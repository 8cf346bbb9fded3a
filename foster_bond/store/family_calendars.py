"""Store: the calendars of many families at once, as the gate and the ladder look at them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlmodel import Session, col

from foster_bond.rules.family_calendar import EMPTY, FamilyCalendar
from foster_bond.rules.states import EnrolmentState
from foster_bond.store import calendar_dates, placement_events
from foster_bond.store.calendar_dates import marked
from foster_bond.store.due_slots import DueSlot
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.occurrences import Occurrence, PlannedSlot
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Programme, Prompt, Schedule, ScheduleState

AROUND_VISITS = "visits-and-hellos"  # the programme whose people are asked about visits

FamilyKey = tuple[str, str]  # agency and family
_Slot = TypeVar("_Slot", PlannedSlot, DueSlot)


def calendars_of(
    session: Session, families: Iterable[FamilyKey], since: datetime, until: datetime | None = None
) -> Mapping[FamilyKey, FamilyCalendar]:
    """What stands on each of these families' calendars around these instants, in a constant number of reads."""
    wanted = set(families)
    agency_ids = sorted({agency_id for agency_id, _ in wanted})
    family_ids = sorted({family_id for _, family_id in wanted})
    if not wanted:
        return {}
    dates = calendar_dates.near(session, agency_ids, family_ids, since, until or since)
    events = placement_events.of_families(session, agency_ids, family_ids)
    asked = _asked_about_visits(session, agency_ids, family_ids)
    found = {}
    for agency_id, family_id in wanted:
        rows = [*dates.get((agency_id, None), ()), *dates.get((agency_id, family_id), ())]
        known = rows or family_id in events or family_id in asked
        found[agency_id, family_id] = EMPTY if not known else FamilyCalendar(
            dates=marked(rows),
            placement=tuple(row.event for row in events.get(family_id, ())),
            asked_about_visits=frozenset(asked.get(family_id, ())),
        )  # fmt: skip
    return found


def with_calendars(session: Session, slots: Sequence[_Slot], now: datetime) -> list[_Slot]:
    """The same slots, each with what stands on its family's calendar."""
    keys = {(slot.agency.id, slot.family.id) for slot in slots}
    latest = max((slot.occurrence.due_at for slot in slots), default=now)
    found = calendars_of(session, keys, now, max(now, latest))
    return [replace(slot, calendar=found[slot.agency.id, slot.family.id]) for slot in slots]


def _asked_about_visits(
    session: Session, agency_ids: Collection[str], family_ids: Collection[str]
) -> Mapping[str, list[str]]:
    """Who takes part in the programme around visits, by family."""
    query = (
        select(col(Enrolment.family_id), col(Enrolment.member_id))
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Programme, col(Programme.id) == col(Schedule.programme_id))
        .where(
            col(Programme.agency_id).in_(agency_ids),
            col(Programme.key) == AROUND_VISITS,
            col(Schedule.state) == ScheduleState.ACTIVE.value,
            col(Enrolment.agency_id).in_(agency_ids),
            col(Enrolment.family_id).in_(family_ids),
            col(Enrolment.state) == EnrolmentState.ACTIVE.value,
        )
    )
    found: dict[str, list[str]] = defaultdict(list)
    for family_id, member_id in session.execute(query):
        found[family_id].append(member_id)
    return found


def prompts_of_texts(session: Session, agency_id: str, message_ids: Collection[str]) -> Mapping[str, Prompt]:
    """Which prompt each of these texts asks, or reminds of, by text; one about no prompt is missing."""
    key = func.coalesce(col(OutboxMessage.prompt_key), col(Occurrence.prompt_key))
    query = (
        select(col(OutboxMessage.id), Prompt)
        .outerjoin(Occurrence, col(Occurrence.id) == col(OutboxMessage.occurrence_id))
        .join(Prompt, (col(Prompt.agency_id) == col(OutboxMessage.agency_id)) & (col(Prompt.key) == key))
        .where(col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.id).in_(message_ids))
    )
    return {row[0]: row[1] for row in session.execute(query)}
