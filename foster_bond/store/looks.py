"""Store: when a member of staff last read a family's page, so that what came since can be marked as new."""

from datetime import datetime

from sqlalchemy import Index, func, or_, select, update
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.inserting import insert_new


class Look(Owned, table=True):
    """One person and one family: the last look, and the end of the reading before it."""

    __tablename__ = "looks"
    __table_args__ = own_key(
        link("staff_id", "staff"),
        link("family_id", "families"),
        Index("uq_looks_once", "agency_id", "staff_id", "family_id", unique=True),
    )
    staff_id: str = Field(max_length=36)
    family_id: str = Field(max_length=36)
    seen_at: Instant
    before_at: Instant | None = None  # None: this is the first reading
    here_at: Instant | None = None  # the page was last on their screen then: it asks for news by itself
    writing_at: Instant | None = None  # they last typed then, into a note or a reply


def of_person(session: Session, agency_id: str, staff_id: str, family_id: str) -> Look | None:
    query = select(Look).where(
        col(Look.agency_id) == agency_id, col(Look.staff_id) == staff_id, col(Look.family_id) == family_id
    )
    return session.execute(query).scalar_one_or_none()


def first(session: Session, agency_id: str, staff_id: str, family_id: str, at: datetime) -> bool:
    """True where this is the first look of this person at this family, and nobody wrote it a moment ago."""
    row = {"id": new_id(), "agency_id": agency_id, "staff_id": staff_id, "family_id": family_id, "seen_at": at}
    return insert_new(session, Look, [row], ["agency_id", "staff_id", "family_id"]) == 1


def is_here(session: Session, agency_id: str, staff_id: str, family_id: str, at: datetime) -> None:
    """The page is on this person's screen."""
    _set(session, agency_id, staff_id, family_id, here_at=at)


def is_writing(session: Session, agency_id: str, staff_id: str, family_id: str, at: datetime) -> None:
    """This person has just typed."""
    _set(session, agency_id, staff_id, family_id, here_at=at, writing_at=at)


def _set(session: Session, agency_id: str, staff_id: str, family_id: str, **values: datetime) -> None:
    session.execute(
        update(Look)
        .where(col(Look.agency_id) == agency_id, col(Look.staff_id) == staff_id, col(Look.family_id) == family_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def others_here(session: Session, agency_id: str, staff_id: str, family_id: str, since: datetime) -> list[Look]:
    """Colleagues whose screen has shown the family since then, in the order in which they came to it."""
    query = select(Look).where(
        col(Look.agency_id) == agency_id,
        col(Look.family_id) == family_id,
        col(Look.staff_id) != staff_id,
        or_(col(Look.here_at) > since, col(Look.seen_at) > since),
    )
    return list(session.execute(query.order_by(col(Look.id))).scalars())


def last_of_others(session: Session, agency_id: str, staff_id: str, family_id: str) -> datetime | None:
    """When a colleague last opened the family's page."""
    query = select(func.max(col(Look.seen_at))).where(
        col(Look.agency_id) == agency_id, col(Look.family_id) == family_id, col(Look.staff_id) != staff_id
    )
    return session.execute(query).scalar()
