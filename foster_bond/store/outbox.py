"""Store: every text out, its one mover and the append-only log of its moves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, ForeignKeyConstraint, Index, UniqueConstraint, func, insert, select, text, update
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.rules.kinds import MANNERS, PROMPT_LIKE, Kind
from foster_bond.rules.states import OUTBOUND_MOVES, NoSuchMove, Outbound
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.ids import new_id, new_ref
from foster_bond.store.sealing import Place, Vault

_PROMPT_LIKE_SQL = "kind IN ({}) AND state IN ('sending', 'unknown')".format(
    ", ".join(f"'{kind}'" for kind in sorted(PROMPT_LIKE))
)


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
        Index(
            "uq_outbox_in_flight",
            "agency_id",
            "to_bidx",
            unique=True,
            sqlite_where=text(_PROMPT_LIKE_SQL),
            postgresql_where=text(_PROMPT_LIKE_SQL),
        ),
        Index("uq_outbox_once", "agency_id", "once_key", unique=True),
        Index("ix_outbox_due", "state", "agency_id", "rank", "next_try_at"),
        Index("ix_outbox_look_up", "state", "look_up_at"),
        Index("ix_outbox_family", "agency_id", "family_id", "created_at"),
        Index("ix_outbox_number", "agency_id", "to_bidx", "created_at"),
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


def compose(
    session: Session,
    vault: Vault,
    *,
    agency_id: str,
    kind: Kind,
    to: str,
    to_bidx: str,
    body: str,
    now: datetime,
    due_at: datetime,
    not_after: datetime,
    zone: str,
    family_id: str | None = None,
    **more: Any,
) -> OutboxMessage | None:
    """A new text out with the first line of its log; None where its `once_key` has been used already."""
    message_id = new_id()
    message = OutboxMessage(
        id=message_id, agency_id=agency_id, family_id=family_id, kind=kind.value, rank=MANNERS[kind].rank,
        to_bidx=to_bidx, due_at=due_at, not_before=due_at, not_after=not_after, next_try_at=due_at,
        created_at=now, zone=zone,
        to_sealed=vault.seal(session, to, Place("outbox_messages", "to_sealed", message_id),
                             agency_id=agency_id, family_id=family_id),
        body=vault.seal(session, body, Place("outbox_messages", "body", message_id),
                        agency_id=agency_id, family_id=family_id),
        **more,
    )  # fmt: skip
    if message.once_key is not None and _used(session, agency_id, message.once_key):
        return None
    session.add(message)
    session.flush()
    _log(session, agency_id, message_id, None, Outbound.SCHEDULED, now, None)
    return message


def _used(session: Session, agency_id: str, once_key: str) -> bool:
    query = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.once_key) == once_key
    )
    return session.execute(query).first() is not None


def _log(
    session: Session, agency_id: str, message_id: str, before: Outbound | None, after: Outbound, at: datetime,
    why: str | None,
) -> None:  # fmt: skip
    last = select(func.coalesce(func.max(col(StateMove.seq)), 0) + 1).where(col(StateMove.message_id) == message_id)
    session.execute(
        insert(StateMove).values(
            message_id=message_id,
            agency_id=agency_id,
            seq=last.scalar_subquery(),
            from_state=None if before is None else before.value,
            to_state=after.value,
            at=at,
            why=why,
        )
    )


def move(
    session: Session,
    message_id: str,
    agency_id: str,
    before: Outbound,
    after: Outbound,
    at: datetime,
    *,
    why: str | None = None,
    only_if: Iterable[Any] = (),
    **values: Any,
) -> bool:
    """True where exactly this row made exactly this move: the one mover, a compare-and-set.

    `only_if` are further conditions of the same UPDATE, such as the claim's token. Raises: NoSuchMove.
    """
    if after not in OUTBOUND_MOVES[before]:
        raise NoSuchMove(f"outbound {before} -> {after}")
    if why is not None:
        values["reason"] = why
    done = cast(
        CursorResult[object],
        session.execute(
            update(OutboxMessage)
            .where(
                col(OutboxMessage.id) == message_id,
                col(OutboxMessage.agency_id) == agency_id,
                col(OutboxMessage.state) == before.value,
                *only_if,
            )
            .values(state=after.value, **values)
            .execution_options(synchronize_session=False)
        ),
    )
    if done.rowcount != 1:
        return False
    _log(session, agency_id, message_id, before, after, at, why)
    return True


def body_of(session: Session, vault: Vault, message: OutboxMessage) -> str:
    return vault.open(session, message.body, Place("outbox_messages", "body", message.id))


def number_of(session: Session, vault: Vault, message: OutboxMessage) -> str:
    return vault.open(session, message.to_sealed, Place("outbox_messages", "to_sealed", message.id))


def by_ref(session: Session, ref: str) -> OutboxMessage | None:
    return session.execute(select(OutboxMessage).where(col(OutboxMessage.ref) == ref)).scalar_one_or_none()


def by_sid(session: Session, sid: str) -> OutboxMessage | None:
    return session.execute(select(OutboxMessage).where(col(OutboxMessage.carrier_sid) == sid)).scalar_one_or_none()


def waiting_for(session: Session, agency_id: str, to_bidx: str, kinds: Iterable[Kind]) -> list[OutboxMessage]:
    """What has not left yet for a number, of these kinds."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.to_bidx) == to_bidx,
        col(OutboxMessage.state) == Outbound.SCHEDULED.value,
        col(OutboxMessage.kind).in_([kind.value for kind in kinds]),
    )
    return list(session.execute(query).scalars())


def waiting_for_member(session: Session, agency_id: str, member_id: str) -> list[OutboxMessage]:
    """What has not left yet for one member, of whatever kind."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.member_id) == member_id,
        col(OutboxMessage.state) == Outbound.SCHEDULED.value,
    )
    return list(session.execute(query).scalars())
