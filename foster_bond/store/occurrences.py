"""Store: planned slots. Each is one enrolment, one local day, one slot of that day, once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, select
from sqlmodel import Field, Session, col

from foster_bond.rules.states import OCCURRENCE_MOVES, NoSuchMove, OccurrenceState
from foster_bond.store.base import Instant, Owned, link, one_of, own_key


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
    moved_from: Instant | None = None  # a person moved it; where it stood before

    @property
    def key(self) -> str:
        """Enrolment, local date and slot: what makes it once."""
        return f"{self.enrolment_id}:{self.local_date.isoformat()}:{self.slot}"


def move(occurrence: Occurrence, to: OccurrenceState, why: str | None = None) -> None:
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
