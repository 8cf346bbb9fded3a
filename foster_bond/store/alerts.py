"""Store: cries for help, who was told when, and the tasks that wait for a person."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, Index, UniqueConstraint, select, update
from sqlmodel import Field, Session, col

from foster_bond.rules.states import ALERT_MOVES, AlertState, NoSuchMove
from foster_bond.store.base import Instant, Owned, link, one_of, own_key

CATEGORIES = ("suicide", "abuse", "missing", "violence", "medical", "unclassified")


class Alert(Owned, table=True):
    """One text that shows a warning sign. `group_id` joins texts that belong together on the page."""

    __tablename__ = "alerts"
    __table_args__ = own_key(
        link("inbound_id", "inbound_texts"),
        link("family_id", "families"),
        link("member_id", "members"),
        UniqueConstraint("inbound_id"),
        one_of("category", CATEGORIES),
        one_of("priority", ("now", "review")),
        one_of("state", AlertState),
        Index("ix_alerts_open", "agency_id", "state", "raised_at"),
        Index("ix_alerts_number", "agency_id", "from_bidx"),
    )
    inbound_id: str = Field(max_length=36)
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


def open_families(session: Session, agency_id: str, family_ids: list[str]) -> set[str]:
    """Which of these families have an open `now` alert."""
    query = select(col(Alert.family_id)).where(
        col(Alert.agency_id) == agency_id,
        col(Alert.family_id).in_(family_ids),
        col(Alert.priority) == "now",
        col(Alert.state).in_(OPEN_STATES),
    )
    return {family for family in session.execute(query).scalars() if family is not None}


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
