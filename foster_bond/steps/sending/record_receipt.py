"""carrier → outbox: a status callback, kept as it came; it moves the text along and never back."""

from datetime import datetime

from foster_bond.steps.sending import _receipts
from foster_bond.steps.sending._receipts import Receipt
from foster_bond.store import outbox, outbox_claims
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

__all__ = ["Receipt", "record"]


def record(store: Store, receipt: Receipt, now: datetime) -> str:
    """ "moved", "kept" (stored, nothing changed) or "foreign" (neither the ref nor the id is ours; nothing stored)."""
    with store.write() as session:
        message = _message(session, receipt)
        if message is None:
            return "foreign"
        return _receipts.apply(session, store, message, receipt, now)


def _message(session: Session, receipt: Receipt) -> OutboxMessage | None:
    message = outbox.by_ref(session, receipt.ref) if receipt.ref else outbox.by_sid(session, receipt.sid)
    if message is None:
        return None
    message = outbox_claims.locked(session, message.id)
    if message is None:
        return None
    if message.carrier_sid is not None and message.carrier_sid != receipt.sid:
        return None  # a callback about another text that carries our ref: not ours to believe
    return message
