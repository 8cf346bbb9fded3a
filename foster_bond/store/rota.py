"""Store: the rota of an agency: its weekly pattern, the days that differ, and who is off when."""

from datetime import date, datetime, time
from typing import cast

from sqlalchemy import CursorResult, Index, delete, select
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.rules.rota import Leave, Rota, Stretch
from foster_bond.store.agencies import Agency
from foster_bond.store.base import Owned, link, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.staff import Staff


class RotaShift(Owned, table=True):
    """A watch that comes every week on one weekday."""

    __tablename__ = "rota_shifts"
    __table_args__ = own_key(link("staff_id", "staff"), Index("ix_rota_shifts", "agency_id", "weekday"))
    weekday: int  # 0 = Monday
    since: time
    until: time  # at or before `since`: an hour of the next day
    staff_id: str = Field(max_length=36)


class RotaException(Owned, table=True):
    """A watch of one date, in place of that weekday's pattern; without a person: nobody on that day."""

    __tablename__ = "rota_exceptions"
    __table_args__ = own_key(link("staff_id", "staff"), Index("ix_rota_exceptions", "agency_id", "day"))
    day: date
    since: time
    until: time
    staff_id: str | None = Field(default=None, max_length=36)


class TimeOff(Owned, table=True):
    """Local days on which a person is not called; both ends count."""

    __tablename__ = "time_off"
    __table_args__ = own_key(link("staff_id", "staff"), Index("ix_time_off", "agency_id", "last"))
    staff_id: str = Field(max_length=36)
    first: date
    last: date


def of_agency(session: Session, agency: Agency) -> Rota:
    """The agency's rota as the rules read it."""
    exceptions = list(exceptions_of(session, agency.id))
    return Rota(
        zone=agency.zone,
        week=tuple((one.weekday, Stretch(one.since, one.until, one.staff_id)) for one in shifts(session, agency.id)),
        exceptions=tuple(
            (one.day, Stretch(one.since, one.until, one.staff_id)) for one in exceptions if one.staff_id is not None
        ),
        days_without=frozenset(one.day for one in exceptions if one.staff_id is None),
        leaves=tuple(Leave(one.staff_id, one.first, one.last) for one in leaves(session, agency.id)),
    )


def shifts(session: Session, agency_id: str) -> list[RotaShift]:
    """The weekly pattern in order."""
    query = select(RotaShift).where(col(RotaShift.agency_id) == agency_id)
    return list(
        session.execute(query.order_by(col(RotaShift.weekday), col(RotaShift.since), col(RotaShift.id))).scalars()
    )


def exceptions_of(session: Session, agency_id: str) -> list[RotaException]:
    """The dates that differ, in order."""
    query = select(RotaException).where(col(RotaException.agency_id) == agency_id)
    return list(
        session.execute(
            query.order_by(col(RotaException.day), col(RotaException.since), col(RotaException.id))
        ).scalars()
    )


def leaves(session: Session, agency_id: str) -> list[TimeOff]:
    """Everybody's time off, in order."""
    query = select(TimeOff).where(col(TimeOff.agency_id) == agency_id)
    return list(session.execute(query.order_by(col(TimeOff.first), col(TimeOff.id))).scalars())


def add_shift(session: Session, agency_id: str, weekday: int, since: time, until: time, staff_id: str) -> str:
    """The id of a new weekly watch."""
    return _add(session, RotaShift(id=new_id(), agency_id=agency_id, weekday=weekday, since=since, until=until,
                                   staff_id=staff_id))  # fmt: skip


def add_exception(session: Session, agency_id: str, day: date, since: time, until: time, staff_id: str | None) -> str:
    """The id of a new watch of one date."""
    return _add(session, RotaException(id=new_id(), agency_id=agency_id, day=day, since=since, until=until,
                                       staff_id=staff_id))  # fmt: skip


def add_leave(session: Session, agency_id: str, staff_id: str, first: date, last: date) -> str:
    """The id of new time off."""
    return _add(session, TimeOff(id=new_id(), agency_id=agency_id, staff_id=staff_id, first=first, last=last))


def remove(session: Session, agency_id: str, row_id: str) -> bool:
    """Take one row out, of whichever kind. True where it was there."""
    gone = 0
    for table in (RotaShift, RotaException, TimeOff):
        done = session.execute(delete(table).where(col(table.agency_id) == agency_id, col(table.id) == row_id))
        gone += cast(CursorResult[object], done).rowcount
    return bool(gone)


def on_call_and_away(rota: Rota, everybody: list[Staff], at: datetime) -> tuple[list[str], frozenset[str]]:
    """Who is on call now and who is off; an agency without a rota has marked its people instead."""
    away = rota.away(at)
    if rota.is_kept:
        return list(rota.on_call(at)), away
    return [person.id for person in everybody if person.on_call and person.id not in away], away


def _add(session: Session, row: SQLModel) -> str:
    session.add(row)
    session.flush()
    return str(row.id)  # type: ignore[attr-defined]  # every table here is Owned
