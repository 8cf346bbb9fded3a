"""Store: moments of a timeline that staff pinned, to open the next visit with."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, select, text, update
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.inserting import insert_new

WHAT = ("reflection", "note", "alert")
OPEN = "removed_at IS NULL AND visit_id IS NULL"


class Pin(Owned, table=True):
    """One moment, pinned until it is taken out or a visit has been opened with it."""

    __tablename__ = "pins"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("visit_id", "visits"),
        link("pinned_by", "staff"),
        link("removed_by", "staff"),
        one_of("what", WHAT),
        Index(
            "uq_pins_open", "agency_id", "family_id", "moment_id", unique=True, sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index("ix_pins_visit", "agency_id", "visit_id"),
    )  # fmt: skip
    family_id: str = Field(max_length=36)
    what: str = Field(max_length=10)
    moment_id: str = Field(max_length=36)  # the row of that kind: the anchor on the family's page
    pinned_by: str | None = Field(default=None, max_length=36)
    pinned_at: Instant
    visit_id: str | None = Field(default=None, max_length=36)  # the visit that it was pinned for, once made
    removed_by: str | None = Field(default=None, max_length=36)
    removed_at: Instant | None = None


def put(
    session: Session, *, agency_id: str, family_id: str, what: str, moment_id: str, by: str | None, at: datetime
) -> bool:
    """True where the moment was not pinned yet: two who pin it at once make one pin."""
    row = {
        "id": new_id(), "agency_id": agency_id, "family_id": family_id, "what": what, "moment_id": moment_id,
        "pinned_by": by, "pinned_at": at,
    }  # fmt: skip
    return insert_new(session, Pin, [row], ["agency_id", "family_id", "moment_id"], where=text(OPEN)) == 1


def open_of(session: Session, agency_id: str, family_id: str) -> list[Pin]:
    """What is pinned for the next visit, in the order in which it was pinned."""
    query = select(Pin).where(col(Pin.agency_id) == agency_id, col(Pin.family_id) == family_id, text(OPEN))
    return list(session.execute(query.order_by(col(Pin.pinned_at), col(Pin.id))).scalars())


def of_visits(session: Session, agency_id: str, visit_ids: Sequence[str]) -> list[Pin]:
    """What these visits were opened with, in the order in which it was pinned."""
    query = select(Pin).where(col(Pin.agency_id) == agency_id, col(Pin.visit_id).in_(visit_ids))
    return list(session.execute(query.order_by(col(Pin.pinned_at), col(Pin.id))).scalars())


def take_out(
    session: Session, *, agency_id: str, family_id: str, moment_id: str, by: str | None, at: datetime
) -> bool:  # fmt: skip
    """True where it was pinned; a pin of a visit that was made stays."""
    query = select(Pin).where(
        col(Pin.agency_id) == agency_id, col(Pin.family_id) == family_id, col(Pin.moment_id) == moment_id, text(OPEN)
    )
    pin = session.execute(query.with_for_update()).scalar_one_or_none()
    if pin is None:
        return False
    pin.removed_by, pin.removed_at = by, at
    session.flush()
    return True


def hand_to_visit(session: Session, agency_id: str, family_id: str, visit_id: str) -> None:
    """The visit has been made: what was pinned for it is its own now."""
    session.execute(
        update(Pin)
        .where(col(Pin.agency_id) == agency_id, col(Pin.family_id) == family_id, text(OPEN))
        .values(visit_id=visit_id)
        .execution_options(synchronize_session="fetch")
    )


def give_back(session: Session, agency_id: str, family_id: str, visit_id: str) -> None:
    """The visit was not made after all: its pins wait again, but for those that were pinned anew."""
    again = {pin.moment_id for pin in open_of(session, agency_id, family_id)}
    for pin in of_visits(session, agency_id, [visit_id]):
        if pin.moment_id not in again:
            pin.visit_id = None
    session.flush()
