"""Store: where people moved replies to. Append-only: an undo is a row of its own, so both places stay on record."""

from collections.abc import Sequence

from sqlalchemy import JSON, Column, Index, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, own_key


class Correction(Owned, table=True):
    """One move of a reply by a person: who, when, from which prompt, to which. None = on its own."""

    __tablename__ = "corrections"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        link("from_occurrence_id", "occurrences"),
        link("to_occurrence_id", "occurrences"),
        link("undoes", "corrections"),
        Index("uq_corrections_undone", "agency_id", "undoes", unique=True),  # one move is undone once
        Index("ix_corrections_reflection", "agency_id", "to_reflection_id"),
        Index("ix_corrections_family", "agency_id", "family_id", "at"),
    )
    family_id: str = Field(max_length=36)
    member_id: str = Field(max_length=36)
    # No links: a reflection that has given away its last part is gone, and comes back by its id when a move is undone.
    from_reflection_id: str = Field(max_length=36)
    to_reflection_id: str = Field(max_length=36)
    from_occurrence_id: str | None = Field(default=None, max_length=36)
    to_occurrence_id: str | None = Field(default=None, max_length=36)
    text_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    was_doubtful: bool = False  # the reply said "may belong to another prompt" before a person decided
    at: Instant
    by: str | None = Field(default=None, max_length=36)  # None: the operator
    undoes: str | None = Field(default=None, max_length=36)


def keep(session: Session, correction: Correction) -> None:
    """Write one move down."""
    session.add(correction)
    session.flush()


def of_reflections(session: Session, agency_id: str, reflection_ids: Sequence[str]) -> dict[str, Correction]:
    """The last move into each of these reflections that stands: not undone, and no undo itself."""
    undone = select(col(Correction.undoes)).where(
        col(Correction.agency_id) == agency_id, col(Correction.undoes).is_not(None)
    )
    query = select(Correction).where(
        col(Correction.agency_id) == agency_id,
        col(Correction.to_reflection_id).in_(reflection_ids),
        col(Correction.undoes).is_(None),
        col(Correction.id).not_in(undone),
    )
    rows = session.execute(query.order_by(col(Correction.at), col(Correction.id))).scalars()
    return {row.to_reflection_id: row for row in rows}


def one(session: Session, agency_id: str, correction_id: str) -> Correction | None:
    """One move, by its id."""
    query = select(Correction).where(col(Correction.agency_id) == agency_id, col(Correction.id) == correction_id)
    return session.execute(query).scalar_one_or_none()


def undone(session: Session, agency_id: str, correction_id: str) -> bool:
    """True where somebody has undone this move."""
    query = select(col(Correction.id)).where(
        col(Correction.agency_id) == agency_id, col(Correction.undoes) == correction_id
    )
    return session.execute(query).first() is not None
