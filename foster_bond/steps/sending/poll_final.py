"""carrier → outbox: ask for the end of texts whose last callback never came."""

from datetime import timedelta

from foster_bond.carriers.carrier import Carrier, CarrierUnreachable
from foster_bond.clock import Clock
from foster_bond.steps.sending import _receipts
from foster_bond.steps.sending._receipts import Receipt
from foster_bond.store import outbox_claims
from foster_bond.store.open_store import Store
from foster_bond.store.outbox import OutboxMessage

BATCH = 100
OVERDUE = timedelta(hours=4)  # rows without a final status are polled after this (design.md section 5)
GIVE_UP = timedelta(days=7)  # the carrier keeps no open status longer than a text can live


async def poll_final(store: Store, carrier: Carrier, clock: Clock) -> dict[str, int]:
    """How many overdue texts were asked about, and how many moved."""
    tally = {"asked": 0, "moved": 0}
    now = clock.now()
    with store.read() as session:
        found = outbox_claims.without_end(
            session, accepted_after=now - GIVE_UP, asked_before=now - OVERDUE, limit=BATCH
        )
        due = [(message.id, message.carrier_sid or "") for message in found]
    for message_id, sid in due:
        try:
            known = await carrier.fetch(sid)
        except CarrierUnreachable:
            return tally
        tally["asked"] += 1
        with store.write() as session:
            message = session.get(OutboxMessage, message_id)
            if message is None:
                continue
            message.polled_at = now
            if known is not None:
                receipt = Receipt(message.ref, sid, known.status, known.error_code)
                tally["moved"] += _receipts.apply(session, store, message, receipt, now) == "moved"
    return tally
