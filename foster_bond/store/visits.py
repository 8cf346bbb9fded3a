"""Store: visits of staff to a family, planned and done. What was heard is read from one visit to the next."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, func, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.inserting import insert_new
from foster_bond.store.sealing import Place, Vault


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"  # taken back or not made; it stays for the record


class Visit(Owned, table=True):
    """One visit. `done_at` is when staff said so, `since_at` where the reading after it begins."""

    __tablename__ = "visits"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("made_by", "staff"),
        link("done_by", "staff"),
        one_of("state", VisitState),
        Index("uq_visits_once", "agency_id", "once_key", unique=True),
        Index("ix_visits_family", "agency_id", "family_id", "state", "day"),
        Index("ix_visits_day", "agency_id", "state", "day"),
    )
    family_id: str = Field(max_length=36)
    state: str = Field(max_length=10)
    day: date  # on the family's wall: the planned day, then the day of the visit
    was_planned: bool = False
    note: bytes | None = None
    made_by: str | None = Field(default=None, max_length=36)
    made_at: Instant
    done_by: str | None = Field(default=None, max_length=36)
    done_at: Instant | None = None
    since_at: Instant | None = None
    once_key: str = Field(max_length=80)  # the form's own key: pressed twice, written once


def plan(
    session: Session, *, agency_id: str, family_id: str, day: date, made_by: str | None, at: datetime, once_key: str
) -> bool:
    """True where the plan is new; the same form sent twice plans one visit."""
    row = {
        "id": new_id(), "agency_id": agency_id, "family_id": family_id, "state": VisitState.PLANNED.value, "day": day,
        "was_planned": True, "made_by": made_by, "made_at": at, "once_key": once_key,
    }  # fmt: skip
    return insert_new(session, Visit, [row], ["agency_id", "once_key"]) == 1


def add_done(
    session: Session, vault: Vault, *, agency_id: str, family_id: str, day: date, by: str | None, at: datetime,
    since_at: datetime, note: str, once_key: str,
) -> str | None:  # fmt: skip
    """The id of a visit that nobody had planned; None where this form has been sent before."""
    visit_id = new_id()
    row = {
        "id": visit_id, "agency_id": agency_id, "family_id": family_id, "state": VisitState.DONE.value, "day": day,
        "was_planned": False, "note": _sealed(session, vault, note, agency_id, family_id, visit_id), "made_by": by,
        "made_at": at, "done_by": by, "done_at": at, "since_at": since_at, "once_key": once_key,
    }  # fmt: skip
    return visit_id if insert_new(session, Visit, [row], ["agency_id", "once_key"]) == 1 else None


def finish(
    session: Session, vault: Vault, visit: Visit, *, day: date, by: str | None, at: datetime, since_at: datetime,
    note: str, once_key: str,
) -> None:  # fmt: skip
    """A planned visit has been made. It takes the key of the form that said so."""
    visit.state, visit.day, visit.once_key = VisitState.DONE.value, day, once_key
    visit.done_by, visit.done_at, visit.since_at = by, at, since_at
    if note:
        visit.note = _sealed(session, vault, note, visit.agency_id, visit.family_id, visit.id)
    session.flush()


def undo(session: Session, visit: Visit) -> None:
    """The visit was not made after all: a plan is a plan again, anything else is taken back."""
    if visit.was_planned:
        visit.state = VisitState.PLANNED.value
        visit.done_by = visit.done_at = visit.since_at = None
    else:
        visit.state = VisitState.CANCELLED.value
    session.flush()


def known(session: Session, agency_id: str, once_key: str) -> bool:
    """True where this form has been sent before."""
    query = select(col(Visit.id)).where(col(Visit.agency_id) == agency_id, col(Visit.once_key) == once_key)
    return session.execute(query).first() is not None


def _sealed(
    session: Session, vault: Vault, note: str, agency_id: str, family_id: str, visit_id: str
) -> bytes | None:  # fmt: skip
    place = Place("visits", "note", visit_id)
    return vault.seal(session, note, place, agency_id=agency_id, family_id=family_id) if note else None


def note_of(session: Session, vault: Vault, visit: Visit) -> str:
    """What was written beside a visit; empty where nothing was, or the family's key is gone."""
    return vault.open_note(session, visit.note, Place("visits", "note", visit.id))


def one(session: Session, agency_id: str, family_id: str, visit_id: str) -> Visit | None:
    """One visit of a family, locked where the engine can."""
    query = select(Visit).where(
        col(Visit.agency_id) == agency_id, col(Visit.family_id) == family_id, col(Visit.id) == visit_id
    )
    return session.execute(query.with_for_update()).scalar_one_or_none()


def of_family(session: Session, agency_id: str, family_id: str, limit: int) -> list[Visit]:
    """The visits that were made, the latest first."""
    query = select(Visit).where(
        col(Visit.agency_id) == agency_id, col(Visit.family_id) == family_id, col(Visit.state) == VisitState.DONE.value
    )
    ordered = query.order_by(col(Visit.since_at).desc(), col(Visit.id).desc())
    return list(session.execute(ordered.limit(limit)).scalars())


def planned_of(session: Session, agency_id: str, family_id: str, *, lock: bool = False) -> list[Visit]:
    """The visits that are planned, the next first; locked where the engine can, if asked."""
    query = select(Visit).where(
        col(Visit.agency_id) == agency_id,
        col(Visit.family_id) == family_id,
        col(Visit.state) == VisitState.PLANNED.value,
    )
    query = query.order_by(col(Visit.day), col(Visit.id))
    return list(session.execute(query.with_for_update() if lock else query).scalars())


def last_done(session: Session, agency_id: str, family_ids: Collection[str]) -> Mapping[str, date]:
    """The day of the latest visit that was made to each family; a family that was never visited is left out."""
    query = select(col(Visit.family_id), func.max(col(Visit.day))).where(
        col(Visit.agency_id) == agency_id,
        col(Visit.family_id).in_(family_ids),
        col(Visit.state) == VisitState.DONE.value,
    )
    return dict(session.execute(query.group_by(col(Visit.family_id))).all())


def next_planned(session: Session, agency_id: str, family_ids: Collection[str]) -> Mapping[str, date]:
    """The earliest planned day of each family, also one that has passed; none planned, left out."""
    query = select(col(Visit.family_id), func.min(col(Visit.day))).where(
        col(Visit.agency_id) == agency_id,
        col(Visit.family_id).in_(family_ids),
        col(Visit.state) == VisitState.PLANNED.value,
    )
    return dict(session.execute(query.group_by(col(Visit.family_id))).all())


def planned_between(
    session: Session, agency_ids: Collection[str], family_ids: Collection[str], first: date, last: date
) -> Mapping[str, list[date]]:
    """The days of planned visits from `first` to `last`, both included, in order, by family."""
    query = select(col(Visit.family_id), col(Visit.day)).where(
        col(Visit.agency_id).in_(agency_ids),
        col(Visit.family_id).in_(family_ids),
        col(Visit.state) == VisitState.PLANNED.value,
        col(Visit.day).between(first, last),
    )
    found: dict[str, list[date]] = {}
    for family_id, day in session.execute(query.order_by(col(Visit.day), col(Visit.id))):
        found.setdefault(family_id, []).append(day)
    return found
