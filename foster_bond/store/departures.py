"""Store: who has left, or which placement has ended, and what staff decided should happen then."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, select
from sqlmodel import Field, Session, col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.departure import Why
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.families import Family, held_by


class Departure(Owned, table=True):
    """One person who left, or (no member) a whole placement that ended. Undone, it stays for the record."""

    __tablename__ = "departures"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        link("event_id", "placement_events"),
        link("by_id", "staff"),
        link("decided_by", "staff"),
        link("undone_by", "staff"),
        one_of("why", Why),
        UniqueConstraint("agency_id", "event_id"),
        Index("ix_departures_family", "agency_id", "family_id", "at"),
    )
    family_id: str = Field(max_length=36)
    member_id: str | None = Field(default=None, max_length=36)
    event_id: str | None = Field(default=None, max_length=36)  # the move or ending, of a whole placement
    why: str = Field(max_length=10)
    at: Instant
    by_id: str | None = Field(default=None, max_length=36)  # None: the clock (somebody came of age), or a command
    decided_at: Instant | None = None  # None: every text has stopped, and staff have not said what should happen
    decided_by: str | None = Field(default=None, max_length=36)
    closing_note: bool = False
    aftercare: bool = False
    undone_at: Instant | None = None
    undone_by: str | None = Field(default=None, max_length=36)


def standing(session: Session, agency_id: str, family_ids: Collection[str]) -> list[Departure]:
    """What has not been undone about these families, the latest first."""
    query = select(Departure).where(
        col(Departure.agency_id) == agency_id,
        col(Departure.family_id).in_(family_ids),
        col(Departure.undone_at).is_(None),
    )
    return list(session.execute(query.order_by(col(Departure.at).desc(), col(Departure.id).desc())).scalars())


def every_of(session: Session, agency_id: str, family_id: str) -> list[Departure]:
    """Everything about one family, also what was undone, the oldest first."""
    query = select(Departure).where(col(Departure.agency_id) == agency_id, col(Departure.family_id) == family_id)
    return list(session.execute(query.order_by(col(Departure.at), col(Departure.id))).scalars())


def of_event(session: Session, agency_id: str, event_id: str) -> Departure | None:
    """What followed from one placement event, undone or not."""
    query = select(Departure).where(col(Departure.agency_id) == agency_id, col(Departure.event_id) == event_id)
    return session.execute(query).scalar_one_or_none()


def one_of_viewer(session: Session, viewer: Viewer, departure_id: str) -> Departure:
    """A departure that stands, of a family that the viewer holds, locked where the engine can. Raises: NotYours."""
    held = held_by(viewer).with_only_columns(col(Family.id))
    query = select(Departure).where(
        col(Departure.agency_id) == viewer.agency_id,
        col(Departure.id) == departure_id,
        col(Departure.undone_at).is_(None),
        col(Departure.family_id).in_(held),
    )
    found: Departure | None = session.execute(query.with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotYours("departure")
    return found


def with_notes_due(session: Session, since: datetime) -> list[Departure]:
    """Departures of every agency, decided after that instant, that want a closing note or aftercare."""
    query = select(Departure).where(
        col(Departure.decided_at) >= since,
        col(Departure.undone_at).is_(None),
        col(Departure.closing_note).is_(True),
    )
    return list(session.execute(query.order_by(col(Departure.decided_at), col(Departure.id))).scalars())
