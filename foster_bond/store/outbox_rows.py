"""Store: the rows of the outbox: every text out, and the append-only log of its moves."""

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from foster_bond.rules.kinds import PROMPT_LIKE, Kind
from foster_bond.rules.states import FINAL_OUTBOUND, Outbound
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.ids import new_ref

IN_FLIGHT = "kind IN ({}) AND state IN ('sending', 'unknown')".format(
    ", ".join(f"'{kind}'" for kind in sorted(PROMPT_LIKE))
)
OPEN = "state IN ({})".format(", ".join(f"'{state}'" for state in Outbound if state not in FINAL_OUTBOUND))
"""Texts that have not ended: an index of its own, so that a look at them never walks through the millions that have.
SQLite uses such an index only where a query repeats these very words: `where(text(OPEN))`."""


def _where(name: str, *columns: str, only: str, unique: bool = False) -> Index:
    """An index over the rows of one state: a text that has moved on costs nothing there."""
    return Index(name, *columns, unique=unique, sqlite_where=text(only), postgresql_where=text(only))


class OutboxMessage(Owned, table=True):
    """A text that we send, of whatever kind."""

    __tablename__ = "outbox_messages"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        link("occurrence_id", "occurrences"),
        link("again_of", "outbox_messages"),
        one_of("kind", Kind),
        one_of("state", Outbound),
        UniqueConstraint("ref"),
        UniqueConstraint("occurrence_id", "kind"),
        Index("uq_outbox_carrier_sid", "carrier_sid", unique=True),
        # One prompt-like text in flight per recipient, so that a look-up at the carrier is unambiguous.
        _where("uq_outbox_in_flight", "agency_id", "to_bidx", only=IN_FLIGHT, unique=True),
        Index("uq_outbox_once", "agency_id", "once_key", unique=True),
        _where("ix_outbox_due", "agency_id", "rank", "next_try_at", "id", only="state = 'scheduled'"),
        _where("ix_outbox_window", "not_after", only="state = 'scheduled'"),
        _where("ix_outbox_lease", "lease_until", only="state = 'sending'"),
        _where("ix_outbox_look_up", "look_up_at", only="state = 'unknown'"),
        _where("ix_outbox_open", "agency_id", "state", "accepted_at", only=OPEN),
        Index("ix_outbox_family", "agency_id", "family_id", "created_at"),
        Index("ix_outbox_number", "agency_id", "to_bidx", "created_at"),
        Index("ix_outbox_agency", "agency_id", "created_at"),  # the delivery page looks at a day and a week
    )
    family_id: str | None = Field(default=None, max_length=36)
    member_id: str | None = Field(default=None, max_length=36)
    enrolment_id: str | None = Field(default=None, max_length=36)
    occurrence_id: str | None = Field(default=None, max_length=36)
    staff_id: str | None = Field(default=None, max_length=36)  # who wrote it, or whom an alert tells
    inbound_id: str | None = Field(default=None, max_length=36)  # the text it answers
    alert_id: str | None = Field(default=None, max_length=36)
    again_of: str | None = Field(default=None, max_length=36)
    # What may exist once only: "answer:<inbound>", "crisis:<number>:<alert>", "ask:<number>", "W1:<event>" ...
    once_key: str | None = Field(default=None, max_length=120)
    kind: str = Field(max_length=20)
    rank: int
    text_id: str | None = Field(default=None, max_length=40)  # which shipped text, or the prompt's key
    prompt_key: str | None = Field(default=None, max_length=40)
    language: str = Field(default="en", max_length=2)
    zone: str = Field(max_length=64)
    ref: str = Field(default_factory=new_ref, max_length=32)
    to_sealed: bytes
    to_bidx: str = Field(max_length=32)
    body: bytes
    parts: int = 1
    state: str = Field(default=Outbound.SCHEDULED, max_length=12)
    moves: int = 1  # how many lines its log has; the next one's number costs no look
    reason: str | None = Field(default=None, max_length=300)
    due_at: Instant
    not_before: Instant
    not_after: Instant
    next_try_at: Instant
    created_at: Instant
    claimed_at: Instant | None = None
    claimed_real: Instant | None = None  # the machine's own time: what the carrier's list is compared with
    token: str | None = Field(default=None, max_length=36)
    lease_until: Instant | None = None  # the machine's own time
    look_up_at: Instant | None = None  # the machine's own time
    attempts: int = 0
    backoffs: int = 0
    carrier_sid: str | None = Field(default=None, max_length=40)
    carrier_status: str | None = Field(default=None, max_length=20)
    error_code: int | None = None
    accepted_at: Instant | None = None
    polled_at: Instant | None = None


class StateMove(SQLModel, table=True):
    """One move of one message. Append-only; `seq` counts from 1 without gaps."""

    __tablename__ = "state_log"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "message_id"], ["outbox_messages.agency_id", "outbox_messages.id"]),
        one_of("from_state", Outbound, nullable=True),
        one_of("to_state", Outbound),
    )
    message_id: str = Field(primary_key=True, max_length=36)
    seq: int = Field(primary_key=True)
    agency_id: str = Field(max_length=36)
    from_state: str | None = Field(default=None, max_length=12)
    to_state: str = Field(max_length=12)
    at: Instant
    why: str | None = Field(default=None, max_length=300)
