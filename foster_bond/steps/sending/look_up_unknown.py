"""outbox ← carrier: ask the carrier about every unanswered send, and let go of claims whose lease has run out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from foster_bond.carriers.carrier import Carrier, CarrierText, CarrierUnreachable
from foster_bond.clock import Clock
from foster_bond.rules.states import Outbound
from foster_bond.steps.sending import _settling as settling
from foster_bond.store import alerts, outbox, outbox_claims
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

BATCH = 100
MOST_ATTEMPTS = 3
CLOCKS_APART = timedelta(seconds=60)  # ours and the carrier's may differ by this much (design.md section 5)
ASK_AGAIN = timedelta(minutes=1)
UNRESOLVED = "We do not know whether this text arrived, and the carrier could not tell."


def let_go(store: Store, clock: Clock, grace: timedelta) -> int:
    """How many claims had outlived their lease and became unknown: their process died or hung."""
    real = clock.real()
    with store.write() as session:
        gone = outbox_claims.lapsed(session, real, BATCH)
        for message in gone:
            claimed = message.claimed_real or real
            outbox.move(
                session, message.id, message.agency_id, Outbound.SENDING, Outbound.UNKNOWN, clock.now(),
                why="The sending process stopped before it could say what happened.", token=None, lease_until=None,
                look_up_at=claimed + grace,
            )  # fmt: skip
        return len(gone)


async def look_up(store: Store, carrier: Carrier, clock: Clock, grace: timedelta) -> dict[str, int]:
    """How many unanswered sends were found at the carrier, are free to go again, or need a person."""
    tally = {"found": 0, "absent": 0, "unresolved": 0, "unreachable": 0}
    for message_id, to in _due(store, clock.real()):
        try:
            known = await carrier.sent_to(to)
        except CarrierUnreachable:
            _ask_again(store, message_id, clock.real())
            tally["unreachable"] += 1
            continue
        with store.write() as session:
            tally[_judge(session, store, message_id, known, clock, grace)] += 1
    return tally


def _due(store: Store, real: datetime) -> list[tuple[str, str]]:
    with store.read() as session:
        found = outbox_claims.to_look_up(session, real, BATCH)
        return [(message.id, outbox.number_of(session, store.vault, message)) for message in found]


def _ask_again(store: Store, message_id: str, real: datetime) -> None:
    with store.write() as session:
        message = session.get(OutboxMessage, message_id)
        if message is not None and message.state == Outbound.UNKNOWN.value:
            message.look_up_at = real + ASK_AGAIN


def _judge(
    session: Session, store: Store, message_id: str, known: Sequence[CarrierText], clock: Clock, grace: timedelta
) -> str:  # fmt: skip
    message = outbox_claims.locked(session, message_id)
    if message is None or message.state != Outbound.UNKNOWN.value:
        return "found"  # a callback was quicker
    match = _match(session, store, message, known)
    now, real = clock.now(), clock.real()
    if match is not None:
        settling.accept(session, message, match.sid, match.status, now)
        return "found"
    if message.claimed_real is not None and real < message.claimed_real + grace:
        message.look_up_at = message.claimed_real + grace  # too early to call it absent
        return "absent"
    return _absent(session, message, now)


def _match(session: Session, store: Store, message: OutboxMessage, known: Sequence[CarrierText]) -> CarrierText | None:
    """The text at the carrier that is this one: same words, made after the claim, its id not another text's."""
    body = outbox.body_of(session, store.vault, message)
    starts = [instant for instant in (message.claimed_at, message.claimed_real) if instant is not None]
    since = min(starts) - CLOCKS_APART if starts else None
    for text in sorted(known, key=lambda one: one.created_at):
        fresh = since is None or text.created_at >= since
        if fresh and text.body == body and outbox.by_sid(session, text.sid) is None:
            return text
    return None


def _absent(session: Session, message: OutboxMessage, now: datetime) -> str:
    if message.attempts < MOST_ATTEMPTS and now < message.not_after:
        outbox.move(
            session, message.id, message.agency_id, Outbound.UNKNOWN, Outbound.SCHEDULED, now,
            why="The carrier never had it; it goes again.", look_up_at=None, claimed_at=None, claimed_real=None,
            next_try_at=now,
        )  # fmt: skip
        return "absent"
    outbox.move(
        session, message.id, message.agency_id, Outbound.UNKNOWN, Outbound.UNRESOLVED, now, why=UNRESOLVED,
        look_up_at=None,
    )  # fmt: skip
    alerts.add_task(
        session, message.agency_id, "unresolved", UNRESOLVED, now,
        once_key=f"unresolved:{message.id}:{message.attempts}", family_id=message.family_id,
        member_id=message.member_id, message_id=message.id,
    )  # fmt: skip
    return "unresolved"
