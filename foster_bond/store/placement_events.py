"""Store: what happened to a placement: a start, a move, an ending, a respite."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import Index, select
from sqlmodel import Field, Session, col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.placement_status import PlacementEvent as Event
from foster_bond.rules.placement_status import PlacementKind
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.families import Family, held_by
from foster_bond.store.ids import new_id
from foster_bond.store.sealing import Place, Vault


class PlacementEvent(Owned, table=True):
    """One event of a family's placement. Taken out, it stays for the record."""

    __tablename__ = "placement_events"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("added_by", "staff"),
        link("removed_by", "staff"),
        one_of("kind", PlacementKind),
        Index("ix_placement_events_family", "agency_id", "family_id", "day"),
    )
    family_id: str = Field(max_length=36)
    kind: str = Field(max_length=10)
    day: date
    last_day: date | None = None  # of a respite; None: until somebody says
    note: bytes | None = None
    added_by: str | None = Field(default=None, max_length=36)  # None: the operator at the command line
    added_at: Instant
    removed_by: str | None = Field(default=None, max_length=36)
    removed_at: Instant | None = None

    @property
    def event(self) -> Event:
        """The event as the rules see it."""
        return Event(PlacementKind(self.kind), self.day, self.last_day)


def add(
    session: Session, vault: Vault, *, agency_id: str, family_id: str, event: Event, note: str, added_by: str | None,
    at: datetime,
) -> PlacementEvent:  # fmt: skip
    """A new event; its note is sealed under the family's key."""
    row = PlacementEvent(
        id=new_id(), agency_id=agency_id, family_id=family_id, kind=event.kind.value, day=event.day,
        last_day=event.last_day, added_by=added_by, added_at=at,
    )  # fmt: skip
    if note:
        place = Place("placement_events", "note", row.id)
        row.note = vault.seal(session, note, place, agency_id=agency_id, family_id=family_id)
    session.add(row)
    session.flush()
    return row


def note_of(session: Session, vault: Vault, row: PlacementEvent) -> str:
    """What staff wrote beside an event; empty where they wrote nothing or the family's key is gone."""
    return vault.open_note(session, row.note, Place("placement_events", "note", row.id))


def of_families(
    session: Session, agency_ids: Collection[str], family_ids: Collection[str]
) -> Mapping[str, list[PlacementEvent]]:
    """What stands about these families, by family, in the order it was recorded."""
    query = select(PlacementEvent).where(
        col(PlacementEvent.agency_id).in_(agency_ids),
        col(PlacementEvent.family_id).in_(family_ids),
        col(PlacementEvent.removed_at).is_(None),
    )
    found: dict[str, list[PlacementEvent]] = defaultdict(list)
    for row in session.execute(query.order_by(col(PlacementEvent.added_at), col(PlacementEvent.id))).scalars():
        found[row.family_id].append(row)
    return found


def one_of_viewer(session: Session, viewer: Viewer, event_id: str, *, lock: bool = True) -> PlacementEvent:
    """An event that stands, of a family that the viewer holds. Raises: NotYours."""
    held = held_by(viewer).with_only_columns(col(Family.id))
    query = select(PlacementEvent).where(
        col(PlacementEvent.agency_id) == viewer.agency_id,
        col(PlacementEvent.id) == event_id,
        col(PlacementEvent.removed_at).is_(None),
        col(PlacementEvent.family_id).in_(held),
    )
    query = query.with_for_update() if lock else query
    found: PlacementEvent | None = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotYours("placement event")
    return found
