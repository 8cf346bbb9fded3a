"""Store: which texts are due, and the compare-and-set that puts one into a sender's hands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from foster_bond.rules.kinds import MANNERS, PROMPT_LIKE, Kind
from foster_bond.rules.states import Consent, Outbound
from foster_bond.store import outbox
from foster_bond.store.consents import NumberConsent
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.outbox import OutboxMessage


@dataclass(frozen=True, slots=True)
class Candidate:
    """A due text with what its gate looks at."""

    message: OutboxMessage
    member: Member | None
    family: Family | None
    answers_at: datetime | None
    answers_yes: bool


def agencies_with_due(session: Session, now: datetime) -> list[str]:
    """Which agencies have a text whose time has come."""
    query = (
        select(col(OutboxMessage.agency_id))
        .where(col(OutboxMessage.state) == Outbound.SCHEDULED.value, col(OutboxMessage.next_try_at) <= now)
        .distinct()
        .order_by(col(OutboxMessage.agency_id))
    )
    return list(session.execute(query).scalars())


def due(session: Session, agency_id: str, now: datetime, limit: int) -> list[Candidate]:
    """One agency's due texts, the most urgent kind first, locked where the engine can."""
    query = (
        select(OutboxMessage, Member, Family, col(InboundText.received_at), col(InboundText.meaning))
        .outerjoin(Member, col(Member.id) == col(OutboxMessage.member_id))
        .outerjoin(Family, col(Family.id) == col(OutboxMessage.family_id))
        .outerjoin(InboundText, col(InboundText.id) == col(OutboxMessage.inbound_id))
        .where(
            col(OutboxMessage.state) == Outbound.SCHEDULED.value,
            col(OutboxMessage.agency_id) == agency_id,
            col(OutboxMessage.next_try_at) <= now,
        )
        .order_by(col(OutboxMessage.rank), col(OutboxMessage.next_try_at), col(OutboxMessage.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxMessage)
        .execution_options(populate_existing=True)
    )
    return [Candidate(row[0], row[1], row[2], row[3], row[4] == "yes") for row in session.execute(query)]


def take(
    session: Session, message: OutboxMessage, *, token: str, now: datetime, real: datetime, lease: timedelta
) -> bool:
    """True where this process now holds the text: state, window, consent and flight asked in the same UPDATE."""
    return outbox.move(
        session,
        message.id,
        message.agency_id,
        Outbound.SCHEDULED,
        Outbound.SENDING,
        now,
        only_if=_still_true(message, now),
        token=token,
        claimed_at=now,
        claimed_real=real,
        lease_until=real + lease,
        attempts=message.attempts + 1,
        reason=None,
    )


def _still_true(message: OutboxMessage, now: datetime) -> list[ColumnElement[bool]]:
    """The part of the gate that another transaction could have changed since."""
    conditions: list[ColumnElement[bool]] = [
        col(OutboxMessage.not_before) <= now,
        col(OutboxMessage.not_after) > now,
        col(OutboxMessage.next_try_at) <= now,
    ]
    kind = Kind(message.kind)
    if MANNERS[kind].consent:
        conditions.append(
            exists().where(
                col(NumberConsent.agency_id) == message.agency_id,
                col(NumberConsent.to_bidx) == message.to_bidx,
                col(NumberConsent.state) == Consent.ACTIVE.value,
            )
        )
    if kind in PROMPT_LIKE:
        other = aliased(OutboxMessage)
        conditions.append(
            ~exists().where(
                col(other.agency_id) == message.agency_id,
                col(other.to_bidx) == message.to_bidx,
                col(other.kind).in_([like.value for like in PROMPT_LIKE]),
                col(other.state).in_([Outbound.SENDING.value, Outbound.UNKNOWN.value]),
            )
        )
    return conditions


def lapsed(session: Session, real: datetime, limit: int) -> list[OutboxMessage]:
    """Claims that have outlived their lease."""
    query = (
        select(OutboxMessage)
        .where(col(OutboxMessage.state) == Outbound.SENDING.value, col(OutboxMessage.lease_until) < real)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.execute(query).scalars())


def to_look_up(session: Session, real: datetime, limit: int) -> list[OutboxMessage]:
    """Unanswered sends whose grace is over."""
    query = (
        select(OutboxMessage)
        .where(col(OutboxMessage.state) == Outbound.UNKNOWN.value, col(OutboxMessage.look_up_at) <= real)
        .order_by(col(OutboxMessage.look_up_at))
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def without_end(
    session: Session, *, accepted_after: datetime, asked_before: datetime, limit: int
) -> list[OutboxMessage]:
    """Accepted texts whose final status never came, the longest waiting first."""
    last = func.coalesce(col(OutboxMessage.polled_at), col(OutboxMessage.accepted_at))
    query = (
        select(OutboxMessage)
        .where(
            col(OutboxMessage.state).in_([Outbound.ACCEPTED.value, Outbound.SENT.value]),
            col(OutboxMessage.accepted_at) > accepted_after,
            last <= asked_before,
        )
        .order_by(last)
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def locked(session: Session, message_id: str) -> OutboxMessage | None:
    """One text, fresh from the database and locked where the engine can."""
    query = select(OutboxMessage).where(col(OutboxMessage.id) == message_id).with_for_update()
    found: OutboxMessage | None = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    return found


def welcome_waits(session: Session, agency_id: str, to_bidx: str) -> bool:
    """True while W1 or W2 of this number has not been accepted yet."""
    query = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.to_bidx) == to_bidx,
        col(OutboxMessage.kind) == Kind.WELCOME.value,
        col(OutboxMessage.state).in_([Outbound.SCHEDULED.value, Outbound.SENDING.value, Outbound.UNKNOWN.value]),
    )
    return session.execute(query.limit(1)).first() is not None
