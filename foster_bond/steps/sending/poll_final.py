"""carrier → outbox: ask for the end of texts whose last callback never came."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from foster_bond.carriers.carrier import Carrier, CarrierText, CarrierUnreachable
from foster_bond.clock import Clock
from foster_bond.steps.sending import _matching as matching
from foster_bond.steps.sending import _receipts as receipts
from foster_bond.steps.sending._receipts import Receipt
from foster_bond.store import outbox, outbox_claims
from foster_bond.store.open_store import Store

BATCH = 100
OVERDUE = timedelta(hours=4)  # rows without a final status are polled after this (design.md section 5)
GIVE_UP = timedelta(days=7)  # the carrier keeps no open status longer than a text can live


async def poll_final(store: Store, carrier: Carrier, clock: Clock) -> dict[str, int]:
    """How many overdue texts were asked about, and how many moved."""
    tally = {"asked": 0, "moved": 0}
    for message_id, sid, to in _overdue(store, clock.now()):
        try:
            text = await carrier.fetch(sid)
            known = [text] if text is not None else await carrier.sent_to(to)
        except CarrierUnreachable:
            break
        tally["asked"] += 1
        tally["moved"] += _conclude(store, message_id, known, clock.now()) == "moved"
    return tally


def _overdue(store: Store, now: datetime) -> list[tuple[str, str, str]]:
    with store.read() as session:
        found = outbox_claims.without_end(
            session, accepted_after=now - GIVE_UP, asked_before=now - OVERDUE, limit=BATCH
        )
        return [(one.id, one.carrier_sid or "", outbox.number_of(session, store.vault, one)) for one in found]


def _conclude(store: Store, message_id: str, known: Sequence[CarrierText], now: datetime) -> str:
    """Move the text on by what the carrier says; where it does not know our id, by the text that it lists instead."""
    with store.write() as session:
        message = outbox_claims.locked(session, message_id)
        if message is None:
            return "kept"
        message.polled_at = now
        own = next((text for text in known if text.sid == message.carrier_sid), None)
        text = own or matching.match(session, store, message, known)
        if text is None:
            return "kept"
        return receipts.apply(session, message, Receipt(message.ref, text.sid, text.status, text.error_code), now)
