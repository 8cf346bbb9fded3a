"""Store: planned slots whose moment has come, read by the hundred as plain values and written back together."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel, col

from foster_bond.rules.family_calendar import EMPTY, FamilyCalendar
from foster_bond.rules.states import OccurrenceState
from foster_bond.store.agencies import Agency
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.many_rows import ChangedRows, read_fast
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.prompts import Schedule


@dataclass(slots=True)
class DueOccurrence:
    """The slot's own values."""

    id: str
    local_date: date
    slot: int
    due_at: datetime
    closes_at: datetime
    look_at: datetime
    state: str
    prompt_key: str | None
    why: str | None
    rules: list[dict[str, Any]]
    nudge_at: datetime | None


@dataclass(slots=True)
class DueEnrolment:
    """Its enrolment's, as far as a decision reads or changes them."""

    id: str
    state: str
    position: int
    started_on: date
    created_at: datetime
    next_due_at: datetime | None
    schedule_id: str


@dataclass(slots=True)
class DueMember:
    """Its member's."""

    id: str
    role: str
    language: str
    zone: str | None
    hour: time | None
    child_word: str | None
    to_bidx: str
    phone: bytes
    level: int
    past: dict[str, Any]
    l5_on: bool
    texts_a_week: int | None
    paused_until: datetime | None
    left_at: datetime | None
    agency_id: str


@dataclass(slots=True)
class DueFamily:
    """Its family's."""

    id: str
    zone: str
    closed_at: datetime | None
    visit_days: list[list[str | None]] | None


@dataclass(frozen=True, slots=True)
class DueSlot:
    """One slot whose moment has come, with everything it hangs on."""

    occurrence: DueOccurrence
    enrolment: DueEnrolment
    schedule: Schedule
    member: DueMember
    family: DueFamily
    agency: Agency
    calendar: FamilyCalendar = EMPTY  # store/family_calendars.py reads it for many slots at once

    @property
    def zone(self) -> str:
        """The zone of the member's own wall."""
        return self.member.zone or self.family.zone


@dataclass(frozen=True, slots=True)
class DueSlots:
    """A batch. Slots of the same person share that person's values, so that each sees what the one before it did."""

    slots: list[DueSlot]
    _enrolments: dict[str, DueEnrolment] = field(default_factory=dict)
    _members: dict[str, DueMember] = field(default_factory=dict)
    _read: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # by enrolment or member, as it was read

    def keep(self, session: Session) -> None:
        """Write back what was decided: every slot, and the enrolments and people that changed with theirs."""
        _SLOTS.write(
            session,
            [
                (one.id, one.state, one.prompt_key, one.why, one.rules, one.look_at, one.nudge_at)
                for one in (slot.occurrence for slot in self.slots)
            ],
        )
        enrolments = [(one.id, one.state, one.position) for one in self._enrolments.values()]
        _ENROLMENTS.write(session, [row for row in enrolments if row[1:] != self._read[row[0]]])
        members = [(one.id, one.level, one.past, one.paused_until) for one in self._members.values()]
        _MEMBERS.write(session, [row for row in members if row[1:] != self._read[row[0]]])


_SLOTS = ChangedRows(Occurrence, ("id", "state", "prompt_key", "why", "rules", "look_at", "nudge_at"))
_ENROLMENTS = ChangedRows(Enrolment, ("id", "state", "position"))
_MEMBERS = ChangedRows(Member, ("id", "level", "past", "paused_until"))


def _columns(table: type[SQLModel], values: type) -> list[Any]:
    return [read_fast(getattr(table, one.name)) for one in fields(values)]


_OF_OCCURRENCE, _OF_ENROLMENT = _columns(Occurrence, DueOccurrence), _columns(Enrolment, DueEnrolment)
_OF_MEMBER, _OF_FAMILY = _columns(Member, DueMember), _columns(Family, DueFamily)
_E = len(_OF_OCCURRENCE)
_M = _E + len(_OF_ENROLMENT)
_F = _M + len(_OF_MEMBER)
_LOOK = (
    select(*_OF_OCCURRENCE, *_OF_ENROLMENT, *_OF_MEMBER, col(Occurrence.family_id))
    .join(Enrolment, col(Enrolment.id) == col(Occurrence.enrolment_id))
    .join(Member, col(Member.id) == col(Occurrence.member_id))
    .where(col(Occurrence.state) == OccurrenceState.PLANNED.value, col(Occurrence.look_at) <= bindparam("now"))
    # The key decides between two that are looked at together, so that a preview decides alike.
    .order_by(col(Occurrence.look_at), col(Occurrence.enrolment_id), col(Occurrence.local_date), col(Occurrence.slot))
    .limit(bindparam("most"))
    # The place in the programme and the person's past are read and written here: one clock process at a time.
    # Not the key: a text that comes in meanwhile may still be linked to the member.
    .with_for_update(skip_locked=True, key_share=True, of=(Occurrence, Enrolment, Member))
)
# Apart, once the slots are locked: joined, PostgreSQL would give the family as it was when the reading began, and who
# moved in between would be asked by the zone they left.
_HOMES = select(*_OF_FAMILY).where(col(Family.id).in_(bindparam("ids", expanding=True)))


def to_look_at(session: Session, now: datetime, limit: int) -> DueSlots:
    """Planned slots whose moment to be written, or looked at again, has come; locked where the engine can."""
    rows = [tuple(row) for row in session.execute(_LOOK, {"now": now, "most": limit})]
    enrolments = {row[_E]: DueEnrolment(*row[_E:_M]) for row in rows}
    members = {row[_M]: DueMember(*row[_M:_F]) for row in rows}
    homes = session.execute(_HOMES, {"ids": sorted({row[_F] for row in rows})}) if rows else ()
    families = {row[0]: DueFamily(*row) for row in homes}
    schedules = _by_id(session, Schedule, {one.schedule_id for one in enrolments.values()})
    agencies = _by_id(session, Agency, {one.agency_id for one in members.values()})
    found = DueSlots([], enrolments, members)
    found._read.update({one.id: (one.state, one.position) for one in enrolments.values()})
    found._read.update({one.id: (one.level, one.past, one.paused_until) for one in members.values()})
    for row in rows:
        enrolment, member = enrolments[row[_E]], members[row[_M]]
        schedule, agency = schedules[enrolment.schedule_id], agencies[member.agency_id]
        found.slots.append(DueSlot(DueOccurrence(*row[:_E]), enrolment, schedule, member, families[row[_F]], agency))
    return found


def _by_id(session: Session, table: Any, ids: set[str]) -> dict[str, Any]:
    return {row.id: row for row in session.execute(select(table).where(table.id.in_(sorted(ids)))).scalars()}
