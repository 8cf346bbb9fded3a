"""carrier → a restored copy: hear what was said since the backup, find what was sent, and only then send again."""

from datetime import datetime, timedelta

from foster_bond.carriers.carrier import Carrier, CarrierText, CarrierUnreachable
from foster_bond.clock import Clock
from foster_bond.errors import NotYours
from foster_bond.rules.states import OccurrenceState, Outbound
from foster_bond.steps.hearing._receiving import Post, receive
from foster_bond.store import agencies, audit, due_slots, installation, occurrences, outbox, outbox_claims
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

BEFORE = timedelta(hours=1)  # before the backup: the carrier's list and our door may disagree on order
CLOCKS_APART = timedelta(seconds=60)
MISSED = "Restored from a backup: what was due in between is not sent again."
BATCH = 500


async def reconcile(store: Store, carrier: Carrier, clock: Clock) -> dict[str, int]:
    """What a restored copy has caught up on; a copy that is not restored has nothing to do.

    It goes live only when the carrier has answered every question; until then it stays silent and asks again.
    """
    tally = {"heard": 0, "found": 0, "expired": 0, "live": 0}
    since = _begin(store, clock)
    if since is None:
        return {}
    try:
        tally["heard"] = await _hear(store, carrier, clock, since - BEFORE)
        tally["expired"] = _expire(store, clock.now())
        tally["found"] = await _find_sent(store, carrier, clock)
    except CarrierUnreachable:
        return tally
    with store.write() as session:
        if installation.unanswered(session) == 0:
            installation.go_live(session)
            for agency in agencies.every(session):
                audit.write(session, agency.id, "restored_copy_live", clock.now())
            tally["live"] = 1
    return tally


def _begin(store: Store, clock: Clock) -> datetime | None:
    with store.write() as session:
        row = installation.this(session)
        if row is None or row.mode == installation.LIVE:
            return None
        installation.lapse_every_claim(session, clock.real())
        return row.copied_from or clock.now() - timedelta(days=1)


async def _hear(store: Store, carrier: Carrier, clock: Clock, since: datetime) -> int:
    """Texts that came since the backup, a STOP among them; nothing is answered, since it is too late for that."""
    with store.read() as session:
        numbers = [agencies.number_of(session, store.vault, agency, "sender") for agency in agencies.every(session)]
    heard = 0
    for number in numbers:
        if number is None:
            continue
        for text in sorted(await carrier.received_at(number, since), key=lambda one: one.received_at):
            post = Post(text.sid, text.sender, text.to, text.body, text.media_count)
            try:
                heard += not receive(store, post, clock.now(), came_at=text.received_at).copy
            except NotYours:
                continue
    return heard


def _expire(store: Store, now: datetime) -> int:
    """Slots whose time has come since the backup may have been texted by the other copy: they are over."""
    count = 0
    while True:
        with store.write() as session:
            seen = due_slots.to_look_at(session, now, BATCH)
            due = [slot.occurrence for slot in seen.slots if slot.occurrence.due_at <= now]
            for occurrence in due:
                occurrences.move(occurrence, OccurrenceState.EXPIRED, MISSED)
            seen.keep(session)
            count += len(due)
            if len(seen.slots) < BATCH or not due:
                return count


async def _find_sent(store: Store, carrier: Carrier, clock: Clock) -> int:
    """Texts that were waiting at the backup and that the other copy has sent since."""
    with store.read() as session:
        waiting = [
            (message.id, outbox.number_of(session, store.vault, message))
            for message in outbox_claims.waiting(session, clock.now())
        ]
    found = 0
    for message_id, to in waiting:
        texts = await carrier.sent_to(to)
        with store.write() as session:
            message = outbox_claims.locked(session, message_id)
            if message is not None and message.state == Outbound.SCHEDULED.value:
                found += _settle(session, store, message, list(texts), clock.now())
    return found


def _settle(session: Session, store: Store, message: OutboxMessage, texts: list[CarrierText], now: datetime) -> bool:
    body = outbox.body_of(session, store.vault, message)
    for text in texts:
        if text.body != body or text.created_at < message.created_at - CLOCKS_APART or outbox.by_sid(session, text.sid):
            continue
        why = "Sent by the copy that this one was restored from."
        outbox.move(
            session, message.id, message.agency_id, Outbound.SCHEDULED, Outbound.SENDING, now, why=why, claimed_at=now
        )
        outbox.move(
            session, message.id, message.agency_id, Outbound.SENDING, Outbound.ACCEPTED, now, why=why,
            carrier_sid=text.sid, carrier_status=text.status, accepted_at=text.created_at,
        )  # fmt: skip
        return True
    return False
