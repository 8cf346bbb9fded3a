"""Store: every text in, once per carrier id, and the reflections that they make up."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam, case, func, insert, select, update
from sqlalchemy import text as sql
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.inserting import Once
from foster_bond.store.prepared import Prepared
from foster_bond.store.sealing import Place, Vault


class InboundText(Owned, table=True):
    """A text as it came in. Sealed under the family's key once it is filed, under the agency's before."""

    __tablename__ = "inbound_texts"
    __table_args__ = own_key(
        UniqueConstraint("carrier_sid"),
        link("family_id", "families"),
        link("member_id", "members"),
        link("reflection_id", "reflections"),
        Index("ix_inbound_number", "agency_id", "from_bidx", "received_at"),
        Index("ix_inbound_family", "agency_id", "family_id", "received_at"),
        Index("ix_inbound_reflection", "agency_id", "reflection_id"),
    )
    family_id: str | None = Field(default=None, max_length=36)
    member_id: str | None = Field(default=None, max_length=36)
    reflection_id: str | None = Field(default=None, max_length=36)
    carrier_sid: str = Field(max_length=40)
    from_sealed: bytes
    from_bidx: str = Field(max_length=32)
    body: bytes
    kind: str = Field(max_length=20)  # reply | keyword | reaction | unplaced | staff
    meaning: str | None = Field(default=None, max_length=20)  # the keyword's meaning
    crisis: bool = False
    hard_day: bool = False
    media_count: int = 0
    received_at: Instant
    recovered: bool = False  # found in the carrier's list after an outage, not told to us at once
    filed_by: str | None = Field(default=None, max_length=36)  # the person who said whose it is; None: the rule
    carrier_at: Instant | None = None  # where it stands in the carrier's own list, once that was looked at
    withdrawn_at: Instant | None = None  # DELETE: off every page and export; the sealed words stay on file


UNORDERED = "parts > 1 AND ordered_at IS NULL"


class Reflection(Owned, table=True):
    """What one person answered to one prompt, or wrote unasked: all its parts."""

    __tablename__ = "reflections"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        link("occurrence_id", "occurrences"),
        UniqueConstraint("agency_id", "occurrence_id"),
        Index("ix_reflections_family", "agency_id", "family_id", "first_at"),
        Index("ix_reflections_member", "agency_id", "member_id", "last_at"),
        Index(
            "ix_reflections_unordered", "last_at", sqlite_where=sql(UNORDERED), postgresql_where=sql(UNORDERED)
        ),
    )  # fmt: skip
    family_id: str = Field(max_length=36)
    member_id: str = Field(max_length=36)
    occurrence_id: str | None = Field(default=None, max_length=36)
    prompt_key: str | None = Field(default=None, max_length=40)
    parts: int = 1
    late: bool = False
    rating: int | None = None
    maybe_other: bool = False  # two prompts were open: it may belong to the other one
    first_at: Instant
    last_at: Instant
    ordered_at: Instant | None = None  # when its parts were compared with the carrier's list, once


def said(session: Session, vault: Vault, text: InboundText) -> str:
    return vault.open(session, text.body, Place("inbound_texts", "body", text.id))


def sender(session: Session, vault: Vault, text: InboundText) -> str:
    return vault.open(session, text.from_sealed, Place("inbound_texts", "from_sealed", text.id))


def by_ids(session: Session, agency_id: str, text_ids: list[str]) -> dict[str, InboundText]:
    """These texts of the agency, by id, for a caller that has been let through to them already."""
    query = select(InboundText).where(col(InboundText.agency_id) == agency_id, col(InboundText.id).in_(text_ids))
    return {row.id: row for row in session.execute(query).scalars()}


def by_sid(session: Session, sid: str) -> InboundText | None:
    return session.execute(select(InboundText).where(col(InboundText.carrier_sid) == sid)).scalar_one_or_none()


def parts_of(session: Session, agency_id: str, reflection_ids: list[str]) -> list[InboundText]:
    """The texts of these reflections, in the order in which they were said."""
    query = (
        select(InboundText)
        .where(col(InboundText.agency_id) == agency_id, col(InboundText.reflection_id).in_(reflection_ids))
        .order_by(*in_order())
    )
    return list(session.execute(query).scalars())


def in_order() -> tuple[Any, ...]:
    """How the parts of an answer follow each other: as the carrier lists them where known, else as they came."""
    at = func.coalesce(col(InboundText.carrier_at), col(InboundText.received_at))
    return at, col(InboundText.received_at), col(InboundText.id)


def reflections_by_id(session: Session, agency_id: str, reflection_ids: list[str]) -> dict[str, Reflection]:
    """These reflections, by id."""
    query = select(Reflection).where(col(Reflection.agency_id) == agency_id, col(Reflection.id).in_(reflection_ids))
    return {row.id: row for row in session.execute(query).scalars()}


_TEXTS: Any = InboundText.__table__  # type: ignore[attr-defined]  # SQLModel does not type it
_REFLECTIONS: Any = Reflection.__table__  # type: ignore[attr-defined]  # SQLModel does not type it
_ONCE = Once(InboundText, ["carrier_sid"])
_FILE = Prepared(
    update(_TEXTS)
    .where(_TEXTS.c.agency_id == bindparam("b_agency"), _TEXTS.c.id == bindparam("b_id"))
    .values(crisis=bindparam("b_crisis"), reflection_id=bindparam("b_reflection"))
)
_BEGIN = Prepared(insert(_REFLECTIONS))
_AT = bindparam("b_at", type_=_REFLECTIONS.c.last_at.type)
_ADD_PART = Prepared(
    update(_REFLECTIONS)
    .where(_REFLECTIONS.c.agency_id == bindparam("b_agency"), _REFLECTIONS.c.id == bindparam("b_id"))
    .values(
        parts=_REFLECTIONS.c.parts + 1,
        first_at=case((_REFLECTIONS.c.first_at > _AT, _AT), else_=_REFLECTIONS.c.first_at),
        last_at=case((_REFLECTIONS.c.last_at < _AT, _AT), else_=_REFLECTIONS.c.last_at),
        rating=func.coalesce(_REFLECTIONS.c.rating, bindparam("b_rating", type_=_REFLECTIONS.c.rating.type)),
    )
)


def once(session: Session, **values: object) -> bool:
    """Store one inbound text. False where a text with this carrier id is stored already."""
    return _ONCE.add(session, values)


def file(session: Session, agency_id: str, text_id: str, *, crisis: bool, reflection_id: str | None) -> None:
    """What became of a text that has just been stored."""
    values = {"b_agency": agency_id, "b_id": text_id, "b_crisis": crisis, "b_reflection": reflection_id}
    _FILE.run(session, values)


def begin_reflection(session: Session, **values: object) -> None:
    """A reflection with its first part."""
    _BEGIN.run(session, values)


def add_part(session: Session, agency_id: str, reflection_id: str, at: datetime, number: int | None) -> None:
    """One part more, said at that time; a rating that is known stays."""
    values = {"b_agency": agency_id, "b_id": reflection_id, "b_at": at, "b_rating": number}
    _ADD_PART.run(session, values)


def unordered(session: Session, since: datetime, until: datetime, limit: int) -> list[Reflection]:
    """Answers of several parts that settled between two moments, and were not compared with the carrier's list yet."""
    query = select(Reflection).where(sql(UNORDERED), col(Reflection.last_at) > since, col(Reflection.last_at) <= until)
    return list(session.execute(query.order_by(col(Reflection.last_at), col(Reflection.id)).limit(limit)).scalars())


