"""Store: how sending is doing for one agency: what waits, what is in doubt, what did not arrive and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from foster_bond.rules.access import Viewer
from foster_bond.rules.states import Outbound
from foster_bond.store.families import Family, Member, held_by
from foster_bond.store.outbox import stands
from foster_bond.store.outbox_rows import OutboxMessage

NOT_ARRIVED = (
    Outbound.UNDELIVERED, Outbound.FAILED, Outbound.SUPPRESSED, Outbound.EXPIRED, Outbound.CANCELLED,
    Outbound.UNRESOLVED,
)  # fmt: skip
AT_MOST = 20_000  # hand-overs that the figures rest on; a day of the largest agency has half as many


def open_counts(session: Session, agency_id: str) -> Mapping[str, int]:
    """How many texts stand in each of the states that a person may wait for."""
    states = (Outbound.SCHEDULED, Outbound.SENDING, Outbound.UNKNOWN)
    return {
        state.value: int(
            session.execute(
                select(func.count()).where(col(OutboxMessage.agency_id) == agency_id, stands(state))
            ).scalar_one()
        )
        for state in states
    }


def due(session: Session, agency_id: str, now: datetime) -> tuple[int, datetime | None]:
    """How many texts could have left by now and have not, and since when the oldest of them could."""
    query = select(func.count(), func.min(col(OutboxMessage.next_try_at))).where(
        col(OutboxMessage.agency_id) == agency_id, stands(Outbound.SCHEDULED), col(OutboxMessage.next_try_at) <= now
    )
    many, oldest = session.execute(query).one()
    return int(many), oldest


def handed_over(session: Session, agency_id: str, since: datetime) -> list[tuple[datetime, datetime]]:
    """For every text that the carrier took: when it could have left, and when the carrier had it."""
    query = (
        select(col(OutboxMessage.next_try_at), col(OutboxMessage.accepted_at))
        .where(
            col(OutboxMessage.agency_id) == agency_id,
            col(OutboxMessage.created_at) >= since,
            col(OutboxMessage.accepted_at) >= since,
        )
        .order_by(col(OutboxMessage.created_at).desc())
        .limit(AT_MOST)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def not_arrived(session: Session, agency_id: str, since: datetime) -> list[tuple[str, str, int]]:
    """State, reason and how many, for what was written since and did not simply arrive; the most frequent first."""
    many = func.count()
    query = (
        select(col(OutboxMessage.state), col(OutboxMessage.reason), many)
        .where(
            col(OutboxMessage.agency_id) == agency_id,
            col(OutboxMessage.created_at) >= since,
            col(OutboxMessage.state).in_([state.value for state in NOT_ARRIVED]),
        )
        .group_by(col(OutboxMessage.state), col(OutboxMessage.reason))
        .order_by(many.desc(), col(OutboxMessage.state))
    )
    return [(row[0], row[1] or "", int(row[2])) for row in session.execute(query)]


def in_doubt(session: Session, viewer: Viewer, limit: int) -> list[tuple[OutboxMessage, Family | None, Member | None]]:
    """The texts in doubt that this viewer may decide about, the oldest first; the agency's own go to who sees all."""
    held = held_by(viewer).with_only_columns(col(Family.id))
    mine: Any = col(OutboxMessage.family_id).in_(held)
    if viewer.sees_all_families:
        mine = or_(mine, col(OutboxMessage.family_id).is_(None))
    query = (
        select(OutboxMessage, Family, Member)
        .outerjoin(Family, col(Family.id) == col(OutboxMessage.family_id))
        .outerjoin(Member, col(Member.id) == col(OutboxMessage.member_id))
        .where(col(OutboxMessage.agency_id) == viewer.agency_id, stands(Outbound.UNRESOLVED), mine)
        .order_by(col(OutboxMessage.created_at), col(OutboxMessage.id))
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def count_in_doubt(session: Session, agency_id: str) -> int:
    """How many texts of the agency are in doubt."""
    query = select(func.count()).where(col(OutboxMessage.agency_id) == agency_id, stands(Outbound.UNRESOLVED))
    return int(session.execute(query).scalar_one())
