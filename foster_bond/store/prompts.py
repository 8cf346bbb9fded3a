"""Store: prompts, programmes and schedules of an agency."""

from collections.abc import Sequence
from datetime import date, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint, false, select
from sqlmodel import Field, Session, col

from foster_bond.rules.visit_slots import AROUND_A_VISIT
from foster_bond.store.base import Instant, Owned, link, one_of, own_key


class PromptState(StrEnum):
    """Whether a prompt may be used."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class ScheduleState(StrEnum):
    """Whether a schedule plans texts."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Anchor(StrEnum):
    """What the weeks of a schedule are counted from."""

    CALENDAR = "calendar"  # the schedule's own start, the same for everybody
    JOINING = "joining"  # the day each person began to take part
    PLACEMENT = "placement"  # the day the child came to the family


class Prompt(Owned, table=True):
    """A reflection prompt, its text per language, and for whom it is. `key` is the id of the pack or the library."""

    __tablename__ = "prompts"
    __table_args__ = own_key(UniqueConstraint("agency_id", "key"), one_of("state", PromptState))
    key: str = Field(max_length=40)
    technique: str = Field(max_length=20)
    level: int
    target: str = Field(max_length=30)
    reply: str = Field(max_length=20)
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    texts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    version: int = 1
    state: str = Field(default=PromptState.APPROVED, max_length=10)
    source: str = Field(default="library", max_length=20)
    approved_by: str | None = Field(default=None, max_length=36)
    approved_at: Instant | None = None
    retired_at: Instant | None = None
    retired_by: str | None = Field(default=None, max_length=36)


class Programme(Owned, table=True):
    """An order of prompts: `ordered` takes one after the other, `ladder` lets the rules choose."""

    __tablename__ = "programmes"
    __table_args__ = own_key(UniqueConstraint("agency_id", "key"), one_of("kind", ("ladder", "ordered")))
    key: str = Field(max_length=40)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=10)
    prompt_keys: list[str] = Field(sa_column=Column(JSON, nullable=False))
    slots: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    version: int = 1

    @property
    def around_visits(self) -> bool:
        """Whether its table says when to ask by a family's visits: before one, after it, later."""
        return any(row.get("when") in AROUND_A_VISIT for row in self.slots)

    def keys_for(self, role: str) -> list[str]:
        """The prompts it asks a member of this role, in order: a table that has a column for each asks only theirs."""
        if not self.slots:
            return self.prompt_keys
        return [str(row["prompt"]) for row in self.slots if role in row["roles"]]


class Schedule(Owned, table=True):
    """Which programme goes to whom, on which rhythm. `key` is the pack's id."""

    __tablename__ = "schedules"
    __table_args__ = own_key(
        UniqueConstraint("agency_id", "key"),
        link("programme_id", "programmes"),
        one_of("state", ScheduleState),
        one_of("anchor", Anchor),
    )
    key: str = Field(max_length=40)
    name: str = Field(max_length=120)
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    rule: str = Field(max_length=300)
    at: time | None = None
    between_from: time | None = None
    between_until: time | None = None
    programme_id: str = Field(max_length=36)
    starts: date
    ends: date | None = None
    nudge_after_s: int | None = None
    nudge_from: time | None = None  # the local hour its reminder waits for, once the delay is over
    nudge_until: time | None = None  # no reminder later in the day than this
    closes_after_s: int = 48 * 3600
    send_within_s: int = 3600
    state: str = Field(default=ScheduleState.ACTIVE, max_length=10)
    version: int = 1
    seed: str = Field(max_length=36)
    anchor: str = Field(default=Anchor.CALENDAR, max_length=10)
    by_visits: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # not on its days
    created_at: Instant
    changed_at: Instant | None = None  # when this version took force; None: when it was made
    # What somebody typed or loaded and nobody has put in force yet, beside who and when; None: nothing waits.
    draft: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))


class ScheduleVersion(Owned, table=True):
    """What a schedule said while it was at this number: who made it so, and when."""

    __tablename__ = "schedule_versions"
    __table_args__ = own_key(UniqueConstraint("schedule_id", "number"), link("schedule_id", "schedules"))
    schedule_id: str = Field(max_length=36)
    number: int
    words: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    made_at: Instant
    made_by: str | None = Field(default=None, max_length=36)  # None: the operator at the command line


def has_version(session: Session, schedule_id: str, number: int) -> bool:
    query = select(col(ScheduleVersion.id)).where(
        col(ScheduleVersion.schedule_id) == schedule_id, col(ScheduleVersion.number) == number
    )
    return session.execute(query).first() is not None


def versions_of(session: Session, agency_id: str, schedule_id: str) -> list[ScheduleVersion]:
    """Every version of a schedule that was kept, the newest first."""
    query = select(ScheduleVersion).where(
        col(ScheduleVersion.agency_id) == agency_id, col(ScheduleVersion.schedule_id) == schedule_id
    )
    return list(session.execute(query.order_by(col(ScheduleVersion.number).desc())).scalars())


def lock_schedule(session: Session, agency_id: str, schedule_id: str) -> Schedule | None:
    """One schedule as it stands now, held until the transaction ends: two who save it do so one after the other."""
    query = select(Schedule).where(col(Schedule.agency_id) == agency_id, col(Schedule.id) == schedule_id)
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found: Schedule | None = session.execute(locked).scalar_one_or_none()
    return found


def add_all(session: Session, rows: Sequence[Prompt | Programme | Schedule]) -> None:
    """Write new rows, so that others may link to them at once."""
    session.add_all(rows)
    session.flush()


def prompts_of(session: Session, agency_id: str) -> dict[str, Prompt]:
    """The agency's prompts by key."""
    rows = session.execute(select(Prompt).where(col(Prompt.agency_id) == agency_id)).scalars()
    return {row.key: row for row in rows}


def programmes_of(session: Session, agency_id: str) -> dict[str, Programme]:
    rows = session.execute(select(Programme).where(col(Programme.agency_id) == agency_id)).scalars()
    return {row.key: row for row in rows}


def schedules_of(session: Session, agency_id: str) -> list[Schedule]:
    query = select(Schedule).where(col(Schedule.agency_id) == agency_id).order_by(col(Schedule.name), col(Schedule.id))
    return list(session.execute(query).scalars())


def schedules_by_id(session: Session, ids: Sequence[str]) -> dict[str, Schedule]:
    """These schedules, whatever their agency."""
    rows = session.execute(select(Schedule).where(col(Schedule.id).in_(ids))).scalars()
    return {row.id: row for row in rows}


def programme(session: Session, programme_id: str) -> Programme:
    """One programme; it exists, since a schedule is linked to it."""
    found: Programme = session.execute(select(Programme).where(col(Programme.id) == programme_id)).scalar_one()
    return found
