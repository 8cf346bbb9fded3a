"""Store: the tasks that a viewer may see, and the texts that wait for somebody to say whose they are."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, Select, and_, or_, select, update
from sqlmodel import Session, col

from foster_bond.rules.access import Viewer
from foster_bond.store.alerts import Task
from foster_bond.store.families import Family, held_by, of_nobody
from foster_bond.store.inbound import InboundText
from foster_bond.store.timeline import Mark

UNPLACED = "unplaced"
HOLD = "hold"
DEPARTURE = "departure"
ENDED_BY_AN_ACT = ("unresolved", UNPLACED, HOLD, DEPARTURE)  # settled on their own pages, with their own ways out
SHOWN_OPEN, SHOWN_DONE = 200, 20


def seen_by(viewer: Viewer) -> Select[Task]:
    """The tasks about families that the viewer holds, and about texts of nobody that they may see."""
    query = select(Task).where(col(Task.agency_id) == viewer.agency_id)
    if viewer.sees_all_families:
        return query
    held = held_by(viewer).with_only_columns(col(Family.id))
    texts = _nobodys(viewer).with_only_columns(col(InboundText.id))
    return query.where(
        or_(
            col(Task.family_id).in_(held),
            and_(col(Task.family_id).is_(None), col(Task.inbound_id).in_(texts)),
        )
    )


def open_tasks(session: Session, viewer: Viewer) -> list[Task]:
    """What waits for a person, the oldest first; texts to place have a room of their own."""
    query = seen_by(viewer).where(col(Task.done_at).is_(None), col(Task.kind) != UNPLACED)
    return list(session.execute(query.order_by(col(Task.made_at), col(Task.id)).limit(SHOWN_OPEN)).scalars())


def done_lately(session: Session, viewer: Viewer) -> list[Task]:
    """What was done last."""
    query = seen_by(viewer).where(col(Task.done_at).is_not(None), col(Task.kind) != UNPLACED)
    query = query.order_by(col(Task.done_at).desc(), col(Task.id).desc())
    return list(session.execute(query.limit(SHOWN_DONE)).scalars())


def seen(session: Session, viewer: Viewer, task_id: str) -> Task | None:
    """One task that the viewer may see."""
    return session.execute(seen_by(viewer).where(col(Task.id) == task_id)).scalar_one_or_none()


def finish(session: Session, task: Task, at: datetime, *, by: str, outcome: str) -> bool:
    """True where this call ended the task, and nobody else had."""
    done = cast(
        CursorResult[object],
        session.execute(
            update(Task)
            .where(col(Task.id) == task.id, col(Task.done_at).is_(None))
            .values(done_at=at, done_by=by, outcome=outcome)
            .execution_options(synchronize_session="fetch")
        ),
    )
    return done.rowcount == 1


def reopen(session: Session, task: Task) -> bool:
    """True where this call opened the task again: a person had ended it, and nobody else has opened it since."""
    again = cast(
        CursorResult[object],
        session.execute(
            update(Task)
            .where(col(Task.id) == task.id, col(Task.done_at).is_not(None), col(Task.done_by).is_not(None))
            .values(done_at=None, done_by=None, outcome=None)
            .execution_options(synchronize_session="fetch")
        ),
    )
    return again.rowcount == 1


def close_unplaced(session: Session, agency_id: str, inbound_id: str, at: datetime, outcome: str) -> None:
    """Take a text off the list of those that belong to nobody: who wrote it has seen to it."""
    session.execute(
        update(Task)
        .where(
            col(Task.agency_id) == agency_id, col(Task.inbound_id) == inbound_id, col(Task.kind) == UNPLACED,
            col(Task.done_at).is_(None),
        )
        .values(done_at=at, outcome=outcome)
        .execution_options(synchronize_session="fetch")
    )  # fmt: skip


def _nobodys(viewer: Viewer) -> Select[InboundText]:
    query = select(InboundText).where(
        col(InboundText.agency_id) == viewer.agency_id, col(InboundText.family_id).is_(None)
    )
    return query if viewer.sees_all_families else query.where(of_nobody(viewer, col(InboundText.from_bidx)))


def _waiting(viewer: Viewer) -> Select[InboundText, Task]:
    return (
        _nobodys(viewer)
        .join(Task, (col(Task.agency_id) == viewer.agency_id) & (col(Task.inbound_id) == col(InboundText.id)))
        .where(col(Task.kind) == UNPLACED, col(Task.done_at).is_(None))
        .add_columns(Task)
    )


def unplaced(session: Session, viewer: Viewer, limit: int, before: Mark | None = None) -> list[InboundText]:
    """Texts that wait for a person to say whose they are, the newest first."""
    query = _waiting(viewer).with_only_columns(InboundText)
    if before is not None:
        at, last = before
        query = query.where(
            or_(
                col(InboundText.received_at) < at,
                and_(col(InboundText.received_at) == at, col(InboundText.id) < last),
            )
        )
    query = query.order_by(col(InboundText.received_at).desc(), col(InboundText.id).desc()).limit(limit)
    return list(session.execute(query).scalars())


def waiting_text(session: Session, viewer: Viewer, inbound_id: str) -> tuple[InboundText, Task] | None:
    """One such text with its task, locked where the engine can."""
    query = _waiting(viewer).where(col(InboundText.id) == inbound_id).with_for_update(of=InboundText)
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def was_waiting(session: Session, viewer: Viewer, inbound_id: str) -> bool:
    """True where such a text once waited here and somebody has seen to it; its family may hide the rest."""
    query = select(col(Task.id)).where(
        col(Task.agency_id) == viewer.agency_id,
        col(Task.inbound_id) == inbound_id,
        col(Task.kind) == UNPLACED,
        col(Task.done_at).is_not(None),
    )
    return session.execute(query).first() is not None
