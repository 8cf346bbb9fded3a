"""Store: families and their members; the one place that scopes a person's view to the families they hold."""

from datetime import date, time
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, Column, Index, Select, UniqueConstraint, func, select
from sqlmodel import Field, Session, col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.sealing import Place, Vault


class MemberRole(StrEnum):
    """Who a member is to the child."""

    FOSTER_PARENT = "foster_parent"
    KIN_CARER = "kin_carer"
    TEEN = "teen"
    BIRTH_PARENT = "birth_parent"
    OTHER = "other"


class Family(Owned, table=True):
    """One placement in one home."""

    __tablename__ = "families"
    __table_args__ = own_key(UniqueConstraint("agency_id", "ref"), link("caseworker_id", "staff"))
    ref: str = Field(max_length=80)
    name: bytes
    zone: str = Field(max_length=64)
    caseworker_id: str | None = Field(default=None, max_length=36, index=True)
    created_at: Instant
    closed_at: Instant | None = None


class Member(Owned, table=True):
    """A person of a family who may be texted."""

    __tablename__ = "members"
    __table_args__ = own_key(
        UniqueConstraint("agency_id", "ref"),
        link("family_id", "families"),
        one_of("role", MemberRole),
        Index("ix_members_number", "agency_id", "to_bidx"),
    )
    family_id: str = Field(max_length=36, index=True)
    ref: str = Field(max_length=80)
    name: bytes
    role: str = Field(max_length=20)
    phone: bytes
    to_bidx: str = Field(max_length=32)
    language: str = Field(default="en", max_length=2)
    zone: str | None = Field(default=None, max_length=64)  # None: the family's
    hour: time | None = None  # their own hour for prompts; None: the schedule's
    child_word: str | None = Field(default=None, max_length=20)
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    age_band: str | None = Field(default=None, max_length=10)
    guardian_consent: bytes | None = None
    guardian_date: date | None = None
    shared_phone: bool = False
    level: int = 0  # the rung they stand on
    # What the ladder remembers: asked, answered, ratings, hard days (rules/ladder_state.py)
    past: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    l5_on: bool = False  # a named worker switched relationship prompts on, with a reason
    texts_a_week: int | None = None  # LESS and MORE; None: the agency's cap
    paused_until: Instant | None = None
    number_bad_why: str | None = Field(default=None, max_length=120)
    created_at: Instant
    left_at: Instant | None = None


def held_by(viewer: Viewer) -> Select[Family]:
    """The families this viewer may see: every page and every act on a family starts here."""
    query = select(Family).where(col(Family.agency_id) == viewer.agency_id)
    return query if viewer.sees_all_families else query.where(col(Family.caseworker_id) == viewer.staff_id)


def held(session: Session, viewer: Viewer, family_id: str) -> Family:
    """One family that the viewer holds. Raises: NotYours for a foreign one and for none at all, alike."""
    family = session.execute(held_by(viewer).where(col(Family.id) == family_id)).scalar_one_or_none()
    if family is None:
        raise NotYours("family")
    return cast(Family, family)


def by_id(session: Session, agency_id: str, family_id: str | None) -> Family | None:
    """A family of the agency, for a caller that has been let through to it already."""
    query = select(Family).where(col(Family.agency_id) == agency_id, col(Family.id) == family_id)
    return None if family_id is None else session.execute(query).scalar_one_or_none()


def by_ref(session: Session, agency_id: str, ref: str) -> Family | None:
    query = select(Family).where(col(Family.agency_id) == agency_id, col(Family.ref) == ref)
    return session.execute(query).scalar_one_or_none()


def member_by_ref(session: Session, agency_id: str, ref: str) -> Member | None:
    query = select(Member).where(col(Member.agency_id) == agency_id, col(Member.ref) == ref)
    return session.execute(query).scalar_one_or_none()


def present_members(session: Session, agency_id: str) -> list[tuple[Member, Family]]:
    """Every member who has not left, of every open family."""
    query = (
        select(Member, Family)
        .join(Family, (col(Family.agency_id) == col(Member.agency_id)) & (col(Family.id) == col(Member.family_id)))
        .where(col(Member.agency_id) == agency_id, col(Member.left_at).is_(None), col(Family.closed_at).is_(None))
        .order_by(col(Member.id))
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def members_of(session: Session, agency_id: str, family_id: str) -> list[Member]:
    query = select(Member).where(col(Member.agency_id) == agency_id, col(Member.family_id) == family_id)
    return list(session.execute(query.order_by(col(Member.created_at), col(Member.id))).scalars())


def members_with_number(session: Session, agency_id: str, to_bidx: str) -> list[Member]:
    """Everybody who shares this number in this agency, those who left last."""
    query = select(Member).where(col(Member.agency_id) == agency_id, col(Member.to_bidx) == to_bidx)
    rows = list(session.execute(query.order_by(col(Member.created_at), col(Member.id))).scalars())
    return sorted(rows, key=lambda member: member.left_at is not None)


def name_of(session: Session, vault: Vault, family: Family) -> str:
    return vault.open(session, family.name, Place("families", "name", family.id))


def member_name(session: Session, vault: Vault, member: Member) -> str:
    return vault.open(session, member.name, Place("members", "name", member.id))


def member_phone(session: Session, vault: Vault, member: Member) -> str:
    return vault.open(session, member.phone, Place("members", "phone", member.id))


def held_counts(session: Session, agency_id: str) -> dict[str, int]:
    """How many open families each caseworker of the agency has."""
    query = select(col(Family.caseworker_id), func.count()).where(
        col(Family.agency_id) == agency_id, col(Family.closed_at).is_(None), col(Family.caseworker_id).is_not(None)
    )
    return {str(worker): many for worker, many in session.execute(query.group_by(col(Family.caseworker_id)))}
