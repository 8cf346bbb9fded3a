"""Store: who takes part in which schedule, and when their next slot is due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Index, UniqueConstraint, bindparam, func, select, update
from sqlmodel import Field, Session, col

from foster_bond.rules.states import ENROLMENT_MOVES, EnrolmentState, NoSuchMove
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.families import Family, Member
from foster_bond.store.many_rows import ChangedRows, read_fast
from foster_bond.store.prompts import Anchor, Schedule, ScheduleState


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


class Stands(Protocol):
    """Anything that holds an enrolment's state."""

    state: str


def move(enrolment: Stands, to: EnrolmentState) -> None:
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


def counted_from_placement(session: Session, agency_id: str, family_id: str) -> list[TakingPart]:
    """The places of a family's members in schedules that count from the day the child came."""
    query = (
        select(Enrolment, Schedule, Member, Family)
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Member, col(Member.id) == col(Enrolment.member_id))
        .join(Family, col(Family.id) == col(Enrolment.family_id))
        .where(
            col(Enrolment.agency_id) == agency_id,
            col(Enrolment.family_id) == family_id,
            col(Schedule.anchor) == Anchor.PLACEMENT.value,
        )
        .order_by(col(Enrolment.id))
    )
    return [TakingPart(*row) for row in session.execute(query)]


def places_of(session: Session, agency_id: str, family_id: str, member_id: str | None = None) -> list[TakingPart]:
    """Everything that a family, or one member of it, takes part in or ever did."""
    query = (
        select(Enrolment, Schedule, Member, Family)
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Member, col(Member.id) == col(Enrolment.member_id))
        .join(Family, col(Family.id) == col(Enrolment.family_id))
        .where(col(Enrolment.agency_id) == agency_id, col(Enrolment.family_id) == family_id)
        .order_by(col(Enrolment.id))
    )
    if member_id is not None:
        query = query.where(col(Enrolment.member_id) == member_id)
    return [TakingPart(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Unplanned:
    """An enrolment whose next slot is to become a row, with what its calendar hangs on: values, not objects."""

    id: str
    agency_id: str
    schedule_id: str
    member_id: str
    family_id: str
    started_on: date
    next_due_at: datetime
    hour: time | None
    zone: str


_UNPLANNED = (
    select(
        col(Enrolment.id), col(Enrolment.agency_id), col(Enrolment.schedule_id), col(Enrolment.member_id),
        col(Enrolment.family_id), col(Enrolment.started_on), read_fast(col(Enrolment.next_due_at)), col(Member.hour),
        func.coalesce(col(Member.zone), col(Family.zone)),
    )
    .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
    .join(Member, col(Member.id) == col(Enrolment.member_id))
    .join(Family, col(Family.id) == col(Enrolment.family_id))
    .where(
        col(Enrolment.state) == EnrolmentState.ACTIVE.value,
        col(Enrolment.next_due_at) <= bindparam("until"),
        col(Schedule.state) == ScheduleState.ACTIVE.value,
    )
    .order_by(col(Enrolment.next_due_at))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=Enrolment)
)  # fmt: skip


_WALLS = (
    select(col(Enrolment.id), col(Member.hour), func.coalesce(col(Member.zone), col(Family.zone)))
    .join(Member, col(Member.id) == col(Enrolment.member_id))
    .join(Family, col(Family.id) == col(Enrolment.family_id))
    .where(col(Enrolment.id).in_(bindparam("ids", expanding=True)))
)


def due_before(session: Session, until: datetime, limit: int) -> list[Unplanned]:
    """Active enrolments whose next unplanned slot is due by then, earliest first, locked where the engine can.

    Their hour and zone are those that hold once they are locked. PostgreSQL looks again only at rows that it locks:
    whoever changed a person and was done just before the lock would be planned over by what they were.
    """
    found = [Unplanned(*row) for row in session.execute(_UNPLANNED, {"until": until, "most": limit})]
    if not found or session.get_bind().dialect.name != "postgresql":
        return found  # SQLite has one writer, who sees all that is done
    walls = {row[0]: (row[1], row[2]) for row in session.execute(_WALLS, {"ids": [one.id for one in found]})}
    return [replace(one, hour=walls[one.id][0], zone=walls[one.id][1]) for one in found]


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


@dataclass(frozen=True, slots=True)
class Step:
    """Where an enrolment goes on: the last day that is planned, and its first slot after that; None: there is none."""

    id: str
    planned_until: date
    next_due_at: datetime | None


_ADVANCE = ChangedRows(Enrolment, ("id", "planned_until", "next_due_at"))


def advance(session: Session, steps: Sequence[Step]) -> None:
    """Write where these enrolments go on, all together."""
    _ADVANCE.write(session, [(one.id, one.planned_until, one.next_due_at) for one in steps])


def end(session: Session, ids: Sequence[str]) -> None:
    """End these active enrolments, all together: nothing is left for them."""
    if ids:
        ended = update(Enrolment).where(col(Enrolment.id).in_(ids), col(Enrolment.state) == EnrolmentState.ACTIVE.value)
        session.execute(ended.values(state=EnrolmentState.ENDED.value))
