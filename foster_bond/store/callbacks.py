"""Store: the carrier's status callbacks as they came, append-only."""

from datetime import datetime

from sqlalchemy import Index, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.outbox_rows import OutboxMessage


class Callback(Owned, table=True):
    """One callback, whether or not it changed anything."""

    __tablename__ = "callbacks"
    __table_args__ = own_key(link("message_id", "outbox_messages"), Index("ix_callbacks_message", "message_id"))
    message_id: str = Field(max_length=36)
    carrier_sid: str = Field(max_length=40)
    status: str = Field(max_length=20)
    error_code: int | None = None
    received_at: Instant


def keep(session: Session, message: OutboxMessage, sid: str, status: str, error_code: int | None, at: datetime) -> None:
    """Write one callback down as it came."""
    session.add(
        Callback(
            id=new_id(), agency_id=message.agency_id, message_id=message.id, carrier_sid=sid, status=status,
            error_code=error_code, received_at=at,
        )
    )  # fmt: skip


def heard_of(session: Session, message_id: str, sid: str) -> bool:
    """Whether the carrier has ever called back about this text under this id."""
    query = select(col(Callback.id)).where(col(Callback.message_id) == message_id, col(Callback.carrier_sid) == sid)
    return session.execute(query.limit(1)).first() is not None
