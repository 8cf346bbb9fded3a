"""Store: what staff mean to do about a family on a day. From that day on it is a task; no job has to run for it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import cast

from sqlalchemy import CursorResult, Index, Select, select, update
from sqlmodel import Field, Session, col

from foster_bond.rules.access import Viewer
from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.families import Family, held_by
from foster_bond.store.ids import new_id
from foster_bond.store.inserting import insert_new
from foster_bond.store.sealing import Place, Vault

SHOWN_OPEN, SHOWN_DONE = 200, 20


class FollowUp(Owned, table=True):
    """One thing to do, with its day."""

    __tablename__ = "follow_ups"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("made_by", "staff"),
        link("done_by", "staff"),
        Index("uq_follow_ups_once", "agency_id", "once_key", unique=True),
        Index("ix_follow_ups_family", "agency_id", "family_id", "done_at", "due_on"),
        Index("ix_follow_ups_open", "agency_id", "done_at", "due_on"),
    )
    family_id: str = Field(max_length=36)
    words: bytes
    due_on: date  # on the family's wall
    moment_id: str | None = Field(default=None, max_length=36)  # the moment that it came from
    made_by: str | None = Field(default=None, max_length=36)
    made_at: Instant
    done_by: str | None = Field(default=None, max_length=36)
    done_at: Instant | None = None
    once_key: str = Field(max_length=80)


def add(
    session: Session, vault: Vault, *, agency_id: str, family_id: str, words: str, due_on: date,
    moment_id: str | None, by: str | None, at: datetime, once_key: str,
) -> bool:  # fmt: skip
    """True where it is new; the same form sent twice makes one."""
    row_id = new_id()
    sealed = vault.seal(session, words, Place("follow_ups", "words", row_id), agency_id=agency_id, family_id=family_id)
    row = {
        "id": row_id, "agency_id": agency_id, "family_id": family_id, "words": sealed, "due_on": due_on,
        "moment_id": moment_id, "made_by": by, "made_at": at, "once_key": once_key,
    }  # fmt: skip
    return insert_new(session, FollowUp, [row], ["agency_id", "once_key"]) == 1


def words_of(session: Session, vault: Vault, row: FollowUp) -> str:
    return vault.open_note(session, row.words, Place("follow_ups", "words", row.id))


def seen_by(viewer: Viewer) -> Select[FollowUp]:
    """Those about families that the viewer holds."""
    held = held_by(viewer).with_only_columns(col(Family.id))
    return select(FollowUp).where(col(FollowUp.agency_id) == viewer.agency_id, col(FollowUp.family_id).in_(held))


def open_until(session: Session, viewer: Viewer, last: date) -> list[FollowUp]:
    """What is not done and falls on `last` or before, the earliest first."""
    query = seen_by(viewer).where(col(FollowUp.done_at).is_(None), col(FollowUp.due_on) <= last)
    ordered = query.order_by(col(FollowUp.due_on), col(FollowUp.id)).limit(SHOWN_OPEN)
    return list(session.execute(ordered).scalars())


def open_of(session: Session, agency_id: str, family_ids: Collection[str]) -> list[FollowUp]:
    """What is not done about these families, the earliest first."""
    query = select(FollowUp).where(
        col(FollowUp.agency_id) == agency_id,
        col(FollowUp.family_id).in_(family_ids),
        col(FollowUp.done_at).is_(None),
    )
    return list(session.execute(query.order_by(col(FollowUp.due_on), col(FollowUp.id)).limit(SHOWN_OPEN)).scalars())


def done_lately(session: Session, viewer: Viewer) -> list[FollowUp]:
    """What was done last."""
    query = seen_by(viewer).where(col(FollowUp.done_at).is_not(None))
    ordered = query.order_by(col(FollowUp.done_at).desc(), col(FollowUp.id).desc()).limit(SHOWN_DONE)
    return list(session.execute(ordered).scalars())


def seen(session: Session, viewer: Viewer, row_id: str) -> FollowUp | None:
    """One that the viewer may see."""
    return session.execute(seen_by(viewer).where(col(FollowUp.id) == row_id)).scalar_one_or_none()


def set_done(session: Session, row: FollowUp, *, by: str | None, at: datetime | None) -> bool:
    """Done at that time, or (`at` None) open again. True where this call changed it, and nobody else had."""
    still = col(FollowUp.done_at).is_not(None) if at is None else col(FollowUp.done_at).is_(None)
    changed = cast(
        CursorResult[object],
        session.execute(
            update(FollowUp)
            .where(col(FollowUp.id) == row.id, still)
            .values(done_at=at, done_by=None if at is None else by)
            .execution_options(synchronize_session="fetch")
        ),
    )
    return changed.rowcount == 1
