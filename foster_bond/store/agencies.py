"""Store: agencies, their manners and their numbers."""

import json
from datetime import time
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Column, Float, Text, bindparam, cast, select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.rules.sender_tiers import DEFAULT, TIERS
from foster_bond.store.base import Instant
from foster_bond.store.ids import new_id
from foster_bond.store.prepared import Prepared
from foster_bond.store.sealing import Place, Vault


class Agency(SQLModel, table=True):
    """One agency and the settings that its schedules and texts obey. Its numbers are sealed under its own key."""

    __tablename__ = "agencies"
    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    slug: str = Field(unique=True, max_length=63)
    name: str = Field(max_length=120)
    text_name: str = Field(max_length=17)  # how texts name it; 17 septets, so that every shipped text is one segment
    zone: str = Field(max_length=64)
    country: str = Field(default="US", max_length=2)
    language: str = Field(default="en", max_length=2)
    created_at: Instant
    sender: bytes | None = None
    sender_bidx: str | None = Field(default=None, max_length=32, unique=True)
    phone: bytes | None = None
    oncall: bytes | None = None
    hotline: bytes | None = None
    polite_from: time = time(9)
    polite_until: time = time(20)
    polite_sunday_from: time = time(12)
    prompts_a_day: int = 1
    prompts_a_week: int = 4
    texts_a_week: int = 6
    sends_acks: bool = True
    tells_hand_over: bool = False  # a family is told by text that another worker reads now
    state: str | None = Field(default=None, max_length=3)  # whose public holidays these are, and whose texting hours
    # Public holidays on which nothing is sent, by name (rules/public_holidays.py), every year.
    holidays: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    closed_days: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    sender_tier: str = Field(default=DEFAULT, max_length=20)  # which pace its sender is registered for
    texts_per_second: float = TIERS[DEFAULT]  # segments; the tier's
    segment_price: int | None = None  # what one segment costs, in ten-thousandths of its currency; None: not said
    sending_paused_why: str | None = Field(default=None, max_length=200)
    numbers_checked_on: Instant | None = None
    # What staff have to do about each kind of alert, in the agency's own words; a missing one is ours.
    duties: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


NUMBERS = ("sender", "phone", "oncall", "hotline")


def by_slug(session: Session, slug: str) -> Agency | None:
    return session.execute(select(Agency).where(col(Agency.slug) == slug)).scalar_one_or_none()


def by_id(session: Session, agency_id: str) -> Agency:
    """The agency; it exists, since every row that names one is linked to it."""
    agency = session.get(Agency, agency_id)
    assert agency is not None
    return agency


def lock(session: Session, agency_id: str) -> Agency:
    """The agency, held until this transaction ends: one at a time may count its admins or number its audit."""
    query = select(Agency).where(col(Agency.id) == agency_id).with_for_update()
    agency: Agency = session.execute(query).scalar_one()
    return agency


def every(session: Session) -> list[Agency]:
    return list(session.execute(select(Agency).order_by(col(Agency.slug))).scalars())


def first(session: Session) -> Agency | None:
    """The agency that was set up first: the one the carrier settings' sender belongs to."""
    return session.execute(
        select(Agency).order_by(col(Agency.created_at), col(Agency.id)).limit(1)
    ).scalar_one_or_none()


def by_sender(session: Session, vault: Vault, number: str) -> Agency | None:
    """Whose number this is: `To` decides the agency before `From` is looked at."""
    return session.execute(_BY_SENDER, {"number": vault.sender_index(number)}).scalar_one_or_none()


def addressed(session: Session, vault: Vault, number: str) -> Agency | None:
    """The same, for the road that every text takes: it belongs to no session and is shared, so it is only read.

    What was read is kept for as long as the row stays the same, whoever changes it.
    """
    session.flush()
    rows = _ADDRESSED.rows(session, {"number": vault.sender_index(number)})
    return _made(rows[0]) if rows else None


@lru_cache(maxsize=256)
def _made(row: tuple[Any, ...]) -> Agency:
    said = zip(_COLUMNS, row, strict=True)
    return Agency(**{one.name: json.loads(value) if isinstance(one.type, JSON) else value for one, value in said})


def _as_read(one: Any) -> Any:
    """A column as something that can be compared, and that every driver gives as it stands."""
    if isinstance(one.type, JSON):
        return cast(one, Text)
    return type_coerce(one, NullType()) if isinstance(one.type, Float) else one


_COLUMNS: tuple[Any, ...] = tuple(Agency.__table__.c)  # type: ignore[attr-defined]  # SQLModel does not type it
_ADDRESSED = Prepared(
    select(*(_as_read(one) for one in _COLUMNS)).where(col(Agency.sender_bidx) == bindparam("number"))
)
_BY_SENDER = select(Agency).where(col(Agency.sender_bidx) == bindparam("number"))  # built once: every text asks it


def give_number(session: Session, vault: Vault, agency: Agency, which: str, number: str | None) -> None:
    """Seal one of the agency's numbers (`NUMBERS`); None takes it away."""
    assert which in NUMBERS
    sealed = None
    if number:
        sealed = vault.seal(session, number, Place("agencies", which, agency.id), agency_id=agency.id, family_id=None)
    setattr(agency, which, sealed)
    if which == "sender":
        agency.sender_bidx = vault.sender_index(number) if number else None


def number_of(session: Session, vault: Vault, agency: Agency, which: str) -> str | None:
    """One of the agency's numbers, E.164, or None where it is not set."""
    sealed: Any = getattr(agency, which)
    return vault.open(session, sealed, Place("agencies", which, agency.id)) if sealed else None
