"""outbox ← carrier: ask the carrier about every unanswered send whose grace is over."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from foster_bond.carriers.carrier import Carrier, CarrierText
from foster_bond.clock import Clock
from foster_bond.rules.send_gate import Drop
from foster_bond.rules.states import Outbound
from foster_bond.steps.sending import _gate as gate
from foster_bond.steps.sending import _looking as looking
from foster_bond.steps.sending import _matching as matching
from foster_bond.steps.sending import _settling as settling
from foster_bond.store import agencies, alerts, outbox, outbox_claims
from foster_bond.store.number_facts import facts_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

BATCH = 200
AT_ONCE = 8
MOST_ATTEMPTS = 3
ASK_AGAIN = timedelta(minutes=1)
CANNOT_TELL = "We do not know whether this text arrived, and the carrier could not tell."
NEVER_HAD_IT = "The carrier does not have this text, and it may not go out again by itself: {why}"

Waiting = tuple[str, str]  # a message's id and the number it went to


async def look_up(store: Store, carrier: Carrier, clock: Clock, grace: timedelta) -> dict[str, int]:
    """How many unanswered sends were found at the carrier, are free to go again, or need a person."""
    tally = {"found": 0, "absent": 0, "unresolved": 0, "unreachable": 0}
    waiting = _waiting(store, clock.real())
    for start in range(0, len(waiting), AT_ONCE):
        some = waiting[start : start + AT_ONCE]
        answers = await asyncio.gather(*(looking.ask(carrier, to) for _, to in some))
        for (message_id, _), known in zip(some, answers, strict=True):
            tally[_conclude(store, message_id, known, clock, grace)] += 1
        if tally["unreachable"]:
            break  # the others would only wait out the same time-out
    return tally


def _waiting(store: Store, real: datetime) -> list[Waiting]:
    with store.read() as session:
        found = outbox_claims.to_look_up(session, real, BATCH)
        return [(message.id, outbox.number_of(session, store.vault, message)) for message in found]


def _conclude(
    store: Store, message_id: str, known: Sequence[CarrierText] | None, clock: Clock, grace: timedelta
) -> str:
    with store.write() as session:
        now, real = clock.now(), clock.real()
        message = outbox_claims.locked(session, message_id)
        if message is None or message.state != Outbound.UNKNOWN.value:
            return "found"  # a callback was quicker
        if known is None:
            message.look_up_at = real + ASK_AGAIN
            return "unreachable"
        found = matching.match(session, store, message, known)
        if found is not None:
            settling.accept(session, message, found.sid, found.status, now)
            return "found"
        if message.claimed_real is not None and real < message.claimed_real + grace:
            message.look_up_at = message.claimed_real + grace  # too early to call it absent
            return "absent"
        return _absent(session, message, matching.is_whole(message, known), now)


def _absent(session: Session, message: OutboxMessage, proven: bool, now: datetime) -> str:
    why = _may_not_go_again(session, message, now) if proven else CANNOT_TELL
    if why is None:
        outbox.move(
            session, message.id, message.agency_id, Outbound.UNKNOWN, Outbound.SCHEDULED, now,
            why="The carrier never had it; it goes again.", look_up_at=None, claimed_at=None, claimed_real=None,
            next_try_at=now,
        )  # fmt: skip
        return "absent"
    outbox.move(
        session, message.id, message.agency_id, Outbound.UNKNOWN, Outbound.UNRESOLVED, now, why=why[:300],
        look_up_at=None,
    )  # fmt: skip
    alerts.add_task(
        session, message.agency_id, "unresolved", why, now, once_key=f"unresolved:{message.id}",
        family_id=message.family_id, member_id=message.member_id, message_id=message.id,
    )  # fmt: skip
    return "unresolved"


def _may_not_go_again(session: Session, message: OutboxMessage, now: datetime) -> str | None:
    """Why a person has to decide about a text that never reached the carrier; None = it may go again."""
    if message.attempts >= MOST_ATTEMPTS:
        return NEVER_HAD_IT.format(why=f"{message.attempts} attempts were made.")
    agency = agencies.by_id(session, message.agency_id)
    number = (message.agency_id, message.to_bidx)
    facts = facts_of(session, [number], now, leaving=True, without=frozenset({message.id}))[number]
    due = outbox_claims.as_due(session, message.id)
    verdict = gate.ask(agency, due, facts, False, now, gate.around(session, [due], now))
    return NEVER_HAD_IT.format(why=verdict.why) if isinstance(verdict, Drop) else None
