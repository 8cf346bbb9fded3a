"""Store: planned slots. Each is one enrolment, one local day, one slot of that day, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import JSON, Column, ColumnElement, Index, Select, UniqueConstraint, and_, delete, or_, select, update
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.family_calendar import EMPTY, FamilyCalendar
from foster_bond.rules.states import OCCURRENCE_MOVES, NoSuchMove, OccurrenceState
from foster_bond.store.agencies import Agency
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member, held_by
from foster_bond.store.many_rows import NewRows
from foster_bond.store.prompts import Schedule


class Occurrence(Owned, table=True):
    """A slot that is planned, held, sent or left out, with every rule that had a say."""

    __tablename__ = "occurrences"
    __table_args__ = own_key(
        UniqueConstraint("enrolment_id", "local_date", "slot"),
        link("enrolment_id", "enrolments"),
        link("family_id", "families"),
        link("member_id", "members"),
        one_of("state", OccurrenceState),
        Index("ix_occurrences_look", "state", "look_at"),
        Index("ix_occurrences_family", "agency_id", "family_id", "due_at"),
        Index("ix_occurrences_nudge", "nudge_at"),
    )
    enrolment_id: str = Field(max_length=36)
    member_id: str = Field(max_length=36)
    family_id: str = Field(max_length=36)
    local_date: date
    slot: int
    due_at: Instant
    closes_at: Instant  # the end of its own window: after this it is expired, never late
    look_at: Instant  # when the filling step looks at it next
    state: str = Field(default=OccurrenceState.PLANNED, max_length=10)
    prompt_key: str | None = Field(default=None, max_length=40)
    why: str | None = Field(default=None, max_length=300)
    rules: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    nudge_at: Instant | None = None  # when its one reminder is considered; None: it gets none, or none any more
    answer_closed_at: Instant | None = None  # SKIP: no reminder, and no longer an open question
    later_at: Instant | None = None  # LATER: when they asked to be asked once more, in place of the reminder
    moved_from: Instant | None = None  # a person moved it; where it stood before

    @property
    def key(self) -> str:
        """Enrolment, local date and slot: what makes it once."""
        return f"{self.enrolment_id}:{self.local_date.isoformat()}:{self.slot}"


class Stands(Protocol):
    """Anything that holds a slot's state, and why it stands there."""

    state: str
    why: str | None


def move(occurrence: Stands, to: OccurrenceState, why: str | None = None) -> None:
    """The only way an occurrence changes its state. Raises: NoSuchMove."""
    if to not in OCCURRENCE_MOVES[OccurrenceState(occurrence.state)]:
        raise NoSuchMove(f"occurrence {occurrence.state} -> {to}")
    occurrence.state = to.value
    if why is not None:
        occurrence.why = why


def coming(session: Session, agency_id: str, family_id: str, until: datetime) -> list[Occurrence]:
    """A family's planned slots up to an instant, in order."""
    query = (
        select(Occurrence)
        .where(
            col(Occurrence.agency_id) == agency_id,
            col(Occurrence.family_id) == family_id,
            col(Occurrence.state) == OccurrenceState.PLANNED.value,
            col(Occurrence.due_at) < until,
        )
        .order_by(col(Occurrence.due_at), col(Occurrence.id))
    )
    return list(session.execute(query).scalars())


def undecided(session: Session, enrolment_ids: Sequence[str], now: datetime) -> list[Occurrence]:
    """What of these enrolments is planned, was skipped ahead of its time, or is written and in its window still."""
    state, due_at = col(Occurrence.state), col(Occurrence.due_at)
    query = select(Occurrence).where(
        col(Occurrence.enrolment_id).in_(enrolment_ids),
        or_(
            state == OccurrenceState.PLANNED.value,
            and_(state == OccurrenceState.SKIPPED.value, due_at > now),
            and_(state == OccurrenceState.WRITTEN.value, col(Occurrence.closes_at) > now),
        ),
    )
    return list(session.execute(query.order_by(due_at, col(Occurrence.id))).scalars())


def may_change(session: Session, agency_id: str, now: datetime, *, family_id: str | None = None) -> list[Occurrence]:
    """Slots that are decided and not yet over: written and inside their window, or held; of a family or the agency."""
    written = and_(col(Occurrence.state) == OccurrenceState.WRITTEN.value, col(Occurrence.closes_at) > now)
    query = select(Occurrence).where(
        col(Occurrence.agency_id) == agency_id,
        or_(written, and_(*_held())),
        *([] if family_id is None else [col(Occurrence.family_id) == family_id]),
    )
    return list(session.execute(query).scalars())


def held(session: Session, agency_id: str, *, family_id: str | None = None) -> list[Occurrence]:
    """Slots that were looked at and wait; of a family or the agency."""
    query = select(Occurrence).where(
        col(Occurrence.agency_id) == agency_id,
        *_held(),
        *([] if family_id is None else [col(Occurrence.family_id) == family_id]),
    )
    return list(session.execute(query).scalars())


def _held() -> tuple[ColumnElement[bool], ...]:
    return col(Occurrence.state) == OccurrenceState.PLANNED.value, col(Occurrence.why).is_not(None)


