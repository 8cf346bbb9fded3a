"""Store: what an inbound text is read against: who has this number, what is open, how often they wrote."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Outbound
from foster_bond.store.alerts import OPEN_STATES, Alert
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt, Schedule

HANDED_OVER = tuple(
    state.value
    for state in (
        Outbound.SENDING, Outbound.UNKNOWN, Outbound.UNRESOLVED, Outbound.ACCEPTED, Outbound.SENT, Outbound.DELIVERED,
        Outbound.UNDELIVERED,
    )
)  # fmt: skip
LOOK_BACK = timedelta(days=30)  # a reply later than that starts a reflection of its own
MOST_PROMPTS = 10


class AskedPrompt(NamedTuple):
    """A prompt that went to this number, with its reflection if it has one."""

    occurrence_id: str
    prompt_key: str
    member_id: str
    family_id: str
    sent_at: datetime
    closes_after_s: int
    reply: str | None
    reflection_id: str | None
    answered_at: datetime | None


def lock_number(session: Session, agency_id: str, bidx: str) -> None:
    """One text of a number at a time: on PostgreSQL a lock to the end of the transaction; SQLite writes one by one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"number:{agency_id}:{bidx}"}
        )


def asked_prompts(session: Session, agency_id: str, to_bidx: str, now: datetime) -> list[AskedPrompt]:
    """The prompts of the last weeks that reached, or may have reached, this number; the newest first."""
    sent_at = func.coalesce(col(OutboxMessage.accepted_at), col(OutboxMessage.claimed_at))
    query = (
        select(
            col(Occurrence.id), col(Occurrence.prompt_key), col(Occurrence.member_id), col(Occurrence.family_id),
            sent_at, col(Schedule.closes_after_s), col(Prompt.reply), col(Reflection.id), col(Reflection.last_at),
        )
        .join(Occurrence, col(Occurrence.id) == col(OutboxMessage.occurrence_id))
        .join(Enrolment, col(Enrolment.id) == col(Occurrence.enrolment_id))
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .outerjoin(
            Prompt, (col(Prompt.agency_id) == agency_id) & (col(Prompt.key) == col(Occurrence.prompt_key))
        )
        .outerjoin(Reflection, col(Reflection.occurrence_id) == col(Occurrence.id))
        .where(
            col(OutboxMessage.agency_id) == agency_id,
            col(OutboxMessage.to_bidx) == to_bidx,
            col(OutboxMessage.kind) == Kind.PROMPT.value,
            col(OutboxMessage.state).in_(HANDED_OVER),
            col(OutboxMessage.created_at) > now - LOOK_BACK,
            col(OutboxMessage.claimed_at) <= now,
            col(Occurrence.answer_closed_at).is_(None),
        )
        .order_by(col(OutboxMessage.claimed_at).desc(), col(OutboxMessage.id).desc())
        .limit(MOST_PROMPTS)
    )  # fmt: skip
    return [AskedPrompt(*row) for row in session.execute(query)]


def last_reflection(session: Session, agency_id: str, member_ids: list[str]) -> Reflection | None:
    """The reflection that one of these members wrote to last."""
    query = (
        select(Reflection)
        .where(col(Reflection.agency_id) == agency_id, col(Reflection.member_id).in_(member_ids))
        .order_by(col(Reflection.last_at).desc(), col(Reflection.id).desc())
        .limit(1)
    )
    found: Reflection | None = session.execute(query).scalar_one_or_none()
    return found


def reflection(session: Session, agency_id: str, reflection_id: str) -> Reflection:
    query = select(Reflection).where(col(Reflection.agency_id) == agency_id, col(Reflection.id) == reflection_id)
    found: Reflection = session.execute(query).scalar_one()
    return found


def texts_since(session: Session, agency_id: str, bidx: str, since: datetime) -> int:
    """How many texts came from this number since then."""
    query = select(func.count()).select_from(InboundText).where(
        col(InboundText.agency_id) == agency_id,
        col(InboundText.from_bidx) == bidx,
        col(InboundText.received_at) > since,
    )  # fmt: skip
    return int(session.execute(query).scalar_one())


def open_staff_alerts(session: Session, agency_id: str, staff_id: str) -> list[Alert]:
    """Open alerts that this person was told of and nobody has taken yet, oldest first."""
    query = (
        select(Alert)
        .join(OutboxMessage, col(OutboxMessage.alert_id) == col(Alert.id))
        .where(
            col(Alert.agency_id) == agency_id,
            col(Alert.state).in_(OPEN_STATES),
            col(Alert.acknowledged_at).is_(None),
            col(OutboxMessage.staff_id) == staff_id,
            col(OutboxMessage.kind) == Kind.STAFF_ALERT.value,
        )
        .order_by(col(Alert.raised_at), col(Alert.id))
    )
    return list({alert.id: alert for alert in session.execute(query).scalars()}.values())


def group_of(session: Session, agency_id: str, group_id: str) -> list[Alert]:
    """Every alert of one group."""
    query = select(Alert).where(col(Alert.agency_id) == agency_id, col(Alert.group_id) == group_id)
    return list(session.execute(query.order_by(col(Alert.raised_at), col(Alert.id))).scalars())


def last_notice(session: Session, agency_id: str, group_id: str) -> datetime | None:
    """When a channel last accepted a notice about one of this group's alerts."""
    query = (
        select(func.max(col(OutboxMessage.accepted_at)))
        .join(Alert, col(Alert.id) == col(OutboxMessage.alert_id))
        .where(
            col(Alert.agency_id) == agency_id,
            col(Alert.group_id) == group_id,
            col(OutboxMessage.kind) == Kind.STAFF_ALERT.value,
        )
    )
    return session.execute(query).scalar()


def close_by_wish(session: Session, agency_id: str, occurrence_id: str, at: datetime) -> None:
    """The person said SKIP: this question is open no longer."""
    session.execute(
        update(Occurrence)
        .where(col(Occurrence.agency_id) == agency_id, col(Occurrence.id) == occurrence_id)
        .values(answer_closed_at=at)
        .execution_options(synchronize_session="fetch")
    )
