"""Store: the decided slots of a family or an agency, for the lists of what went out and what did not."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import OccurrenceState, Outbound
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.number_facts import NEVER_LEFT
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Schedule
from foster_bond.store.timeline import Mark

_LEFT_OUT = (OccurrenceState.DROPPED.value, OccurrenceState.EXPIRED.value, OccurrenceState.SKIPPED.value)


class Decided(NamedTuple):
    """A slot with its schedule's name and the text that was written for it, if one was."""

    occurrence: Occurrence
    schedule: str
    message: OutboxMessage | None


def past_of_family(
    session: Session, agency_id: str, family_id: str, now: datetime, *, before: Mark | None, limit: int
) -> list[Decided]:
    """What became of a family's slots, newest first, from behind `before` on. What is still to come is not in it."""
    waiting = and_(col(Occurrence.state) == OccurrenceState.PLANNED.value, col(Occurrence.closes_at) > now)
    to_leave = and_(
        col(Occurrence.state) == OccurrenceState.WRITTEN.value, col(OutboxMessage.state) == Outbound.SCHEDULED.value
    )
    skipped_ahead = and_(col(Occurrence.state) == OccurrenceState.SKIPPED.value, col(Occurrence.due_at) > now)
    query = _decided().where(
        col(Occurrence.agency_id) == agency_id,
        col(Occurrence.family_id) == family_id,
        ~waiting,
        ~func.coalesce(to_leave, False),
        ~skipped_ahead,
    )
    if before is not None:
        at, row_id = before
        query = query.where(
            or_(col(Occurrence.due_at) < at, and_(col(Occurrence.due_at) == at, col(Occurrence.id) < row_id))
        )
    query = query.order_by(col(Occurrence.due_at).desc(), col(Occurrence.id).desc()).limit(limit)
    return [Decided(*row) for row in session.execute(query)]


def not_sent(session: Session, agency_id: str, since: datetime, until: datetime, limit: int) -> list[Decided]:
    """The agency's slots between two instants that did not go out: left out, waiting with a reason, or never left."""
    held = and_(col(Occurrence.state) == OccurrenceState.PLANNED.value, col(Occurrence.why).is_not(None))
    never = and_(col(Occurrence.state) == OccurrenceState.WRITTEN.value, col(OutboxMessage.state).in_(NEVER_LEFT))
    query = (
        _decided()
        .where(
            col(Occurrence.agency_id) == agency_id,
            col(Occurrence.due_at) >= since,
            col(Occurrence.due_at) < until,
            or_(col(Occurrence.state).in_(_LEFT_OUT), held, never),
        )
        .order_by(col(Occurrence.due_at), col(Occurrence.id))
        .limit(limit)
    )
    return [Decided(*row) for row in session.execute(query)]


def sent_between(session: Session, agency_id: str, since: datetime, until: datetime) -> int:
    """How many prompts of the agency the carrier took between two instants."""
    query = select(func.count()).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.kind) == Kind.PROMPT.value,
        col(OutboxMessage.accepted_at) >= since,
        col(OutboxMessage.accepted_at) < until,
    )
    return int(session.execute(query).scalar_one())


def _decided() -> Select[Occurrence, str, OutboxMessage | None]:
    prompt = and_(col(OutboxMessage.occurrence_id) == col(Occurrence.id), col(OutboxMessage.kind) == Kind.PROMPT.value)
    return (
        select(Occurrence, col(Schedule.name), OutboxMessage)
        .join(Enrolment, col(Enrolment.id) == col(Occurrence.enrolment_id))
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .outerjoin(OutboxMessage, prompt)
    )
