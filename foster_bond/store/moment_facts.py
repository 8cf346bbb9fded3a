"""Store: what stands around the moments of one page, each read once for all of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import OccurrenceState, Outbound
from foster_bond.store.alerts import Alert
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage, StateMove
from foster_bond.store.prompts import Programme, Prompt, Schedule

REACHED = (Outbound.ACCEPTED.value, Outbound.SENT.value, Outbound.DELIVERED.value)


class Question(NamedTuple):
    """How long the question of a slot takes answers, and why it was this one."""

    occurrence_id: str
    closes_after_s: int
    answer_closed_at: datetime | None
    why: str | None = None


class AskedOnce(NamedTuple):
    """One prompt that reached a person, and whether it was answered."""

    member_id: str | None
    accepted_at: datetime
    answered: bool


class Planned(NamedTuple):
    """A slot to come, with the order its prompts are taken in; `prompt_keys` empty where rules choose."""

    occurrence: Occurrence
    position: int
    prompt_keys: tuple[str, ...]


def texts_of_slots(session: Session, agency_id: str, occurrence_ids: Sequence[str]) -> dict[str, list[OutboxMessage]]:
    """Every text that was written for these slots, by slot, in order."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.occurrence_id).in_(occurrence_ids)
    )
    found: dict[str, list[OutboxMessage]] = defaultdict(list)
    for message in session.execute(query.order_by(col(OutboxMessage.created_at), col(OutboxMessage.id))).scalars():
        found[message.occurrence_id or ""].append(message)
    return found


def about_texts(
    session: Session, agency_id: str, family_id: str, inbound_ids: Sequence[str], alert_ids: Sequence[str]
) -> list[OutboxMessage]:
    """The fixed answers to these texts of a family, and those to these alerts, in order."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.family_id) == family_id,
        or_(col(OutboxMessage.inbound_id).in_(inbound_ids), col(OutboxMessage.alert_id).in_(alert_ids)),
        col(OutboxMessage.kind).in_([Kind.ACK.value, Kind.KEYWORD_REPLY.value, Kind.CRISIS_REPLY.value]),
    )
    return list(session.execute(query.order_by(col(OutboxMessage.created_at), col(OutboxMessage.id))).scalars())


def notices(session: Session, agency_id: str, alert_ids: Sequence[str]) -> list[OutboxMessage]:
    """The texts to staff about these alerts, and our answers to them, in order."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.alert_id).in_(alert_ids)
    )
    return list(session.execute(query.order_by(col(OutboxMessage.created_at), col(OutboxMessage.id))).scalars())


def texts_in(session: Session, agency_id: str, inbound_ids: Sequence[str]) -> dict[str, InboundText]:
    """These texts in, by id."""
    query = select(InboundText).where(col(InboundText.agency_id) == agency_id, col(InboundText.id).in_(inbound_ids))
    return {text.id: text for text in session.execute(query).scalars()}


def careful_looks(session: Session, agency_id: str, inbound_ids: Sequence[str]) -> dict[str, Alert]:
    """What asks for a careful look and wakes nobody, by the text it is about."""
    query = select(Alert).where(
        col(Alert.agency_id) == agency_id, col(Alert.inbound_id).in_(inbound_ids), col(Alert.priority) == "review"
    )
    return {alert.inbound_id or "": alert for alert in session.execute(query).scalars()}


def texts_out(session: Session, agency_id: str, message_ids: Sequence[str]) -> dict[str, OutboxMessage]:
    """These texts out, by id."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.id).in_(message_ids)
    )
    return {message.id: message for message in session.execute(query).scalars()}


def last_moves(session: Session, agency_id: str, message_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these texts came to stand where it stands."""
    query = select(col(StateMove.message_id), func.max(col(StateMove.at))).where(
        col(StateMove.agency_id) == agency_id, col(StateMove.message_id).in_(message_ids)
    )
    return dict(session.execute(query.group_by(col(StateMove.message_id))).all())


def questions(session: Session, agency_id: str, occurrence_ids: Sequence[str]) -> dict[str, Question]:
    """How long the questions of these slots stay open."""
    query = (
        select(col(Occurrence.id), col(Schedule.closes_after_s), col(Occurrence.answer_closed_at), col(Occurrence.why))
        .join(Enrolment, col(Enrolment.id) == col(Occurrence.enrolment_id))
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .where(col(Occurrence.agency_id) == agency_id, col(Occurrence.id).in_(occurrence_ids))
    )
    return {row[0]: Question(*row) for row in session.execute(query)}


def prompts_by_key(session: Session, agency_id: str, keys: Sequence[str]) -> dict[str, Prompt]:
    query = select(Prompt).where(col(Prompt.agency_id) == agency_id, col(Prompt.key).in_(keys))
    return {prompt.key: prompt for prompt in session.execute(query).scalars()}


def keys_of_technique(session: Session, agency_id: str, technique: str) -> list[str]:
    """The prompts of one technique, whatever became of them."""
    query = select(col(Prompt.key)).where(col(Prompt.agency_id) == agency_id, col(Prompt.technique) == technique)
    return sorted(session.execute(query).scalars())


def techniques(session: Session, agency_id: str) -> list[str]:
    """The techniques of the agency's prompts."""
    query = select(col(Prompt.technique)).where(col(Prompt.agency_id) == agency_id).distinct()
    return sorted(session.execute(query).scalars())


def planned(session: Session, agency_id: str, family_id: str, after: datetime, until: datetime) -> list[Planned]:
    """The slots to come of a family, in order."""
    query = (
        select(Occurrence, col(Enrolment.position), col(Programme.kind), col(Programme.prompt_keys))
        .join(Enrolment, col(Enrolment.id) == col(Occurrence.enrolment_id))
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Programme, col(Programme.id) == col(Schedule.programme_id))
        .where(
            col(Occurrence.agency_id) == agency_id,
            col(Occurrence.family_id) == family_id,
            col(Occurrence.state) == OccurrenceState.PLANNED.value,
            col(Occurrence.due_at) > after,
            col(Occurrence.due_at) < until,
        )
        .order_by(col(Occurrence.due_at), col(Occurrence.id))
    )
    return [Planned(row[0], row[1], tuple(row[3]) if row[2] == "ordered" else ()) for row in session.execute(query)]


def about_to_leave(session: Session, agency_id: str, family_id: str, after: datetime) -> list[OutboxMessage]:
    """Texts to a family that are written and whose time is still to come, in order."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.family_id) == family_id,
        col(OutboxMessage.state) == Outbound.SCHEDULED.value,
        col(OutboxMessage.due_at) > after,
    )
    return list(session.execute(query.order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))).scalars())


def asked_since(session: Session, agency_id: str, family_id: str, since: datetime) -> list[AskedOnce]:
    """The prompts that reached a family since then, in order."""
    query = (
        select(col(OutboxMessage.member_id), col(OutboxMessage.accepted_at), col(Reflection.id).is_not(None))
        .outerjoin(
            Reflection,
            (col(Reflection.agency_id) == agency_id)
            & (col(Reflection.occurrence_id) == col(OutboxMessage.occurrence_id)),
        )
        .where(
            col(OutboxMessage.agency_id) == agency_id,
            col(OutboxMessage.family_id) == family_id,
            col(OutboxMessage.kind) == Kind.PROMPT.value,
            col(OutboxMessage.state).in_(REACHED),
            col(OutboxMessage.accepted_at) >= since,
        )
        .order_by(col(OutboxMessage.accepted_at))
    )
    return [AskedOnce(row[0], row[1], bool(row[2])) for row in session.execute(query)]
