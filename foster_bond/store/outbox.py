"""Store: texts out: how one is written down, and the one mover with its append-only log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    String,
    bindparam,
    column,
    insert,
    literal_column,
    select,
    update,
    values,
)
from sqlmodel import Session, col

from foster_bond.rules.kinds import MANNERS, Kind
from foster_bond.rules.segments import measure
from foster_bond.rules.states import OUTBOUND_MOVES, NoSuchMove, Outbound
from foster_bond.store.ids import new_id, new_ref
from foster_bond.store.inserting import Once
from foster_bond.store.many_rows import NewRows
from foster_bond.store.outbox_rows import OutboxMessage, StateMove
from foster_bond.store.prepared import Prepared
from foster_bond.store.sealing import Place, Vault

__all__ = ["OutboxMessage", "StateMove"]


@dataclass(frozen=True, slots=True)
class Composed:
    """A text that has just been written down."""

    id: str
    agency_id: str
    to_bidx: str


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
) -> Composed | None:
    """A new text out with the first line of its log; None where its `once_key` has been used already."""
    row = draft(
        session, vault, agency_id=agency_id, kind=kind, to=to, to_bidx=to_bidx, body=body, now=now, due_at=due_at,
        not_after=not_after, zone=zone, family_id=family_id, **more,
    )  # fmt: skip
    if not _COMPOSE.add(session, row):
        return None
    _log(session, [_Step(row["id"], agency_id, 1)], None, Outbound.SCHEDULED, now, None)
    return Composed(row["id"], agency_id, to_bidx)


def draft(
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
) -> dict[str, Any]:
    """The sealed row of a new text out, not written yet: for a step that writes hundreds at once."""
    message_id = new_id()
    return more | {
        "id": message_id, "agency_id": agency_id, "family_id": family_id, "kind": kind.value,
        "rank": MANNERS[kind].rank, "to_bidx": to_bidx, "due_at": due_at, "not_before": due_at,
        "not_after": not_after, "next_try_at": due_at, "created_at": now, "zone": zone,
        "to_sealed": vault.seal(session, to, Place("outbox_messages", "to_sealed", message_id),
                                agency_id=agency_id, family_id=family_id),
        "body": vault.seal(session, body, Place("outbox_messages", "body", message_id),
                           agency_id=agency_id, family_id=family_id),
    }  # fmt: skip


def write_down(session: Session, drafts: Sequence[dict[str, Any]], now: datetime) -> None:
    """Write drafts of one shape with the first lines of their logs; the caller holds what makes each of them new."""
    if not drafts:
        return
    rows = [_UNSAID | {"ref": new_ref()} | draft for draft in drafts]
    _new_texts(tuple(rows[0])).write(session, [list(row.values()) for row in rows])
    scheduled = Outbound.SCHEDULED.value
    _FIRST_LINES.write(session, [(row["id"], 1, row["agency_id"], scheduled, now) for row in rows])


_UNSAID = {
    one.name: one.default.arg
    for one in OutboxMessage.__table__.c  # type: ignore[attr-defined]  # SQLModel does not type it
    if one.default is not None and one.default.is_scalar
}
_FIRST_LINES = NewRows(StateMove, ("message_id", "seq", "agency_id", "to_state", "at"))


@cache
def _new_texts(names: tuple[str, ...]) -> NewRows:
    return NewRows(OutboxMessage, names)


_COMPOSE = Once(OutboxMessage, ["agency_id", "once_key"])


@dataclass(frozen=True, slots=True)
class _Step:
    """One message that has moved, and the number of this move."""

    message_id: str
    agency_id: str
    seq: int


def _log(
    session: Session, steps: Sequence[_Step], before: Outbound | None, after: Outbound, at: datetime, why: str | None
) -> None:
    if not steps:
        return
    move = {"from_state": None if before is None else before.value, "to_state": after.value, "at": at, "why": why}
    lines = [{"message_id": one.message_id, "agency_id": one.agency_id, "seq": one.seq, **move} for one in steps]
    if len(lines) == 1:
        _NOTE_ONE.run(session, lines[0])
    else:
        session.connection().execute(_NOTE, lines)


_OUTBOX: Any = OutboxMessage.__table__  # type: ignore[attr-defined]  # SQLModel does not type it
_LOG: Any = StateMove.__table__  # type: ignore[attr-defined]  # SQLModel does not type it
_NOTE = insert(_LOG)
_NOTE_ONE = Prepared(_NOTE)


def stands(state: Outbound) -> ColumnElement[bool]:
    """A text stands in this state, said so that the planner finds the state's own index."""
    return col(OutboxMessage.state) == literal_column(f"'{state.value}'")


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
    own = (col(OutboxMessage.agency_id) == agency_id, *only_if)
    return bool(move_all(session, [message_id], before, after, at, why=why, only_if=own, **values))


def move_all(
    session: Session,
    message_ids: Sequence[str],
    before: Outbound,
    after: Outbound,
    at: datetime,
    *,
    why: str | None = None,
    only_if: Iterable[Any] = (),
    given: Mapping[str, Any] | None = None,
    **values: Any,
) -> frozenset[str]:
    """Which of these rows made this move: each by its own compare-and-set, all in one UPDATE. Raises: NoSuchMove.

    `given` are the values of parameters that `only_if` names.
    """
    if after not in OUTBOUND_MOVES[before]:
        raise NoSuchMove(f"outbound {before} -> {after}")
    if why is not None:
        values["reason"] = why
    statement = (
        update(_OUTBOX)
        .where(_OUTBOX.c.id.in_(message_ids), _OUTBOX.c.state == before.value, *only_if)
        .values(state=after.value, moves=_OUTBOX.c.moves + 1, **values)
        .returning(_OUTBOX.c.id, _OUTBOX.c.agency_id, _OUTBOX.c.moves)
    )
    steps = [_Step(*row) for row in session.execute(statement, given)]
    _log(session, steps, before, after, at, why)
    return frozenset(one.message_id for one in steps)


