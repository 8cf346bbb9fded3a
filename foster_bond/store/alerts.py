"""Store: cries for help, who was told when, and the tasks that wait for a person."""

from datetime import datetime
from typing import cast

from sqlalchemy import (
    JSON,
    Column,
    CursorResult,
    Index,
    Select,
    UniqueConstraint,
    and_,
    column,
    or_,
    select,
    table,
    update,
)
from sqlmodel import Field, Session, col

from foster_bond.rules.access import Viewer
from foster_bond.rules.message_text import CRISIS_CATEGORIES
from foster_bond.rules.states import ALERT_MOVES, AlertState, NoSuchMove
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.families import Family, held_by, of_nobody
from foster_bond.store.ids import new_id


class Alert(Owned, table=True):
    """One text that shows a warning sign. `group_id` joins texts that belong together on the page."""

    __tablename__ = "alerts"
    __table_args__ = own_key(
        link("inbound_id", "inbound_texts"),
        link("family_id", "families"),
        link("member_id", "members"),
        UniqueConstraint("inbound_id"),
        one_of("category", CRISIS_CATEGORIES),
        one_of("priority", ("now", "review")),
        one_of("state", AlertState),
        Index("ix_alerts_open", "agency_id", "state", "raised_at"),
        Index("ix_alerts_number", "agency_id", "from_bidx"),
        Index("ix_alerts_family", "agency_id", "family_id", "raised_at"),
    )
    inbound_id: str | None = Field(default=None, max_length=36)  # None: a drill, which nobody wrote
    family_id: str | None = Field(default=None, max_length=36)
    member_id: str | None = Field(default=None, max_length=36)
    from_bidx: str = Field(max_length=32)
    group_id: str = Field(max_length=36)
    category: str = Field(max_length=20)
    priority: str = Field(max_length=10)
    spans: bytes  # sealed JSON: which words, by which pattern
    state: str = Field(default=AlertState.RAISED, max_length=14)
    raised_at: Instant
    first_notified_at: Instant | None = None
    acknowledged_at: Instant | None = None
    acknowledged_by: str | None = Field(default=None, max_length=36)
    resolved_at: Instant | None = None
    resolved_by: str | None = Field(default=None, max_length=36)
    outcome: bytes | None = None
    cannot_answer: bool = False  # the carrier refused our answer: call now
    drill: bool = False  # a marked test that a supervisor set off
    rung: int = 0  # the last rung of the ladder that has called somebody
    names_staff: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # who work here
    dismissed_why: str | None = Field(default=None, max_length=20)  # a false alarm, and why it was one


class Task(Owned, table=True):
    """Something that waits for a person, in the working day."""

    __tablename__ = "tasks"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        UniqueConstraint("agency_id", "once_key"),
        Index("ix_tasks_open", "agency_id", "done_at", "made_at"),
    )
    family_id: str | None = Field(default=None, max_length=36)
    member_id: str | None = Field(default=None, max_length=36)
    kind: str = Field(max_length=30)  # unresolved | help | unplaced | hard_day | gone_quiet | number | privacy ...
    why: str = Field(max_length=300)
    message_id: str | None = Field(default=None, max_length=36)
    inbound_id: str | None = Field(default=None, max_length=36)
    once_key: str | None = Field(default=None, max_length=120)
    made_at: Instant
    done_at: Instant | None = None
    done_by: str | None = Field(default=None, max_length=36)
    outcome: str | None = Field(default=None, max_length=120)


_CALLS = table("alert_calls", column("agency_id"), column("alert_id"), column("staff_id"))  # store/alert_calls.py
UNTAKEN_STATES = (AlertState.RAISED.value, AlertState.NOTIFIED.value)
OPEN_STATES = (AlertState.RAISED.value, AlertState.NOTIFIED.value, AlertState.ACKNOWLEDGED.value)


def open_for_number(session: Session, agency_id: str, from_bidx: str) -> Alert | None:
    """The oldest `now` alert of a number that nobody has resolved yet."""
    query = select(Alert).where(
        col(Alert.agency_id) == agency_id,
        col(Alert.from_bidx) == from_bidx,
        col(Alert.priority) == "now",
        col(Alert.state).in_(OPEN_STATES),
    )
    return session.execute(query.order_by(col(Alert.raised_at), col(Alert.id)).limit(1)).scalar_one_or_none()


def seen_by(viewer: Viewer) -> Select[Alert]:
    """The alerts this viewer may see: of the families they hold, of nobody's numbers where they may, and any trouble
    that they were called for: who is on call tonight may hold none of the families."""
    query = select(Alert).where(col(Alert.agency_id) == viewer.agency_id)
    if viewer.sees_all_families:
        return query
    held = held_by(viewer).with_only_columns(col(Family.id))
    nobodys = and_(col(Alert.family_id).is_(None), of_nobody(viewer, col(Alert.from_bidx)))
    called = select(col(Alert.group_id)).join(_CALLS, _CALLS.c.alert_id == col(Alert.id)).where(
        _CALLS.c.agency_id == viewer.agency_id, _CALLS.c.staff_id == viewer.staff_id
    )  # fmt: skip
    return query.where(or_(col(Alert.family_id).in_(held), nobodys, col(Alert.group_id).in_(called)))


