"""Store: who takes part in which schedule, and when their next slot is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, select, update
from sqlmodel import Field, Session, col

from foster_bond.rules.states import ENROLMENT_MOVES, EnrolmentState, NoSuchMove
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.families import Family, Member
from foster_bond.store.prompts import Schedule, ScheduleState


class Picked(StrEnum):
    """What a person decided about somebody's place, whatever the audience says."""

    IN = "in"
    OUT = "out"


class Enrolment(Owned, table=True):
    """One member in one schedule. `next_due_at` is the first slot that has no occurrence row yet."""

    __tablename__ = "enrolments"
    __table_args__ = own_key(
        UniqueConstraint("agency_id", "schedule_id", "member_id"),
        link("schedule_id", "schedules"),
        link("member_id", "members"),
        link("family_id", "families"),
        one_of("state", EnrolmentState),
        one_of("picked", Picked, nullable=True),
        Index("ix_enrolments_due", "state", "next_due_at"),
        Index("ix_enrolments_member", "agency_id", "member_id"),
    )
    schedule_id: str = Field(max_length=36)
    member_id: str = Field(max_length=36)
    family_id: str = Field(max_length=36)
    state: str = Field(default=EnrolmentState.ACTIVE, max_length=10)
    started_on: date  # the member's local day; programme weeks count from here
    planned_until: date | None = None  # the last local day whose slots are rows
    next_due_at: Instant | None = None
    position: int = 0  # how many prompts of an ordered programme have been written
    picked: str | None = Field(default=None, max_length=3)  # None: the schedule's audience decides
    created_at: Instant


def of_schedule(session: Session, agency_id: str, schedule_id: str) -> dict[str, Enrolment]:
    """Everybody who takes part in a schedule or ever did, by member."""
    query = select(Enrolment).where(col(Enrolment.agency_id) == agency_id, col(Enrolment.schedule_id) == schedule_id)
    return {row.member_id: row for row in session.execute(query).scalars()}


def of_member(session: Session, agency_id: str, member_id: str) -> dict[str, Enrolment]:
    """Everything a member takes part in or ever did, by schedule."""
    query = select(Enrolment).where(col(Enrolment.agency_id) == agency_id, col(Enrolment.member_id) == member_id)
    return {row.schedule_id: row for row in session.execute(query).scalars()}


def lock(session: Session, enrolment_ids: Sequence[str]) -> None:
    """Hold these until the transaction ends, so that nobody plans or fills them meanwhile, and see them as they are."""
    query = select(Enrolment).where(col(Enrolment.id).in_(enrolment_ids)).order_by(col(Enrolment.id))
    session.flush()
    session.execute(query.with_for_update(key_share=True).execution_options(populate_existing=True)).all()


def move(enrolment: Enrolment, to: EnrolmentState) -> None:
    """The only way an enrolment changes its state. Raises: NoSuchMove."""
    if to not in ENROLMENT_MOVES[EnrolmentState(enrolment.state)]:
        raise NoSuchMove(f"enrolment {enrolment.state} -> {to}")
    enrolment.state = to.value


@dataclass(frozen=True, slots=True)
class TakingPart:
    """An enrolment with what its calendar hangs on."""

    enrolment: Enrolment
    schedule: Schedule
    member: Member
    family: Family


def everybody_in(session: Session, agency_id: str, schedule_id: str) -> list[TakingPart]:
    """Everybody who takes part in a schedule or ever did, with what their calendar hangs on."""
    query = (
        select(Enrolment, Schedule, Member, Family)
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Member, col(Member.id) == col(Enrolment.member_id))
        .join(Family, col(Family.id) == col(Enrolment.family_id))
        .where(col(Enrolment.agency_id) == agency_id, col(Enrolment.schedule_id) == schedule_id)
        .order_by(col(Enrolment.id))
    )
    return [TakingPart(*row) for row in session.execute(query)]


def due_before(session: Session, until: datetime, limit: int) -> list[TakingPart]:
    """Active enrolments whose next unplanned slot is due by then, earliest first, locked where the engine can."""
    query = (
        select(Enrolment, Schedule, Member, Family)
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Member, col(Member.id) == col(Enrolment.member_id))
        .join(Family, col(Family.id) == col(Enrolment.family_id))
        .where(
            col(Enrolment.state) == EnrolmentState.ACTIVE.value,
            col(Enrolment.next_due_at) <= until,
            col(Schedule.state) == ScheduleState.ACTIVE.value,
        )
        .order_by(col(Enrolment.next_due_at))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Enrolment)
    )
    return [TakingPart(*row) for row in session.execute(query)]


def taking_part(session: Session, agency_id: str, numbers: Sequence[str] | None = None) -> list[TakingPart]:
    """Who takes part in an active schedule of the agency now, all of them or those with these numbers.

    The rows come apart from the session: what a preview changes in them stays in memory and is never written.
    """
    query = (
        select(Enrolment, Schedule, Member, Family)
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Member, col(Member.id) == col(Enrolment.member_id))
        .join(Family, col(Family.id) == col(Enrolment.family_id))
        .where(
            col(Enrolment.agency_id) == agency_id,
            col(Enrolment.state) == EnrolmentState.ACTIVE.value,
            col(Schedule.state) == ScheduleState.ACTIVE.value,
            col(Member.left_at).is_(None),
            col(Family.closed_at).is_(None),
        )
        .order_by(col(Enrolment.id))
    )
    if numbers is not None:
        query = query.where(col(Member.to_bidx).in_(numbers))
    found = [TakingPart(*row) for row in session.execute(query)]
    session.expunge_all()
    return found


def parts_of(session: Session, enrolment_ids: Sequence[str]) -> list[TakingPart]:
    """These places with what their calendar hangs on, those that are taken part in."""
    query = (
        select(Enrolment, Schedule, Member, Family)
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Member, col(Member.id) == col(Enrolment.member_id))
        .join(Family, col(Family.id) == col(Enrolment.family_id))
        .where(col(Enrolment.id).in_(enrolment_ids), col(Enrolment.state) == EnrolmentState.ACTIVE.value)
        .order_by(col(Enrolment.id))
    )
    return [TakingPart(*row) for row in session.execute(query)]


def parts_of(session: Session, enrolment_ids: Sequence[str]) -> list[TakingPart]:
    """These places with what their calendar hangs on, those that are taken part in."""
    query = (
        select(Enrolment, Schedule, Member, Family)
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Member, col(Member.id) == col(Enrolment.member_id))
        .join(Family, col(Family.id) == col(Enrolment.family_id))
        .where(col(Enrolment.id).in_(enrolment_ids), col(Enrolment.state) == EnrolmentState.ACTIVE.value)
        .order_by(col(Enrolment.id))
    )
    return [TakingPart(*row) for row in session.execute(query)]


def advance(session: Session, steps: Sequence[dict[str, Any]]) -> None:
    """Write where these enrolments go on: rows of `id` and new values."""
    if steps:
        session.execute(update(Enrolment), list(steps))
