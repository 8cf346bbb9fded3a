"""Store: what stops sending as a whole, and each sender's place in its pace."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, delete, select
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


def begin(session: Session, key: str, why: str, now: datetime, until: datetime | None) -> bool:
    """Pause, or prolong a pause that holds. True where it did not hold already."""
    row = session.get(Pause, key, populate_existing=True)
    new = row is None or (row.until is not None and row.until <= now)
    if row is None:
        session.add(Pause(key=key, why=why, since=now, until=until))
    else:
        row.since, row.until, row.why = now if new else min(row.since, now), until, why
    session.flush()
    return new


def end(session: Session, key: str) -> bool:
    """Send again. True where there was a pause."""
    done = session.execute(delete(Pause).where(col(Pause.key) == key))
    return bool(cast(CursorResult[object], done).rowcount)


def in_force(session: Session, now: datetime) -> dict[str, Pause]:
    """Every pause that still holds, by key. One from the future was written before a clock went back, and is over."""
    rows = session.execute(select(Pause)).scalars()
    return {row.key: row for row in rows if row.until is None or row.since <= now < row.until}


def everything(session: Session) -> list[Pause]:
    return list(session.execute(select(Pause).order_by(col(Pause.since))).scalars())


def paces_of(session: Session, agency_ids: Sequence[str]) -> dict[str, SenderPace | None]:
    """The pace rows of these agencies, locked; None where there is none yet.

    An agency whose row another clock holds at this moment is missing: it is left to that one.
    """
    query = select(SenderPace).where(col(SenderPace.agency_id).in_(agency_ids))
    locked = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    found: dict[str, SenderPace | None] = {row.agency_id: row for row in session.execute(locked).scalars()}
    missing = [agency_id for agency_id in agency_ids if agency_id not in found]
    known = select(col(SenderPace.agency_id)).where(col(SenderPace.agency_id).in_(missing))
    elsewhere = set(session.execute(known).scalars()) if missing else set()
    return found | {agency_id: None for agency_id in missing if agency_id not in elsewhere}


def keep_pace(session: Session, agency_id: str, row: SenderPace | None, segments: float, at: datetime) -> None:
    """Write what the sender may still send."""
    if row is None:
        session.add(SenderPace(agency_id=agency_id, segments=segments, at=at))
    else:
        row.segments, row.at = segments, at