def unordered_of(session: Session, agency_id: str, reflection_ids: list[str]) -> list[Reflection]:
    """Those of these answers that nobody has compared meanwhile, locked where the engine can."""
    query = select(Reflection).where(
        col(Reflection.agency_id) == agency_id, col(Reflection.id).in_(reflection_ids), sql(UNORDERED)
    )
    return list(session.execute(query.with_for_update(skip_locked=True)).scalars())


def newest_reply(
    session: Session, agency_id: str, from_bidx: str, since: datetime, until: datetime
) -> InboundText | None:
    """The last reply of a number between two moments that has not been taken back."""
    query = select(InboundText).where(
        col(InboundText.agency_id) == agency_id,
        col(InboundText.from_bidx) == from_bidx,
        col(InboundText.received_at) > since,
        col(InboundText.received_at) <= until,
        col(InboundText.kind).in_(["reply", "unplaced"]),
        col(InboundText.withdrawn_at).is_(None),
    )
    query = query.order_by(col(InboundText.received_at).desc(), col(InboundText.id).desc())
    return session.execute(query.limit(1)).scalar_one_or_none()


def newest(session: Session, agency_id: str) -> datetime | None:
    """When the last text came in that this agency has."""
    query = select(func.max(col(InboundText.received_at))).where(col(InboundText.agency_id) == agency_id)
    return session.execute(query).scalar()
