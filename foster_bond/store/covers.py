"""Store: who stands in for whom and on which days, and which family went from one worker to another."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, ColumnElement, CursorResult, Index, func, or_, select, update
from sqlmodel import Field, Session, col

from foster_bond.rules.states import AlertState
from foster_bond.store import looks
from foster_bond.store.alerts import OPEN_STATES, Alert, Task
from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.families import Family
from foster_bond.store.inbound import Reflection
from foster_bond.store.looks import Look


class Cover(Owned, table=True):
    """One worker stands in for another, both days included. It ends by itself."""

    __tablename__ = "covers"
    __table_args__ = own_key(
        link("worker_id", "staff"),
        link("cover_id", "staff"),
        link("added_by", "staff"),
        link("ended_by", "staff"),
        CheckConstraint("worker_id <> cover_id", name="two"),
        CheckConstraint("first_day <= last_day", name="days"),
        Index("ix_covers_worker", "agency_id", "worker_id", "last_day"),
        Index("ix_covers_cover", "agency_id", "cover_id", "last_day"),
    )
    worker_id: str = Field(max_length=36)  # who is away
    cover_id: str = Field(max_length=36)  # who stands in
    first_day: date
    last_day: date
    added_by: str | None = Field(default=None, max_length=36)
    added_at: Instant
    ended_by: str | None = Field(default=None, max_length=36)
    ended_at: Instant | None = None  # taken back before its last day


class HandOver(Owned, table=True):
    """A family went from one worker to another."""

    __tablename__ = "hand_overs"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("from_id", "staff"),
        link("to_id", "staff"),
        link("by_id", "staff"),
        Index("ix_hand_overs_family", "agency_id", "family_id", "at"),
    )
    family_id: str = Field(max_length=36)
    from_id: str | None = Field(default=None, max_length=36)  # None: it had no worker
    to_id: str = Field(max_length=36)
    at: Instant
    by_id: str | None = Field(default=None, max_length=36)
    unread: int = 0  # moments that the worker before had not opened
    tells: bool = False  # the family is to be told


def covered_by(session: Session, agency_id: str, cover_id: str, today: date) -> frozenset[str]:
    """The workers for whom this person stands in on that local day."""
    query = select(col(Cover.worker_id)).where(
        col(Cover.agency_id) == agency_id, col(Cover.cover_id) == cover_id, *_in_force(today)
    )
    return frozenset(session.execute(query).scalars())


def standing_in(session: Session, agency_id: str, worker_id: str, today: date) -> list[str]:
    """Who stands in for this worker on that local day, who was asked first comes first."""
    query = select(col(Cover.cover_id)).where(
        col(Cover.agency_id) == agency_id, col(Cover.worker_id) == worker_id, *_in_force(today)
    )
    return list(dict.fromkeys(session.execute(query.order_by(col(Cover.added_at), col(Cover.id))).scalars()))


def _in_force(today: date) -> tuple[ColumnElement[bool], ...]:
    return col(Cover.first_day) <= today, col(Cover.last_day) >= today, col(Cover.ended_at).is_(None)


def not_over(session: Session, agency_id: str, today: date, staff_id: str | None = None) -> list[Cover]:
    """Covers of today and to come, of the agency or those that this person is part of, the soonest first."""
    query = select(Cover).where(
        col(Cover.agency_id) == agency_id, col(Cover.last_day) >= today, col(Cover.ended_at).is_(None)
    )
    if staff_id is not None:
        query = query.where(or_(col(Cover.worker_id) == staff_id, col(Cover.cover_id) == staff_id))
    return list(session.execute(query.order_by(col(Cover.first_day), col(Cover.id))).scalars())


def find(session: Session, agency_id: str, cover_id: str) -> Cover | None:
    """One cover that was not taken back, locked where the engine can."""
    query = select(Cover).where(
        col(Cover.agency_id) == agency_id, col(Cover.id) == cover_id, col(Cover.ended_at).is_(None)
    )
    return session.execute(query.with_for_update()).scalar_one_or_none()


def hand_overs_of(session: Session, agency_id: str, family_id: str) -> list[HandOver]:
    """Whose family it has been, the oldest first."""
    query = select(HandOver).where(col(HandOver.agency_id) == agency_id, col(HandOver.family_id) == family_id)
    return list(session.execute(query.order_by(col(HandOver.at), col(HandOver.id))).scalars())


def unread_of(session: Session, agency_id: str, staff_id: str, family_ids: Collection[str]) -> dict[str, int]:
    """Replies of these families that this person has not opened, by family."""
    seen = (col(Look.staff_id) == staff_id) & (col(Look.family_id) == col(Reflection.family_id))
    query = (
        select(col(Reflection.family_id), func.count())
        .outerjoin(Look, seen & (col(Look.agency_id) == agency_id))
        .where(
            col(Reflection.agency_id) == agency_id,
            col(Reflection.family_id).in_(family_ids),
            or_(col(Look.seen_at).is_(None), col(Reflection.last_at) > col(Look.seen_at)),
        )
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(col(Reflection.family_id)))}


def open_items(session: Session, agency_id: str, family_ids: Collection[str]) -> dict[str, int]:
    """Alerts and tasks of these families that nobody has closed, by family."""
    found: dict[str, int] = defaultdict(int)
    alerts = select(col(Alert.family_id), func.count()).where(
        col(Alert.agency_id) == agency_id, col(Alert.family_id).in_(family_ids), col(Alert.state).in_(OPEN_STATES)
    )
    tasks = select(col(Task.family_id), func.count()).where(
        col(Task.agency_id) == agency_id, col(Task.family_id).in_(family_ids), col(Task.done_at).is_(None)
    )
    for query in (alerts.group_by(col(Alert.family_id)), tasks.group_by(col(Task.family_id))):
        for family_id, many in session.execute(query):
            found[family_id] += many
    return found


def hand_alerts(session: Session, agency_id: str, family_id: str, before: str | None, to: str) -> int:
    """Alerts of a family that the worker before had taken are the new one's; how many. Nobody is called anew."""
    taken = (
        update(Alert)
        .where(
            col(Alert.agency_id) == agency_id, col(Alert.family_id) == family_id, col(Alert.acknowledged_by) == before,
            col(Alert.state) == AlertState.ACKNOWLEDGED.value,
        )
        .values(acknowledged_by=to)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return cast(CursorResult[object], session.execute(taken)).rowcount


def see_anew(session: Session, agency_id: str, staff_id: str, family_id: str, since: datetime) -> None:
    """Everything after that instant is new to this person, whatever they have seen of the family before."""
    looks.first(session, agency_id, staff_id, family_id, since)
    look = looks.of_person(session, agency_id, staff_id, family_id)
    assert look is not None  # written just now, or before
    look.seen_at, look.before_at = since, None


def open_of_worker(session: Session, agency_id: str, staff_id: str | None) -> list[Family]:
    """A worker's open families, or those of nobody."""
    query = select(Family).where(
        col(Family.agency_id) == agency_id, col(Family.caseworker_id) == staff_id, col(Family.closed_at).is_(None)
    )
    return list(session.execute(query.order_by(col(Family.created_at), col(Family.id))).scalars())


def open_reasons(session: Session, agency_id: str, family_id: str) -> list[tuple[str, str]]:
    """What waits about a family: ("alert", its category), ("look", the same where nobody is woken), ("task", why)."""
    alerts = select(col(Alert.category), col(Alert.priority)).where(
        col(Alert.agency_id) == agency_id, col(Alert.family_id) == family_id, col(Alert.state).in_(OPEN_STATES)
    )
    tasks = select(col(Task.why)).where(
        col(Task.agency_id) == agency_id, col(Task.family_id) == family_id, col(Task.done_at).is_(None)
    )
    raised = session.execute(alerts.order_by(col(Alert.raised_at)))
    found = [("alert" if priority == "now" else "look", category) for category, priority in raised]
    return found + [("task", one) for one in session.execute(tasks.order_by(col(Task.made_at))).scalars()]
