"""Store: who takes part in which schedule, and when their next slot is due."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from foster_bond.rules.states import EnrolmentState
from foster_bond.store.base import Instant, Owned, link, one_of, own_key


class Enrolment(Owned, table=True):
    """One member in one schedule. `next_due_at` is the first slot that has no occurrence row yet."""

    __tablename__ = "enrolments"
    __table_args__ = own_key(
        UniqueConstraint("agency_id", "schedule_id", "member_id"),
        link("schedule_id", "schedules"),
        link("member_id", "members"),
        link("family_id", "families"),
        one_of("state", EnrolmentState),
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
    ladder: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: Instant