def forget(session: Session, rows: Sequence[Occurrence]) -> list[Occurrence]:
    """Take back slots that are still plans and are slots no more.

    Answers those that stay, because something hangs on them: a text that was taken back before it left, a reply that
    a person has filed there, a worker's choice.
    """
    if not rows:
        return []
    session.flush()
    ids = [row.id for row in rows]
    tied: set[str] = set()
    for points_here in _pointing_here():
        tied |= set(session.execute(select(points_here).where(points_here.in_(ids))).scalars())
    session.execute(delete(Occurrence).where(col(Occurrence.id).in_([one for one in ids if one not in tied])))
    return [row for row in rows if row.id in tied]


@cache
def _pointing_here() -> tuple[Column[str], ...]:
    """The columns of all tables that point at a slot."""
    foreign = (one for each in SQLModel.metadata.tables.values() for one in each.foreign_keys)
    return tuple(one.parent for one in foreign if one.target_fullname == "occurrences.id")


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """One planned slot with everything it hangs on."""

    occurrence: Occurrence
    enrolment: Enrolment
    schedule: Schedule
    member: Member
    family: Family
    agency: Agency
    calendar: FamilyCalendar = EMPTY  # store/family_calendars.py reads it for many slots at once

    @property
    def zone(self) -> str:
        """The zone of the member's own wall."""
        return self.member.zone or self.family.zone


def _slots() -> Select[Occurrence, Enrolment, Schedule, Member, Family, Agency]:
    return (
        select(Occurrence, Enrolment, Schedule, Member, Family, Agency)
        .join(Enrolment, col(Enrolment.id) == col(Occurrence.enrolment_id))
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .join(Member, col(Member.id) == col(Occurrence.member_id))
        .join(Family, col(Family.id) == col(Occurrence.family_id))
        .join(Agency, col(Agency.id) == col(Occurrence.agency_id))
    )


def of_viewer(session: Session, viewer: Viewer, occurrence_id: str) -> PlannedSlot:
    """One slot of a family that the viewer holds, locked where the engine can. Raises: NotYours."""
    held = held_by(viewer).with_only_columns(col(Family.id))
    query = (
        _slots()
        .where(
            col(Occurrence.agency_id) == viewer.agency_id,
            col(Occurrence.id) == occurrence_id,
            col(Occurrence.family_id).in_(held),
        )
        .with_for_update(key_share=True, of=(Occurrence, Enrolment, Member))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotYours("slot")
    return PlannedSlot(*row)


def by_id(session: Session, agency_id: str, occurrence_id: str) -> PlannedSlot | None:
    """One slot of the agency, locked where the engine can, for a step that no person triggered."""
    query = _slots().where(col(Occurrence.agency_id) == agency_id, col(Occurrence.id) == occurrence_id)
    row = session.execute(query.with_for_update(key_share=True, of=Occurrence)).one_or_none()
    return None if row is None else PlannedSlot(*row)


def planned_between(
    session: Session, agency_id: str, member_id: str, first: datetime, last: datetime
) -> list[Occurrence]:
    """A member's slots between two moments that are still plans, locked where the engine can."""
    query = select(Occurrence).where(
        col(Occurrence.agency_id) == agency_id,
        col(Occurrence.member_id) == member_id,
        col(Occurrence.state) == OccurrenceState.PLANNED.value,
        col(Occurrence.due_at) >= first,
        col(Occurrence.due_at) <= last,
    )
    return list(session.execute(query.with_for_update()).scalars())


def look_again(session: Session, agency_id: str, member_ids: Sequence[str], now: datetime) -> None:
    """Look at once at what waits for these members: what held it may be over."""
    session.execute(
        update(Occurrence)
        .where(
            col(Occurrence.agency_id) == agency_id,
            col(Occurrence.member_id).in_(member_ids),
            col(Occurrence.state) == OccurrenceState.PLANNED.value,
            col(Occurrence.why).is_not(None),
        )
        .values(look_at=now)
        .execution_options(synchronize_session="fetch")
    )


def since(session: Session, enrolment_ids: Sequence[str], closes_after: datetime) -> list[Occurrence]:
    """The slots of these enrolments whose window ends later than that, in whatever state, and those that may still
    get a reminder."""
    query = select(Occurrence).where(
        col(Occurrence.enrolment_id).in_(enrolment_ids),
        or_(col(Occurrence.closes_at) > closes_after, col(Occurrence.nudge_at).is_not(None)),
    )
    return list(session.execute(query.order_by(col(Occurrence.due_at), col(Occurrence.id))).scalars())


def still_planned(session: Session, enrolment_ids: Sequence[str]) -> set[str]:
    """Those of these enrolments that have a slot which is still to be decided."""
    if not enrolment_ids:
        return set()
    query = select(col(Occurrence.enrolment_id)).where(
        col(Occurrence.enrolment_id).in_(enrolment_ids), col(Occurrence.state) == OccurrenceState.PLANNED.value
    )
    return set(session.execute(query.distinct()).scalars())


PLANNED = (
    "id", "agency_id", "enrolment_id", "member_id", "family_id", "local_date", "slot", "due_at", "closes_at", "look_at",
    "state", "why", "rules",
)  # fmt: skip
_PLAN = NewRows(Occurrence, PLANNED, unique=("enrolment_id", "local_date", "slot"))


def plan(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write new slots; one that is there already stays as it is. How many were new."""
    return _PLAN.write(session, [[row[name] for name in PLANNED] for row in rows])
