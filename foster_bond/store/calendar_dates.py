"""Store: the dates of a family, and of an agency for all its families. Only kind and time stand in the clear."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Index, and_, func, or_, select
from sqlmodel import Field, Session, col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.blackout import VISIT_KINDS, DateKind, MarkedDate, VisitManner
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.families import Family, held_by
from foster_bond.store.ids import new_id
from foster_bond.store.sealing import Place, Vault

REACH = timedelta(days=6)  # a date holds for 24 h before and 72 h after, on whatever wall


class CalendarDate(Owned, table=True):
    """One marked date. `family_id` None: it holds for all families of the agency. Taken out, it stays on record."""

    __tablename__ = "calendar_dates"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("added_by", "staff"),
        link("removed_by", "staff"),
        one_of("kind", DateKind),
        one_of("manner", VisitManner, nullable=True),
        Index("ix_calendar_dates_family", "agency_id", "family_id", "last_day"),
    )
    family_id: str | None = Field(default=None, max_length=36)
    kind: str = Field(max_length=20)
    day: date
    last_day: date
    at: time | None = None  # on the family's wall; None: the whole day
    until: time | None = None
    manner: str | None = Field(default=None, max_length=10)  # of a visit
    note: bytes | None = None
    added_by: str | None = Field(default=None, max_length=36)  # None: the operator at the command line
    added_at: Instant
    removed_by: str | None = Field(default=None, max_length=36)
    removed_at: Instant | None = None

    @property
    def marked(self) -> MarkedDate:
        """The date as the rules see it."""
        manner = None if self.manner is None else VisitManner(self.manner)
        return MarkedDate(DateKind(self.kind), self.day, self.last_day, self.at, self.until, manner)


def add(
    session: Session, vault: Vault, *, agency_id: str, family_id: str | None, date_: MarkedDate, note: str,
    added_by: str | None, at: datetime,
) -> CalendarDate:  # fmt: skip
    """A new date; its note is sealed under the family's key, or the agency's."""
    row = CalendarDate(
        id=new_id(), agency_id=agency_id, family_id=family_id, kind=date_.kind.value, day=date_.day,
        last_day=date_.last_day, at=date_.at, until=date_.until,
        manner=None if date_.manner is None else date_.manner.value, added_by=added_by,
        added_at=at,
    )  # fmt: skip
    if note:
        place = Place("calendar_dates", "note", row.id)
        row.note = vault.seal(session, note, place, agency_id=agency_id, family_id=family_id)
    session.add(row)
    session.flush()
    return row


def note_of(session: Session, vault: Vault, row: CalendarDate) -> str:
    """What staff wrote beside a date; empty where they wrote nothing or the family's key is gone."""
    return vault.open_note(session, row.note, Place("calendar_dates", "note", row.id))


def near(
    session: Session, agency_ids: Collection[str], family_ids: Collection[str], since: datetime, until: datetime
) -> Mapping[tuple[str, str | None], list[CalendarDate]]:
    """The dates that may hold anything between two instants, by agency and family (None: all of the agency's)."""
    span = and_(col(CalendarDate.last_day) >= (since - REACH).date(), col(CalendarDate.day) <= (until + REACH).date())
    query = select(CalendarDate).where(
        col(CalendarDate.agency_id).in_(agency_ids),
        or_(col(CalendarDate.family_id).is_(None), col(CalendarDate.family_id).in_(family_ids)),
        col(CalendarDate.removed_at).is_(None),
        or_(span, col(CalendarDate.kind) == DateKind.BIRTHDAY.value),  # a birthday comes every year
    )
    found: dict[tuple[str, str | None], list[CalendarDate]] = defaultdict(list)
    for row in session.execute(query.order_by(col(CalendarDate.day), col(CalendarDate.id))).scalars():
        found[row.agency_id, row.family_id].append(row)
    return found


def of_family(session: Session, agency_id: str, family_id: str, since: date) -> list[CalendarDate]:
    """A family's own dates that are not over, and every birthday, in order."""
    return _listed(session, agency_id, family_id, since)


def of_agency(session: Session, agency_id: str, since: date) -> list[CalendarDate]:
    """The dates that hold for every family of the agency and are not over, in order."""
    return _listed(session, agency_id, None, since)


def _listed(session: Session, agency_id: str, family_id: str | None, since: date) -> list[CalendarDate]:
    query = select(CalendarDate).where(
        col(CalendarDate.agency_id) == agency_id,
        col(CalendarDate.family_id).is_not_distinct_from(family_id),
        col(CalendarDate.removed_at).is_(None),
        or_(col(CalendarDate.last_day) >= since, col(CalendarDate.kind) == DateKind.BIRTHDAY.value),
    )
    return list(session.execute(query.order_by(col(CalendarDate.day), col(CalendarDate.id))).scalars())


def visits(session: Session, agency_id: str, family_id: str) -> list[date]:
    """The days of every family visit on a family's calendar, past and to come."""
    query = select(col(CalendarDate.day)).where(
        col(CalendarDate.agency_id) == agency_id,
        col(CalendarDate.family_id) == family_id,
        col(CalendarDate.kind) == DateKind.FAMILY_VISIT.value,
        col(CalendarDate.removed_at).is_(None),
    )
    return sorted(session.execute(query).scalars())


def around_visits(session: Session, agency_id: str, family_id: str) -> list[MarkedDate]:
    """Every visit on a family's own calendar, the cancelled ones included, past and to come."""
    query = select(CalendarDate).where(
        col(CalendarDate.agency_id) == agency_id,
        col(CalendarDate.family_id) == family_id,
        col(CalendarDate.kind).in_([kind.value for kind in VISIT_KINDS]),
        col(CalendarDate.removed_at).is_(None),
    )
    return [row.marked for row in session.execute(query.order_by(col(CalendarDate.id))).scalars()]


def how_many(session: Session, agency_id: str, family_id: str | None) -> int:
    """How many dates stand there."""
    query = select(func.count()).where(
        col(CalendarDate.agency_id) == agency_id,
        col(CalendarDate.family_id).is_not_distinct_from(family_id),
        col(CalendarDate.removed_at).is_(None),
    )
    return int(session.execute(query).scalar_one())


def one_of_viewer(session: Session, viewer: Viewer, date_id: str, *, lock: bool = True) -> CalendarDate:
    """A date that stands: of a family that the viewer holds, or the agency's. Raises: NotYours."""
    held = held_by(viewer).with_only_columns(col(Family.id))
    query = select(CalendarDate).where(
        col(CalendarDate.agency_id) == viewer.agency_id,
        col(CalendarDate.id) == date_id,
        col(CalendarDate.removed_at).is_(None),
        or_(col(CalendarDate.family_id).is_(None), col(CalendarDate.family_id).in_(held)),
    )
    query = query.with_for_update() if lock else query
    found: CalendarDate | None = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotYours("date")
    return found


def take_out(row: CalendarDate, by: str | None, at: datetime) -> None:
    """The date holds nothing any more; it stays for the record."""
    row.removed_by, row.removed_at = by, at


def marked(rows: Sequence[CalendarDate]) -> tuple[MarkedDate, ...]:
    return tuple(row.marked for row in rows)
