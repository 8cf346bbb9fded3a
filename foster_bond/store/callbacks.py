"""Store: the carrier's status callbacks as they came, append-only."""

from sqlalchemy import Index
from sqlmodel import Field

from foster_bond.store.base import Instant, Owned, link, own_key


class Callback(Owned, table=True):
    """One callback, whether or not it changed anything."""

    __tablename__ = "callbacks"
    __table_args__ = own_key(link("message_id", "outbox_messages"), Index("ix_callbacks_message", "message_id"))
    message_id: str = Field(max_length=36)
    carrier_sid: str = Field(max_length=40)
    status: str = Field(max_length=20)
    error_code: int | None = None
    received_at: Instant