@dataclass(frozen=True, slots=True)
class Answered:
    """The carrier took a claimed text: which, whose claim, and its name there."""

    message_id: str
    token: str
    sid: str
    status: str


def accept_all(session: Session, answers: Sequence[Answered], at: datetime) -> frozenset[str]:
    """Which of these claimed texts are now accepted: each by a compare-and-set on its own claim, all in one UPDATE."""
    if not answers:
        return frozenset()
    told = _TOLD.data([(one.message_id, one.token, one.sid, one.status[:20]) for one in answers]).cte("told")
    statement = (
        update(_OUTBOX)
        .where(
            _OUTBOX.c.id == told.c.id, _OUTBOX.c.token == told.c.token, _OUTBOX.c.state == Outbound.SENDING.value
        )
        .values(
            state=Outbound.ACCEPTED.value, moves=_OUTBOX.c.moves + 1, carrier_sid=told.c.sid,
            carrier_status=told.c.status, accepted_at=at, token=None, lease_until=None, reason=None,
        )
        .returning(_OUTBOX.c.id, _OUTBOX.c.agency_id, _OUTBOX.c.moves)
    )  # fmt: skip
    steps = [_Step(*row) for row in session.execute(statement)]
    _log(session, steps, Outbound.SENDING, Outbound.ACCEPTED, at, None)
    return frozenset(one.message_id for one in steps)


_TOLD = values(column("id", String), column("token", String), column("sid", String), column("status", String))


@dataclass(frozen=True, slots=True)
class Held:
    """A text that waits on, until when and why."""

    message_id: str
    until: datetime
    why: str


_HOLD = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("b_id"), _OUTBOX.c.state == Outbound.SCHEDULED.value)
    .values(next_try_at=bindparam("b_until"), reason=bindparam("b_why"))
)


def hold(session: Session, held: Sequence[Held]) -> None:
    """Look at these again later, and say on each why it waits. No move: they stay scheduled."""
    if held:
        session.execute(_HOLD, [{"b_id": one.message_id, "b_until": one.until, "b_why": one.why} for one in held])


def body_of(session: Session, vault: Vault, message: OutboxMessage) -> str:
    return vault.open(session, message.body, Place("outbox_messages", "body", message.id))


def number_of(session: Session, vault: Vault, message: OutboxMessage) -> str:
    return vault.open(session, message.to_sealed, Place("outbox_messages", "to_sealed", message.id))


def reword(session: Session, vault: Vault, message: OutboxMessage, body: str, language: str) -> bool:
    """Say a text that has not left in other words; False where it is on its way already."""
    place = Place("outbox_messages", "body", message.id)
    sealed = vault.seal(session, body, place, agency_id=message.agency_id, family_id=message.family_id)
    statement = (
        update(_OUTBOX)
        .where(_OUTBOX.c.id == message.id, _OUTBOX.c.state == Outbound.SCHEDULED.value)
        .values(body=sealed, language=language, parts=measure(body).parts)
    )
    return bool(cast(CursorResult[object], session.execute(statement)).rowcount)


def by_ref(session: Session, ref: str) -> OutboxMessage | None:
    return session.execute(_BY_REF, {"wanted": ref}).scalar_one_or_none()


def by_sid(session: Session, sid: str) -> OutboxMessage | None:
    return session.execute(_BY_SID, {"wanted": sid}).scalar_one_or_none()


# Built once: every status callback asks one of them.
_BY_REF = select(OutboxMessage).where(col(OutboxMessage.ref) == bindparam("wanted"))
_BY_SID = select(OutboxMessage).where(col(OutboxMessage.carrier_sid) == bindparam("wanted"))


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


def said_since(session: Session, agency_id: str, to_bidx: str, text_id: str, since: datetime) -> bool:
    """True where a fixed text was written for a number after that moment, and left or may still leave."""
    query = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.to_bidx) == to_bidx,
        col(OutboxMessage.created_at) > since, col(OutboxMessage.text_id) == text_id,
        col(OutboxMessage.state).not_in([Outbound.EXPIRED, Outbound.SUPPRESSED, Outbound.CANCELLED]),
    )  # fmt: skip
    return session.execute(query.limit(1)).first() is not None


def reminders_waiting(session: Session, enrolment_ids: Sequence[str]) -> list[str]:
    """The reminders for these enrolments that are written and have not left."""
    query = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.enrolment_id).in_(enrolment_ids),
        stands(Outbound.SCHEDULED),
        col(OutboxMessage.kind) == Kind.NUDGE.value,
    )
    return list(session.execute(query).scalars())


def newest_to(session: Session, agency_id: str, to_bidx: str, limit: int) -> list[OutboxMessage]:
    """The last texts written for a number, newest first."""
    query = (
        select(OutboxMessage)
        .where(col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.to_bidx) == to_bidx)
        .order_by(col(OutboxMessage.created_at).desc(), col(OutboxMessage.id).desc())
        .limit(limit)
    )
    return list(session.execute(query).scalars())
