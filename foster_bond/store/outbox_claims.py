"""Store: which texts are due, and the compare-and-set that puts them into a sender's hands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, func, or_, select, text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from foster_bond.rules.kinds import FAREWELLS, MANNERS, NOTES, PROMPT_LIKE, Kind
from foster_bond.rules.states import Consent, Outbound
from foster_bond.store import outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.consents import NumberConsent
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.number_facts import Number
from foster_bond.store.outbox import OutboxMessage, stands
from foster_bond.store.outbox_rows import IN_FLIGHT, OPEN

URGENT_RANK = 2  # alerts, crisis answers and keyword answers: they wait for no pace and no sender's pause

_CONSENTED = [kind.value for kind in Kind if MANNERS[kind].consent]
_PROMPT_LIKE = [kind.value for kind in PROMPT_LIKE]


@dataclass(frozen=True, slots=True)
class Due:
    """A text whose time has come, with what its gate looks at."""

    id: str
    agency_id: str
    family_id: str | None
    kind: Kind
    rank: int
    zone: str
    ref: str
    to_sealed: bytes
    to_bidx: str
    body: bytes
    parts: int
    not_before: datetime
    not_after: datetime
    paused_until: datetime | None
    texts_a_week: int | None  # what the member asked for
    closed_at: datetime | None  # when the placement ended
    left_at: datetime | None  # when the member left the family
    answers_at: datetime | None  # when the text that this one answers came in
    answers: str | None  # what that text meant
    text_id: str | None  # of a fixed text
    staff_id: str | None  # whom an alert tells

    @property
    def number(self) -> Number:
        return self.agency_id, self.to_bidx

    @property
    def urgent(self) -> bool:
        return self.rank <= URGENT_RANK

    @property
    def answers_yes(self) -> bool:
        return self.answers == "yes"

    @property
    def note(self) -> bool:
        return self.text_id in NOTES

    @property
    def farewell(self) -> bool:
        return self.text_id in FAREWELLS


def agencies_with_due(session: Session, now: datetime) -> list[Agency]:
    """Which agencies have a text whose time has come; one look into the index per agency, however many wait."""
    waiting = exists().where(
        stands(Outbound.SCHEDULED),
        col(OutboxMessage.agency_id) == col(Agency.id),
        col(OutboxMessage.next_try_at) <= now,
    )
    return list(session.execute(select(Agency).where(waiting).order_by(col(Agency.id))).scalars())


def due(session: Session, agency_id: str, now: datetime, *, limit: int, ordinary: int) -> list[Due]:
    """One agency's due texts, the most urgent kind first, locked where the engine can.

    At most `limit`, and of those that are not urgent at most `ordinary`: what pace or pause allows.
    """
    asked = {"agency": agency_id, "now": now}
    if ordinary >= limit:
        return [_read(row) for row in session.execute(_DUE, asked | {"most": limit})]
    found = [_read(row) for row in session.execute(_DUE_URGENT, asked | {"most": limit})]
    left = min(ordinary, limit - len(found))
    if left < 1:
        return found
    return found + [_read(row) for row in session.execute(_DUE_ORDINARY, asked | {"most": left})]


def as_due(session: Session, message_id: str) -> Due:
    """One text with what its gate looks at, in whatever state it stands."""
    return _read(session.execute(_WITH_ITS_GATE.where(col(OutboxMessage.id) == message_id)).one())


_WITH_ITS_GATE = (
    select(
        col(OutboxMessage.id), col(OutboxMessage.agency_id), col(OutboxMessage.family_id), col(OutboxMessage.kind),
        col(OutboxMessage.rank), col(OutboxMessage.zone), col(OutboxMessage.ref), col(OutboxMessage.to_sealed),
        col(OutboxMessage.to_bidx), col(OutboxMessage.body), col(OutboxMessage.parts), col(OutboxMessage.not_before),
        col(OutboxMessage.not_after), col(Member.paused_until), col(Member.texts_a_week), col(Family.closed_at),
        col(Member.left_at),
        col(InboundText.received_at).label("answers_at"), col(InboundText.meaning).label("answers"),
        col(OutboxMessage.text_id), col(OutboxMessage.staff_id),
    )
    .outerjoin(Member, col(Member.id) == col(OutboxMessage.member_id))
    .outerjoin(Family, col(Family.id) == col(OutboxMessage.family_id))
    .outerjoin(InboundText, col(InboundText.id) == col(OutboxMessage.inbound_id))
)  # fmt: skip


def _due(*only: ColumnElement[bool]) -> Any:
    """Built once: to put such a statement together costs more than to run it."""
    return (
        _WITH_ITS_GATE.where(
            stands(Outbound.SCHEDULED),
            col(OutboxMessage.agency_id) == bindparam("agency"),
            col(OutboxMessage.next_try_at) <= bindparam("now"),
            *only,
        )
        .order_by(col(OutboxMessage.rank), col(OutboxMessage.next_try_at), col(OutboxMessage.id))
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=OutboxMessage)
    )


_DUE = _due()
_DUE_URGENT = _due(col(OutboxMessage.rank) <= URGENT_RANK)
_DUE_ORDINARY = _due(col(OutboxMessage.rank) > URGENT_RANK)


def _read(row: Row[Any]) -> Due:
    values = row._asdict()
    return Due(**values | {"kind": Kind(values["kind"])})


def busy_numbers(session: Session, numbers: Collection[Number]) -> set[Number]:
    """Which of these numbers have a prompt-like text in sending or unknown."""
    asked = {"agencies": list({one for one, _ in numbers}), "numbers": list({bidx for _, bidx in numbers})}
    return {(row[0], row[1]) for row in session.execute(_BUSY, asked)}


_BUSY = select(col(OutboxMessage.agency_id), col(OutboxMessage.to_bidx)).where(
    text(IN_FLIGHT),
    col(OutboxMessage.agency_id).in_(bindparam("agencies", expanding=True)),
    col(OutboxMessage.to_bidx).in_(bindparam("numbers", expanding=True)),
)


def take_all(
    session: Session, ids: Sequence[str], *, token: str, now: datetime, real: datetime, lease: timedelta
) -> frozenset[str]:
    """Which texts this process now holds: state, window, consent and flight of each asked in the UPDATE itself."""
    return outbox.move_all(
        session, ids, Outbound.SCHEDULED, Outbound.SENDING, now, only_if=_STILL_TRUE, given={"claim_at": now},
        token=token, claimed_at=now, claimed_real=real, lease_until=real + lease,
        attempts=col(OutboxMessage.attempts) + 1, reason=None,
    )  # fmt: skip


_CLAIM_AT: Any = bindparam("claim_at")


def _still_true() -> tuple[ColumnElement[bool], ...]:
    """The part of the gate that another transaction could have changed since we looked."""
    other = aliased(OutboxMessage)
    kind, at = col(OutboxMessage.kind), _CLAIM_AT
    same_number = (
        col(NumberConsent.agency_id) == col(OutboxMessage.agency_id),
        col(NumberConsent.to_bidx) == col(OutboxMessage.to_bidx),
    )
    agreed = exists().where(*same_number, col(NumberConsent.state) == Consent.ACTIVE.value)
    undecided = [Consent.NONE.value, Consent.PENDING.value]
    decided = exists().where(*same_number, col(NumberConsent.state).not_in(undecided))
    flying = exists().where(
        col(other.agency_id) == col(OutboxMessage.agency_id),
        col(other.to_bidx) == col(OutboxMessage.to_bidx),
        col(other.kind).in_(_PROMPT_LIKE),
        col(other.state).in_([Outbound.SENDING.value, Outbound.UNKNOWN.value]),
    )
    return (
        col(OutboxMessage.not_before) <= at,
        col(OutboxMessage.not_after) > at,
        col(OutboxMessage.next_try_at) <= at,
        or_(kind.not_in(_CONSENTED), agreed),
        or_(kind != Kind.CONSENT_ASK.value, ~decided),
        or_(kind.not_in(_PROMPT_LIKE), ~flying),
    )


_STILL_TRUE = _still_true()


def _texts(session: Session, query: Select[OutboxMessage], limit: int) -> list[OutboxMessage]:
    return list(session.execute(query.limit(limit)).scalars())


def lapsed(session: Session, real: datetime, limit: int) -> list[OutboxMessage]:
    """Claims that have outlived their lease, locked where the engine can."""
    query = select(OutboxMessage).where(stands(Outbound.SENDING), col(OutboxMessage.lease_until) < real)
    return _texts(session, query.with_for_update(skip_locked=True), limit)


def past_window(session: Session, now: datetime, limit: int) -> list[str]:
    """Texts that still wait although their time to leave is over, locked where the engine can."""
    query = select(col(OutboxMessage.id)).where(stands(Outbound.SCHEDULED), col(OutboxMessage.not_after) <= now)
    return list(session.execute(query.limit(limit).with_for_update(skip_locked=True)).scalars())


def to_look_up(session: Session, real: datetime, limit: int) -> list[OutboxMessage]:
    """Unanswered sends whose grace is over."""
    query = select(OutboxMessage).where(stands(Outbound.UNKNOWN), col(OutboxMessage.look_up_at) <= real)
    return _texts(session, query.order_by(col(OutboxMessage.look_up_at)), limit)


def without_end(
    session: Session, *, accepted_after: datetime, asked_before: datetime, limit: int
) -> list[OutboxMessage]:
    """Accepted texts whose final status never came, the longest waiting first."""
    last = func.coalesce(col(OutboxMessage.polled_at), col(OutboxMessage.accepted_at))
    query = select(OutboxMessage).where(
        text(OPEN),
        col(OutboxMessage.state).in_([Outbound.ACCEPTED.value, Outbound.SENT.value]),
        col(OutboxMessage.accepted_at) > accepted_after,
        last <= asked_before,
    )
    return _texts(session, query.order_by(last), limit)


def locked(session: Session, message_id: str) -> OutboxMessage | None:
    """One text, fresh from the database and locked where the engine can."""
    found: OutboxMessage | None = session.execute(_LOCKED, {"wanted": message_id}).scalar_one_or_none()
    return found


_LOCKED = (
    select(OutboxMessage)
    .where(col(OutboxMessage.id) == bindparam("wanted"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def welcome_waits(session: Session, agency_id: str, to_bidx: str) -> bool:
    """True while W1 or W2 of this number has not been accepted yet."""
    query = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.to_bidx) == to_bidx,
        col(OutboxMessage.kind) == Kind.WELCOME.value,
        col(OutboxMessage.state).in_([Outbound.SCHEDULED.value, Outbound.SENDING.value, Outbound.UNKNOWN.value]),
    )
    return session.execute(query.limit(1)).first() is not None


def waiting(session: Session, now: datetime) -> list[OutboxMessage]:
    """Texts whose time has come and that have not left."""
    query = select(OutboxMessage).where(
        col(OutboxMessage.state) == Outbound.SCHEDULED.value, col(OutboxMessage.due_at) <= now
    )
    return list(session.execute(query.order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))).scalars())
