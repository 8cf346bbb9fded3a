"""Store: that somebody we know called the number that is only for texts. Nothing of the call itself is kept."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session

from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.hearing_facts import Person
from foster_bond.store.ids import new_id
from foster_bond.store.inserting import insert_new


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


def note(session: Session, caller: Person, carrier_sid: str, at: datetime) -> bool:
    """True where this call had not been noted before: a carrier may announce the same one twice."""
    row = {
        "id": new_id(), "agency_id": caller.agency_id, "family_id": caller.family_id, "member_id": caller.id,
        "carrier_sid": carrier_sid, "at": at,
    }  # fmt: skip
    return insert_new(session, VoiceCall, [row], ["carrier_sid"]) == 1
