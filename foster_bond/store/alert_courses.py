"""Store: how alerts go on: who still waits, which rung has called, what was judged, and the drill that runs."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, and_, or_, select, update
from sqlmodel import Session, col

from foster_bond.rules.access import Viewer
from foster_bond.rules.states import AlertState
from foster_bond.store.alerts import OPEN_STATES, UNTAKEN_STATES, Alert, seen_by


def hand_over(session: Session, group: list[Alert], rung: int) -> None:
    """Give these alerts back to the ladder at that rung: nobody has them now."""
    session.execute(
        update(Alert)
        .where(col(Alert.id).in_([one.id for one in group]), col(Alert.state) == AlertState.ACKNOWLEDGED.value)
        .values(state=AlertState.NOTIFIED.value, acknowledged_at=None, acknowledged_by=None, rung=rung)
        .execution_options(synchronize_session="fetch")
    )


def raised_between(session: Session, viewer: Viewer, since: datetime, until: datetime) -> list[Alert]:
    """The viewer's real `now` alerts of a stretch of time, in order."""
    query = seen_by(viewer).where(
        col(Alert.priority) == "now", col(Alert.drill).is_(False), col(Alert.raised_at) >= since,
        col(Alert.raised_at) < until,
    )  # fmt: skip
    return list(session.execute(query.order_by(col(Alert.raised_at), col(Alert.id))).scalars())


def open_drill(session: Session, agency_id: str) -> Alert | None:
    """The drill that is running."""
    query = select(Alert).where(
        col(Alert.agency_id) == agency_id, col(Alert.drill).is_(True), col(Alert.state).in_(OPEN_STATES)
    )
    return session.execute(query.limit(1)).scalar_one_or_none()


def judged(session: Session, viewer: Viewer, limit: int) -> list[Alert]:
    """Closed alerts about real texts, newest first: each was judged by a person, as true or as a false alarm."""
    query = seen_by(viewer).where(col(Alert.state) == AlertState.RESOLVED.value, col(Alert.inbound_id).is_not(None))
    return list(session.execute(query.order_by(col(Alert.resolved_at).desc()).limit(limit)).scalars())


def climb(session: Session, alert: Alert, rung: int) -> bool:
    """True where this caller, and no other clock, may call the people of that rung."""
    done = cast(
        CursorResult[object],
        session.execute(
            update(Alert)
            .where(col(Alert.id) == alert.id, col(Alert.rung) == alert.rung, col(Alert.state).in_(UNTAKEN_STATES))
            .values(rung=rung)
            .execution_options(synchronize_session="fetch")
        ),
    )
    return done.rowcount == 1


def waiting_for_somebody(session: Session, limit: int, after: tuple[datetime, str] | None = None) -> list[Alert]:
    """`now` alerts of every agency that nobody has acknowledged, the oldest first; `after` is the last one seen."""
    query = select(Alert).where(col(Alert.priority) == "now", col(Alert.state).in_(UNTAKEN_STATES))
    if after is not None:
        at, last = after
        query = query.where(or_(col(Alert.raised_at) > at, and_(col(Alert.raised_at) == at, col(Alert.id) > last)))
    return list(session.execute(query.order_by(col(Alert.raised_at), col(Alert.id)).limit(limit)).scalars())
