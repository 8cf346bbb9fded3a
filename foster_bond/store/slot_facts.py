"""Store: what deciding about a slot looks at, whether it was read as rows of the ORM, by the hundred, or foreseen."""

from datetime import date, datetime, time
from typing import Any, Protocol

from foster_bond.rules.family_calendar import FamilyCalendar
from foster_bond.store.agencies import Agency
from foster_bond.store.prompts import Schedule


class SlotsOwn(Protocol):
    """The planned slot itself."""

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


class SlotsEnrolment(Protocol):
    """The enrolment that it belongs to."""

    id: str
    state: str
    position: int
    started_on: date
    created_at: datetime
    next_due_at: datetime | None


class SlotsMember(Protocol):
    """The person whom it is for."""

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


class SlotsFamily(Protocol):
    """The family of that person."""

    id: str
    zone: str
    closed_at: datetime | None
    visit_days: list[list[str | None]] | None


class SlotFacts(Protocol):
    """A slot with everything that it hangs on."""

    @property
    def occurrence(self) -> SlotsOwn: ...
    @property
    def enrolment(self) -> SlotsEnrolment: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def member(self) -> SlotsMember: ...
    @property
    def family(self) -> SlotsFamily: ...
    @property
    def agency(self) -> Agency: ...
    @property
    def calendar(self) -> FamilyCalendar: ...
    @property
    def zone(self) -> str: ...
