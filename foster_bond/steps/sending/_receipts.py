"""What the sending steps share: one receipt, kept as it came, moves its text along and never back."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.carriers.carrier import supersedes
from foster_bond.carriers.twilio_codes import meaning
from foster_bond.rules.states import OUTBOUND_MOVES, Outbound
from foster_bond.steps.sending import _settling as settling
from foster_bond.store import outbox
from foster_bond.store.callbacks import Callback
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

# The carrier's final and near-final words as states of ours; the words before "sent" move nothing.
_STATES = {
    "sent": Outbound.SENT,
    "delivered": Outbound.DELIVERED,
    "read": Outbound.DELIVERED,
    "undelivered": Outbound.UNDELIVERED,
    "failed": Outbound.FAILED,
    "canceled": Outbound.FAILED,
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One status callback. `ref` is ours, from the callback's address; `sid` the carrier's."""

    ref: str
    sid: str
    status: str
    error_code: int | None = None


def apply(session: Session, store: Store, message: OutboxMessage, receipt: Receipt, now: datetime) -> str:
    """Keep one callback and move its text as far as the callback proves."""
    session.add(
        Callback(
            id=new_id(),
            agency_id=message.agency_id,
            message_id=message.id,
            carrier_sid=receipt.sid[:40],
            status=receipt.status[:20],
            error_code=receipt.error_code,
            received_at=now,
        )
    )
    before = (message.state, message.carrier_status)
    if message.carrier_sid is None:  # the carrier calls back about a send that we had no answer to
        settling.accept(session, message, receipt.sid, receipt.status, now)
    if message.carrier_sid != receipt.sid:
        return "kept"
    _advance(session, store, message, receipt, now)
    return "kept" if before == (message.state, message.carrier_status) else "moved"


def _advance(session: Session, store: Store, message: OutboxMessage, receipt: Receipt, now: datetime) -> None:
    after = _STATES.get(receipt.status)
    if after is None:
        if supersedes(receipt.status, message.carrier_status):
            message.carrier_status = receipt.status[:20]
        return
    if after not in OUTBOUND_MOVES[Outbound(message.state)]:
        return
    told = meaning(receipt.error_code) if receipt.error_code else None
    moved = outbox.move(
        session, message.id, message.agency_id, Outbound(message.state), after, now,
        why=None if told is None else told.sentence[:300], carrier_status=receipt.status, error_code=receipt.error_code,
    )  # fmt: skip
    if not moved:
        return
    session.refresh(message)
    if told is not None and after in (Outbound.UNDELIVERED, Outbound.FAILED):
        settling.set_off(session, store, message, told, now)
