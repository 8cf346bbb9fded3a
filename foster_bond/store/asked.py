"""Store: prompts that were written for slots: which of them never left, which may still be reminded of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Outbound
from foster_bond.store.agencies import Agency
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import Reflection
from foster_bond.store.number_facts import NEVER_LEFT
from foster_bond.store.occurrences import Occurrence, PlannedSlot
from foster_bond.store.outbox import OutboxMessage, stands
from foster_bond.store.prompts import Schedule

REMEMBERED = timedelta(days=30)  # silence and levels look back two weeks; a month leaves room for pauses


@dataclass(frozen=True, slots=True)
class Unsent:
    """A prompt that was written for somebody and never left: the ladder must not take it for silence."""

    prompt_key: str
    due_at: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Reminder:
    """A slot whose reminder is due to be considered, with what became of its prompt."""

    slot: PlannedSlot
    message: OutboxMessage
    answered: bool
    overtaken: bool


def never_left(session: Session, agency_id: str, numbers: Sequence[str], now: datetime) -> dict[str, list[Unsent]]:
    """The prompts for these numbers that were written in the last weeks and never left, by member."""
    query = select(
        col(OutboxMessage.member_id), col(OutboxMessage.prompt_key), col(OutboxMessage.due_at),
        col(OutboxMessage.not_after),
    ).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.to_bidx).in_(numbers),
        col(OutboxMessage.kind) == Kind.PROMPT.value,
        col(OutboxMessage.created_at) > now - REMEMBERED,
        col(OutboxMessage.state).in_(NEVER_LEFT),
    )  # fmt: skip
    found: dict[str, list[Unsent]] = defaultdict(list)
    for member_id, prompt_key, due_at, not_after in session.execute(query):
        if member_id is not None and prompt_key is not None:
            found[member_id].append(Unsent(prompt_key, due_at, not_after))
    return found


def to_remind(session: Session, now: datetime, limit: int) -> list[Reminder]:
    """Slots whose reminder is due to be considered, locked where the engine can."""
    return _due(session, now, limit, later=False)


def to_ask_again(session: Session, now: datetime, limit: int) -> list[Reminder]:
    """Slots whose question is due to be asked once more, because they said LATER; locked where the engine can."""
    return _due(session, now, limit, later=True)


def _due(session: Session, now: datetime, limit: int, *, later: bool) -> list[Reminder]:
    newer = aliased(OutboxMessage)
    overtaken = exists().where(
        col(newer.agency_id) == col(OutboxMessage.agency_id),
        col(newer.to_bidx) == col(OutboxMessage.to_bidx),
        col(newer.member_id) == col(OutboxMessage.member_id),
        col(newer.kind).in_([Kind.PROMPT.value, Kind.AGAIN.value, Kind.FLOW_STEP.value]),
        col(newer.state).not_in(NEVER_LEFT),
        col(newer.due_at) > col(OutboxMessage.due_at),
    )
    query = (
        select(
            Occurrence, Enrolment, Schedule, Member, Family, Agency, OutboxMessage, col(Reflection.id).is_not(None),
            overtaken,
        )
        .join(Enrolment, col(Enrolment.id) == col(Occurrence.enrolment_id))
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Member, col(Member.id) == col(Occurrence.member_id))
        .join(Family, col(Family.id) == col(Occurrence.family_id))
        .join(Agency, col(Agency.id) == col(Occurrence.agency_id))
        .join(
            OutboxMessage,
            (col(OutboxMessage.occurrence_id) == col(Occurrence.id)) & (col(OutboxMessage.kind) == Kind.PROMPT.value),
        )
        .outerjoin(Reflection, col(Reflection.occurrence_id) == col(Occurrence.id))
        .where(
            col(Occurrence.nudge_at) <= now,
            col(Occurrence.later_at).is_not(None) if later else col(Occurrence.later_at).is_(None),
        )
        .order_by(col(Occurrence.nudge_at), col(Occurrence.id))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=Occurrence)
    )  # fmt: skip
    return [Reminder(PlannedSlot(*row[:6]), row[6], bool(row[7]), bool(row[8])) for row in session.execute(query)]


def prompts_of(session: Session, occurrence_ids: Sequence[str]) -> dict[str, OutboxMessage]:
    """The prompt that was written for each of these slots, by slot."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.occurrence_id).in_(occurrence_ids), col(OutboxMessage.kind) == Kind.PROMPT.value
    )
    return {row.occurrence_id: row for row in session.execute(query).scalars() if row.occurrence_id is not None}


def not_left(session: Session, occurrence_ids: Sequence[str]) -> dict[str, OutboxMessage]:
    """The prompts of these slots that are written and still wait to leave, by slot."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.occurrence_id).in_(occurrence_ids),
        col(OutboxMessage.kind) == Kind.PROMPT.value,
        col(OutboxMessage.state) == Outbound.SCHEDULED.value,
    )
    return {row.occurrence_id: row for row in session.execute(query).scalars() if row.occurrence_id is not None}


def waiting_of_schedule(session: Session, agency_id: str, schedule_id: str) -> frozenset[str]:
    """The prompts of a schedule that are written and have not left."""
    query = (
        select(col(OutboxMessage.id))
        .join(Enrolment, col(Enrolment.id) == col(OutboxMessage.enrolment_id))
        .where(
            stands(Outbound.SCHEDULED),
            col(OutboxMessage.agency_id) == agency_id,
            col(OutboxMessage.kind) == Kind.PROMPT.value,
            col(Enrolment.schedule_id) == schedule_id,
        )
    )
    return frozenset(session.execute(query).scalars())


def answered(session: Session, occurrence_ids: Sequence[str]) -> set[str]:
    """Which of these slots have a reflection."""
    query = select(col(Reflection.occurrence_id)).where(col(Reflection.occurrence_id).in_(occurrence_ids))
    return {row for row in session.execute(query).scalars() if row is not None}
