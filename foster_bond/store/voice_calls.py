"""Store: that somebody we know called the number that is only for texts. Nothing of the call itself is kept."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from foster_bond.store.base import Instant, Owned, link, own_key


class VoiceCall(Owned, table=True):
    """One call of a known number."""

    __tablename__ = "voice_calls"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        UniqueConstraint("carrier_sid"),
        Index("ix_voice_calls_family", "agency_id", "family_id", "at"),
    )
    family_id: str = Field(max_length=36)
    member_id: str = Field(max_length=36)
    carrier_sid: str = Field(max_length=40)
    at: Instant
