"""Store: who did what. Rows are written freely; one job numbers and chains them per agency."""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import Index, UniqueConstraint, and_, func, or_, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, own_key
from foster_bond.store.ids import new_id


class AuditEvent(Owned, table=True):
    """One act of a person or of the operator's command. No bodies, no numbers, no names of families."""

    __tablename__ = "audit_events"
    __table_args__ = own_key(
        UniqueConstraint("agency_id", "seq"),
        Index("ix_audit_events_at", "agency_id", "at"),
        Index("ix_audit_tail", "seq"),
    )
    at: Instant
    staff_id: str | None = Field(default=None, max_length=36)  # None: a command or a step
    act: str = Field(max_length=40)
    subject_kind: str | None = Field(default=None, max_length=30)
    subject_id: str | None = Field(default=None, max_length=36)
    detail: str | None = Field(default=None, max_length=300)
    seq: int | None = None
    hash: str | None = Field(default=None, max_length=64)
    prev_hash: str | None = Field(default=None, max_length=64)


def write(
    session: Session, agency_id: str, act: str, at: datetime, *, staff_id: str | None = None,
    subject: tuple[str, str] | None = None, detail: str | None = None,
) -> None:  # fmt: skip
    """Add one event; the chaining job numbers it within seconds."""
    kind, subject_id = subject or (None, None)
    session.add(
        AuditEvent(
            id=new_id(),
            agency_id=agency_id,
            at=at,
            staff_id=staff_id,
            act=act,
            subject_kind=kind,
            subject_id=subject_id,
            detail=detail,
        )
    )


def digest(event: AuditEvent, seq: int, prev_hash: str) -> str:
    """SHA-256 over the event's own words, its number and the hash before it."""
    words = [
        prev_hash, str(seq), event.id, event.agency_id, event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.staff_id, event.act, event.subject_kind, event.subject_id, event.detail,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(words, ensure_ascii=True).encode()).hexdigest()


def unchained(session: Session, agency_id: str, limit: int = 500) -> list[AuditEvent]:
    query = (
        select(AuditEvent)
        .where(col(AuditEvent.agency_id) == agency_id, col(AuditEvent.seq).is_(None))
        .order_by(col(AuditEvent.at), col(AuditEvent.id))
    )
    return list(session.execute(query.limit(limit)).scalars())


def last_link(session: Session, agency_id: str) -> tuple[int, str]:
    """The number and hash that the next event follows; (0, "") before the first."""
    query = select(func.max(col(AuditEvent.seq))).where(col(AuditEvent.agency_id) == agency_id)
    seq = session.execute(query).scalar()
    if seq is None:
        return 0, ""
    found = select(col(AuditEvent.hash)).where(col(AuditEvent.agency_id) == agency_id, col(AuditEvent.seq) == seq)
    return seq, session.execute(found).scalar_one() or ""


def agencies_with_tail(session: Session) -> list[str]:
    """Agencies that have events without a number."""
    query = select(col(AuditEvent.agency_id)).where(col(AuditEvent.seq).is_(None)).distinct()
    return sorted(session.execute(query).scalars())


def unchained_count(session: Session, agency_id: str) -> int:
    query = select(func.count()).where(col(AuditEvent.agency_id) == agency_id, col(AuditEvent.seq).is_(None))
    return int(session.execute(query).scalar_one())


def chained(session: Session, agency_id: str, *, after: int, limit: int) -> list[AuditEvent]:
    """The links that follow a number, in order."""
    query = select(AuditEvent).where(col(AuditEvent.agency_id) == agency_id, col(AuditEvent.seq) > after)
    return list(session.execute(query.order_by(col(AuditEvent.seq)).limit(limit)).scalars())


def newest_of(session: Session, agency_id: str, acts: Collection[str], limit: int) -> list[AuditEvent]:
    """The agency's acts of these kinds, newest first."""
    query = select(AuditEvent).where(col(AuditEvent.agency_id) == agency_id, col(AuditEvent.act).in_(acts))
    query = query.order_by(col(AuditEvent.at).desc(), col(AuditEvent.id).desc()).limit(limit)
    return list(session.execute(query).scalars())


def newest(session: Session, agency_id: str, *, before: tuple[datetime, str] | None, limit: int) -> list[AuditEvent]:
    """The agency's acts, newest first, from behind the mark `before` on."""
    query = select(AuditEvent).where(col(AuditEvent.agency_id) == agency_id)
    if before is not None:
        at, event_id = before
        query = query.where(or_(col(AuditEvent.at) < at, and_(col(AuditEvent.at) == at, col(AuditEvent.id) < event_id)))
    query = query.order_by(col(AuditEvent.at).desc(), col(AuditEvent.id).desc()).limit(limit)
    return list(session.execute(query).scalars())
