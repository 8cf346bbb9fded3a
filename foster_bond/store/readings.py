"""Store: who of staff has said "I read this" to a reply, and the text that told the family so."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.inserting import insert_new


class Reading(Owned, table=True):
    """One person has read one reply, and said so."""

    __tablename__ = "readings"
    __table_args__ = own_key(
        link("staff_id", "staff"),
        link("family_id", "families"),
        link("member_id", "members"),
        link("reflection_id", "reflections"),
        Index("uq_readings_once", "agency_id", "reflection_id", "staff_id", unique=True),
        Index("ix_readings_member", "agency_id", "member_id", "at"),
        Index("ix_readings_family", "agency_id", "family_id", "at"),
    )
    staff_id: str = Field(max_length=36)
    family_id: str = Field(max_length=36)
    member_id: str = Field(max_length=36)
    reflection_id: str = Field(max_length=36)
    # None: they were told lately, or cannot be told. No link: to make one would stop every text during an upgrade.
    message_id: str | None = Field(default=None, max_length=36)
    at: Instant


def say(
    session: Session, *, agency_id: str, staff_id: str, family_id: str, member_id: str, reflection_id: str,
    at: datetime,
) -> str | None:  # fmt: skip
    """The id of what was just said; None where this person has said it before."""
    reading_id = new_id()
    row = {
        "id": reading_id, "agency_id": agency_id, "staff_id": staff_id, "family_id": family_id,
        "member_id": member_id, "reflection_id": reflection_id, "at": at,
    }  # fmt: skip
    new = insert_new(session, Reading, [row], ["agency_id", "reflection_id", "staff_id"])
    return reading_id if new else None


def told_by(session: Session, agency_id: str, reading_id: str, message_id: str) -> None:
    """The text that tells the family of it."""
    row = session.get(Reading, reading_id)
    if row is not None and row.agency_id == agency_id:
        row.message_id = message_id


def of_reflections(session: Session, agency_id: str, reflection_ids: Sequence[str]) -> dict[str, list[Reading]]:
    """Who has read these replies, by reply, the first reader first."""
    query = select(Reading).where(col(Reading.agency_id) == agency_id, col(Reading.reflection_id).in_(reflection_ids))
    found: dict[str, list[Reading]] = {}
    for row in session.execute(query.order_by(col(Reading.at), col(Reading.id))).scalars():
        found.setdefault(row.reflection_id, []).append(row)
    return found