def group_seen_by(session: Session, viewer: Viewer, alert_id: str) -> list[Alert]:
    """The alerts of one trouble, the oldest first; empty where the viewer may not see it, or there is none."""
    of_one = seen_by(viewer).with_only_columns(col(Alert.group_id)).where(col(Alert.id) == alert_id)
    query = seen_by(viewer).where(col(Alert.group_id).in_(of_one))
    return list(session.execute(query.order_by(col(Alert.raised_at), col(Alert.id))).scalars())


def open_seen_by(session: Session, viewer: Viewer, limit: int) -> list[Alert]:
    """Alerts that nobody has closed: `now` before `review`, then the oldest first."""
    query = seen_by(viewer).where(col(Alert.state).in_(OPEN_STATES))
    return list(
        session.execute(query.order_by(col(Alert.priority), col(Alert.raised_at), col(Alert.id)).limit(limit)).scalars()
    )


def closed_seen_by(
    session: Session, viewer: Viewer, limit: int, before: tuple[datetime, str] | None = None
) -> list[Alert]:
    """Alerts that were closed, the latest first."""
    closed_at = col(Alert.resolved_at)
    query = seen_by(viewer).where(col(Alert.state) == AlertState.RESOLVED.value)
    if before is not None:
        at, last = before
        query = query.where(or_(closed_at < at, and_(closed_at == at, col(Alert.id) < last)))
    return list(session.execute(query.order_by(closed_at.desc(), col(Alert.id).desc()).limit(limit)).scalars())


def untaken(session: Session, viewer: Viewer) -> list[Alert]:
    """The viewer's alerts that nobody has taken, `now` before `review`, then the oldest first."""
    query = seen_by(viewer).where(col(Alert.state).in_(UNTAKEN_STATES))
    return list(
        session.execute(query.order_by(col(Alert.priority), col(Alert.raised_at), col(Alert.id)).limit(100)).scalars()
    )


def of_text(session: Session, agency_id: str, inbound_id: str) -> Alert | None:
    """The alert that one text raised."""
    query = select(Alert).where(col(Alert.agency_id) == agency_id, col(Alert.inbound_id) == inbound_id)
    return session.execute(query).scalar_one_or_none()


def move(session: Session, alert: Alert, to: AlertState, at: datetime, *, by: str | None = None) -> bool:
    """True where this alert made this move, and nobody else made it first. Raises: NoSuchMove."""
    before = AlertState(alert.state)
    if to not in ALERT_MOVES[before]:
        raise NoSuchMove(f"alert {before} -> {to}")
    values: dict[str, object] = {"state": to.value}
    if to is AlertState.NOTIFIED:
        values["first_notified_at"] = at
    if to is AlertState.ACKNOWLEDGED:
        values |= {"acknowledged_at": at, "acknowledged_by": by}
    if to is AlertState.RESOLVED:
        values |= {"resolved_at": at, "resolved_by": by}
    done = cast(
        CursorResult[object],
        session.execute(
            update(Alert)
            .where(col(Alert.id) == alert.id, col(Alert.state) == before.value)
            .values(**values)
            .execution_options(synchronize_session="fetch")
        ),
    )
    return done.rowcount == 1


def add_task(
    session: Session,
    agency_id: str,
    kind: str,
    why: str,
    now: datetime,
    *,
    once_key: str | None = None,
    family_id: str | None = None,
    member_id: str | None = None,
    message_id: str | None = None,
    inbound_id: str | None = None,
) -> bool:
    """True where the task is new; the same `once_key` makes one task only."""
    if once_key is not None:
        known = select(col(Task.id)).where(col(Task.agency_id) == agency_id, col(Task.once_key) == once_key)
        if session.execute(known).first() is not None:
            return False
    task = Task(id=new_id(), agency_id=agency_id, kind=kind, why=why[:300], once_key=once_key, made_at=now)
    task.family_id, task.member_id, task.message_id, task.inbound_id = family_id, member_id, message_id, inbound_id
    session.add(task)
    return True


def close_tasks_about(session: Session, message_id: str, at: datetime, outcome: str, *, by: str | None = None) -> None:
    """End the open tasks about one text, as when the carrier turns out to have it."""
    session.execute(
        update(Task)
        .where(col(Task.message_id) == message_id, col(Task.done_at).is_(None))
        .values(done_at=at, outcome=outcome, done_by=by)
        .execution_options(synchronize_session=False)
    )


def close_tasks_keyed(
    session: Session, agency_id: str, beginning: str, at: datetime, outcome: str, *, by: str | None = None
) -> None:
    """End an agency's open tasks whose `once_key` begins with these words."""
    session.execute(
        update(Task)
        .where(
            col(Task.agency_id) == agency_id,
            col(Task.once_key).startswith(beginning, autoescape=True),
            col(Task.done_at).is_(None),
        )
        .values(done_at=at, outcome=outcome, done_by=by)
        .execution_options(synchronize_session=False)
    )


def close_tasks_of_kind(
    session: Session, agency_id: str, kind: str, at: datetime, outcome: str, *, by: str | None = None
) -> None:
    """End an agency's open tasks of one kind."""
    session.execute(
        update(Task)
        .where(col(Task.agency_id) == agency_id, col(Task.kind) == kind, col(Task.done_at).is_(None))
        .values(done_at=at, outcome=outcome, done_by=by)
        .execution_options(synchronize_session=False)
    )
