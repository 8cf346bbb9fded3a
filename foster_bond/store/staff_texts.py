"""Store: what staff wrote to a family by text: the newest of a family, and one of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Outbound
from foster_bond.store.inbound import InboundText
from foster_bond.store.outbox import OutboxMessage

READ_TEXT = "N6"
_NEVER_LEFT = (Outbound.CANCELLED.value, Outbound.SUPPRESSED.value, Outbound.EXPIRED.value)


def newest(session: Session, agency_id: str, family_id: str, *, but: str = "") -> OutboxMessage | None:
    """The last text that a person wrote to the family and that left or may still leave, `but` this one."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.family_id) == family_id,
        col(OutboxMessage.kind) == Kind.STAFF_REPLY.value,
        col(OutboxMessage.staff_id).is_not(None),
        col(OutboxMessage.text_id).is_(None),
        col(OutboxMessage.state).not_in(_NEVER_LEFT),
        col(OutboxMessage.id) != but,
    )
    ordered = query.order_by(col(OutboxMessage.created_at).desc(), col(OutboxMessage.id).desc())
    return session.execute(ordered.limit(1)).scalar_one_or_none()


def one(session: Session, agency_id: str, family_id: str, message_id: str) -> OutboxMessage | None:
    """One text that staff wrote to this family."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.family_id) == family_id,
        col(OutboxMessage.id) == message_id,
        col(OutboxMessage.kind) == Kind.STAFF_REPLY.value,
    )
    return session.execute(query).scalar_one_or_none()


def last_told_read(session: Session, agency_id: str, to_bidx: str) -> datetime | None:
    """When a number was last told that somebody has read its words, or is about to be."""
    query = select(func.max(col(OutboxMessage.created_at))).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.to_bidx) == to_bidx,
        col(OutboxMessage.text_id) == READ_TEXT,
        col(OutboxMessage.state).not_in(_NEVER_LEFT),
    )
    return session.execute(query).scalar()


def last_part(session: Session, agency_id: str, reflection_id: str) -> InboundText | None:
    """The last text of a reply that was not taken back."""
    query = select(InboundText).where(
        col(InboundText.agency_id) == agency_id,
        col(InboundText.reflection_id) == reflection_id,
        col(InboundText.withdrawn_at).is_(None),
    )
    ordered = query.order_by(col(InboundText.received_at).desc(), col(InboundText.id).desc())
    return session.execute(ordered.limit(1)).scalar_one_or_none()


def answered_moments(session: Session, agency_id: str, inbound_ids: Collection[str]) -> dict[str, str]:
    """The moment on the timeline that each of these texts is part of."""
    query = select(col(InboundText.id), col(InboundText.reflection_id)).where(
        col(InboundText.agency_id) == agency_id, col(InboundText.id).in_(inbound_ids)
    )
    return {row[0]: row[1] or row[0] for row in session.execute(query)}
