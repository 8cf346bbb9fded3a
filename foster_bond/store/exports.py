"""Store: what was taken out of the house: by whom, when, of whom, in which form, and its fingerprint."""

from datetime import datetime

from sqlalchemy import JSON, Column, Index, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, one_of, own_key

FORMATS = ("csv", "json", "pdf")
KINDS = ("record", "summary")


class Export(Owned, table=True):
    """One file that left. It holds none of its words; the digest says whether a file is the one that left."""

    __tablename__ = "exports"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("by_id", "staff"),
        one_of("kind", KINDS),
        one_of("format", FORMATS),
        Index("ix_exports_family", "agency_id", "family_id", "at"),
    )
    family_id: str = Field(max_length=36)
    by_id: str | None = Field(default=None, max_length=36)  # None: the operator at the command line
    at: Instant
    kind: str = Field(max_length=10)
    format: str = Field(max_length=4)
    member_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # whose words it holds
    digest: str = Field(max_length=64)
    original_digest: str | None = Field(default=None, max_length=64)  # of a redacted copy: what it is a copy of


def of_family(session: Session, agency_id: str, family_id: str) -> list[Export]:
    """Everything that was taken out about a family, the latest first."""
    query = select(Export).where(col(Export.agency_id) == agency_id, col(Export.family_id) == family_id)
    return list(session.execute(query.order_by(col(Export.at).desc(), col(Export.id).desc())).scalars())


def has_left(session: Session, agency_id: str, family_id: str, member_id: str, since: datetime) -> bool:
    """Whether this person's words have been taken out at or after that instant."""
    query = select(col(Export.member_ids)).where(
        col(Export.agency_id) == agency_id, col(Export.family_id) == family_id, col(Export.at) >= since
    )
    return any(member_id in members for members in session.execute(query).scalars())


def add(
    session: Session, *, agency_id: str, family_id: str, by_id: str | None, at: datetime, kind: str, form: str,
    member_ids: list[str], digest: str, original_digest: str | None,
) -> Export:  # fmt: skip
    """Write down that a file left."""
    row = Export(
        agency_id=agency_id, family_id=family_id, by_id=by_id, at=at, kind=kind, format=form, member_ids=member_ids,
        digest=digest, original_digest=original_digest,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row
