"""Store: what stops sending as a whole, and each sender's place in its pace."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.store.base import Instant

CREDENTIALS = "credentials"  # the account is refused: everybody waits


class Pause(SQLModel, table=True):
    """Sending rests. `key` is "credentials" or "sender:<agency>"; `until` None = until a person acts."""

    __tablename__ = "pauses"
    key: str = Field(primary_key=True, max_length=50)
    why: str = Field(max_length=300)
    since: Instant
    until: Instant | None = None


class SenderPace(SQLModel, table=True):
    """What one agency's sender may still send at an instant, in segments."""

    __tablename__ = "sender_paces"
    agency_id: str = Field(primary_key=True, max_length=36, foreign_key="agencies.id")
    segments: float
    at: Instant


def sender_key(agency_id: str) -> str:
    return f"sender:{agency_id}"


def begin(session: Session, key: str, why: str, now: datetime, until: datetime | None) -> None:
    """Pause, or keep the older pause and prolong it."""
    row = session.get(Pause, key)
    if row is None:
        session.add(Pause(key=key, why=why, since=now, until=until))
    else:
        row.until, row.why = until, why
    session.flush()


def end(session: Session, key: str) -> None:
    session.execute(delete(Pause).where(col(Pause.key) == key))


def in_force(session: Session, now: datetime) -> dict[str, Pause]:
    """Every pause that still holds, by key."""
    rows = session.execute(select(Pause)).scalars()
    return {row.key: row for row in rows if row.until is None or row.until > now}


def everything(session: Session) -> list[Pause]:
    return list(session.execute(select(Pause).order_by(col(Pause.since))).scalars())


class TakenElsewhere(Exception):
    """Another process holds this row for the moment; leave it to that one."""


def pace_of(session: Session, agency_id: str) -> SenderPace | None:
    """The pace row of an agency, locked; None where there is none yet.

    Raises: TakenElsewhere where another clock holds it at this moment.
    """
    if session.get(SenderPace, agency_id) is None:
        return None
    query = select(SenderPace).where(col(SenderPace.agency_id) == agency_id).with_for_update(skip_locked=True)
    row: SenderPace | None = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise TakenElsewhere(agency_id)
    return row


def keep_pace(session: Session, agency_id: str, segments: float, at: datetime) -> None:
    """Write what the sender may still send."""
    session.merge(SenderPace(agency_id=agency_id, segments=segments, at=at))
