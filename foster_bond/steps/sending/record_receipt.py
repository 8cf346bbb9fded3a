"""carrier → outbox: a status callback, kept as it came; it moves the text along and never back."""

from datetime import datetime

from foster_bond.steps.sending import _receipts as receipts
from foster_bond.steps.sending._receipts import Receipt
from foster_bond.store import outbox, outbox_claims
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

__all__ = ["Receipt", "record"]


def record(store: Store, receipt: Receipt, now: datetime) -> str:
    """ "moved", "kept" (stored, nothing changed) or "foreign" (it is about no text of ours; nothing stored)."""
    if not receipt.is_readable:
        return "foreign"
    with store.write() as session:
        message = _message(session, receipt)
        return "foreign" if message is None else receipts.apply(session, message, receipt, now)


def _message(session: Session, receipt: Receipt) -> OutboxMessage | None:
    """Our own ref decides; a callback without one is found by the carrier's id."""
    found = outbox.by_ref(session, receipt.ref) if receipt.ref else outbox.by_sid(session, receipt.sid)
    message = None if found is None else outbox_claims.locked(session, found.id)
    if message is None or not receipts.believes(session, message, receipt.sid):
        return None
    return message
