"""Store: families and their members; the one place that scopes a person's view to the families they hold."""

from collections.abc import Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Protocol, cast

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Index,
    Select,
    UniqueConstraint,
    exists,
    func,
    or_,
    select,
)
from sqlmodel import Field, Session, col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.sealing import Place, Vault
from foster_bond.store.staff import Staff

MEMBER_WORDS = ("name", "phone", "guardian_consent")
NOT_THEIRS = "Somebody says this number is not theirs."  # a `number_bad_why`: no START opens such a number


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
    placed_on: date | None = None  # the day the child came; None: the day the family was entered
    # Its visits as its calendar marks them (rules/visit_slots.py), kept here so that a plan reads nothing further
    visit_days: list[list[str | None]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
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
    turns_18: date | None = None  # the first day of the month of a teen's 18th birthday; no birth date is kept
    guardian_consent: bytes | None = None
    guardian_date: date | None = None
    cleared_at: Instant | None = None  # when all that their role needs stood confirmed; others need nothing
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
    return query if viewer.sees_all_families else query.where(col(Family.caseworker_id).in_(viewer.holds_as))


def of_nobody(viewer: Viewer, number: Any) -> ColumnElement[bool]:
    """Whether a caseworker may see what came from a number without a family.

    They may who are on call, and where nobody is, everybody: such a text must have a reader. And so may who holds
    a family that has this number, too.
    """
    held = held_by(viewer).with_only_columns(col(Family.id))
    shared = exists().where(
        col(Member.agency_id) == viewer.agency_id, col(Member.to_bidx) == number, col(Member.family_id).in_(held)
    )
    on_call = exists().where(
        col(Staff.agency_id) == viewer.agency_id, col(Staff.on_call).is_(True), col(Staff.disabled_at).is_(None)
    )
    return or_(shared, ~on_call, on_call.where(col(Staff.id) == viewer.staff_id))


def held(session: Session, viewer: Viewer, family_id: str) -> Family:
    """One family that the viewer holds. Raises: NotYours for a foreign one and for none at all, alike."""
    family = session.execute(held_by(viewer).where(col(Family.id) == family_id)).scalar_one_or_none()
    if family is None:
        raise NotYours("family")
    return cast(Family, family)


def which_held(session: Session, viewer: Viewer, family_ids: list[str]) -> set[str]:
    """Those of these families that are the viewer's own."""
    query = held_by(viewer).with_only_columns(col(Family.id)).where(col(Family.id).in_(family_ids))
    return set(session.execute(query).scalars())


def held_member(session: Session, viewer: Viewer, member_id: str) -> Member | None:
    """A member of a family that the viewer holds."""
    holds = held_by(viewer).with_only_columns(col(Family.id))
    query = select(Member).where(
        col(Member.agency_id) == viewer.agency_id, col(Member.id) == member_id, col(Member.family_id).in_(holds)
    )
    return session.execute(query).scalar_one_or_none()


def held_members(session: Session, viewer: Viewer, limit: int) -> list[tuple[Member, Family]]:
    """Everybody present in the open families that the viewer holds."""
    query = (
        held_by(viewer)
        .join(Member, (col(Member.agency_id) == col(Family.agency_id)) & (col(Member.family_id) == col(Family.id)))
        .where(col(Family.closed_at).is_(None), col(Member.left_at).is_(None))
        .with_only_columns(Member, Family)
        .order_by(col(Member.id))
    )
    return [(row[0], row[1]) for row in session.execute(query.limit(limit))]


def homes_by_number(session: Session, agency_id: str, numbers: list[str]) -> dict[str, int]:
    """How many open families of the agency each of these numbers belongs to."""
    query = (
        select(col(Member.to_bidx), func.count(func.distinct(col(Member.family_id))))
        .join(Family, (col(Family.agency_id) == col(Member.agency_id)) & (col(Family.id) == col(Member.family_id)))
        .where(
            col(Member.agency_id) == agency_id,
            col(Member.to_bidx).in_(numbers),
            col(Member.left_at).is_(None),
            col(Family.closed_at).is_(None),
        )
        .group_by(col(Member.to_bidx))
    )
    return dict(session.execute(query).all())


def by_ids(session: Session, agency_id: str, family_ids: list[str]) -> dict[str, Family]:
    """These families of the agency, for a caller that has been let through to them already."""
    query = select(Family).where(col(Family.agency_id) == agency_id, col(Family.id).in_(family_ids))
    return {family.id: family for family in session.execute(query).scalars()}


def members_by_ids(session: Session, agency_id: str, member_ids: list[str]) -> dict[str, Member]:
    """These members of the agency, for a caller that has been let through to them already."""
    query = select(Member).where(col(Member.agency_id) == agency_id, col(Member.id).in_(member_ids))
    return {member.id: member for member in session.execute(query).scalars()}


def by_id(session: Session, agency_id: str, family_id: str | None) -> Family | None:
    """A family of the agency, for a caller that has been let through to it already."""
    query = select(Family).where(col(Family.agency_id) == agency_id, col(Family.id) == family_id)
    return None if family_id is None else session.execute(query).scalar_one_or_none()


def by_ref(session: Session, agency_id: str, ref: str) -> Family | None:
    query = select(Family).where(col(Family.agency_id) == agency_id, col(Family.ref) == ref)
    return session.execute(query).scalar_one_or_none()


def present_members(
    session: Session, agency_id: str, numbers: Sequence[str] | None = None
) -> list[tuple[Member, Family]]:
    """Every member who has not left, of every open family: all of them, or those with these numbers."""
    query = (
        select(Member, Family)
        .join(Family, (col(Family.agency_id) == col(Member.agency_id)) & (col(Family.id) == col(Member.family_id)))
        .where(col(Member.agency_id) == agency_id, col(Member.left_at).is_(None), col(Family.closed_at).is_(None))
        .order_by(col(Member.id))
    )
    if numbers is not None:
        query = query.where(col(Member.to_bidx).in_(numbers))
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


class HasName(Protocol):
    """A member, or the values of one that a text was read against."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> bytes: ...


def member_name(session: Session, vault: Vault, member: HasName) -> str:
    return vault.open(session, member.name, Place("members", "name", member.id))


class HasPhone(Protocol):
    """A member, or the values of one that a batch has read."""

    id: str
    phone: bytes


def member_phone(session: Session, vault: Vault, member: HasPhone) -> str:
    return vault.open(session, member.phone, Place("members", "phone", member.id))


def held_counts(session: Session, agency_id: str) -> dict[str, int]:
    """How many open families each caseworker of the agency has."""
    query = select(col(Family.caseworker_id), func.count()).where(
        col(Family.agency_id) == agency_id, col(Family.closed_at).is_(None), col(Family.caseworker_id).is_not(None)
    )
    return {str(worker): many for worker, many in session.execute(query.group_by(col(Family.caseworker_id)))}


def open_count(session: Session, agency_id: str) -> int:
    """How many families of the agency are not closed."""
    query = select(func.count()).where(col(Family.agency_id) == agency_id, col(Family.closed_at).is_(None))
    return int(session.execute(query).scalar_one())


def open_held(session: Session, viewer: Viewer) -> list[Family]:
    """The viewer's families that are not closed."""
    query = held_by(viewer).where(col(Family.closed_at).is_(None)).order_by(col(Family.id))
    return list(session.execute(query).scalars())


def present_in(session: Session, agency_id: str, family_ids: list[str]) -> dict[str, list[Member]]:
    """Who has not left, by family, in one read."""
    query = select(Member).where(
        col(Member.agency_id) == agency_id, col(Member.family_id).in_(family_ids), col(Member.left_at).is_(None)
    )
    found: dict[str, list[Member]] = {family_id: [] for family_id in family_ids}
    for member in session.execute(query.order_by(col(Member.created_at), col(Member.id))).scalars():
        found[member.family_id].append(member)
    return found


def new_family(
    session: Session, vault: Vault, *, agency_id: str, ref: str, name: str, zone: str, caseworker_id: str | None,
    at: datetime,
) -> Family:  # fmt: skip
    """A family with a data key of its own."""
    family = Family(
        id=new_id(), agency_id=agency_id, ref=ref, name=b"", zone=zone, caseworker_id=caseworker_id, created_at=at
    )  # fmt: skip
    session.add(family)
    session.flush()  # the key's row is linked to the family's
    vault.new_key(session, agency_id, family.id)
    give_name(session, vault, family, name)
    return family


def give_name(session: Session, vault: Vault, family: Family, name: str) -> None:
    """Seal a family's name under its own key."""
    place = Place("families", "name", family.id)
    family.name = vault.seal(session, name, place, agency_id=family.agency_id, family_id=family.id)


def give_words(session: Session, vault: Vault, member: Member, column: str, words: str) -> None:
    """Seal one of a member's own words (`MEMBER_WORDS`) under the family's key; a phone gets its look-up key too."""
    assert column in MEMBER_WORDS
    place = Place("members", column, member.id)
    setattr(member, column, vault.seal(session, words, place, agency_id=member.agency_id, family_id=member.family_id))
    if column == "phone":
        before, member.to_bidx = member.to_bidx, vault.blind_index(member.agency_id, words)
        if member.to_bidx != before:
            member.number_bad_why = None  # what was wrong with the old number is not true of this one


def words_of(session: Session, vault: Vault, member: Member, column: str) -> str | None:
    """One of a member's own words, or None where it was never given."""
    sealed: Any = getattr(member, column)
    return vault.open(session, sealed, Place("members", column, member.id)) if sealed else None


def families_of(session: Session, agency_id: str) -> dict[str, Family]:
    """The agency's families by their reference."""
    rows = session.execute(select(Family).where(col(Family.agency_id) == agency_id)).scalars()
    return {row.ref: row for row in rows}


def members_by_ref(session: Session, agency_id: str) -> dict[str, Member]:
    """The agency's members by their reference."""
    rows = session.execute(select(Member).where(col(Member.agency_id) == agency_id)).scalars()
    return {row.ref: row for row in rows}


def of_agency(session: Session, agency_id: str, family_id: str) -> Family:
    """One family of this agency, for a step that no person triggered."""
    query = select(Family).where(col(Family.agency_id) == agency_id, col(Family.id) == family_id)
    found: Family = session.execute(query).scalar_one()
    return found


def caseworker_of(session: Session, agency_id: str, family_id: str) -> str | None:
    """The id of a family's caseworker, where it has one."""
    query = select(col(Family.caseworker_id)).where(col(Family.agency_id) == agency_id, col(Family.id) == family_id)
    return session.execute(query).scalar_one_or_none()


def hold(session: Session, member: Member) -> Member:
    """The member's row as it stands now, kept from other writers: the ladder's past is written whole."""
    if session.get_bind().dialect.name == "postgresql":
        session.refresh(member, attribute_names=["past", "level"], with_for_update={"key_share": True})
    return member
