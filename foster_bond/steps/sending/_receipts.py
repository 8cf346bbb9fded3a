"""What the sending steps share: one receipt, kept as it came, moves its text along and never back."""

import re
from dataclasses import dataclass
from datetime import datetime

from foster_bond.carriers.carrier import supersedes
from foster_bond.carriers.twilio_codes import meaning
from foster_bond.rules.states import OUTBOUND_MOVES, Outbound
from foster_bond.steps.sending import _aftermath as aftermath
from foster_bond.steps.sending import _settling as settling
from foster_bond.store import audit, callbacks, outbox
from foster_bond.store.open_store import Session
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
_REF = re.compile(r"[A-Za-z0-9_-]{1,32}")
_SID = re.compile(r"[A-Za-z0-9]{1,40}")
_STATUS = re.compile(r"[a-z_]{1,20}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """One status callback. `ref` is ours, from the callback's address; `sid` the carrier's."""

    ref: str
    sid: str
    status: str
    error_code: int | None = None

    @property
    def is_readable(self) -> bool:
        """False for what no carrier writes: it cannot be about a text of ours."""
        told = bool(_SID.fullmatch(self.sid)) and bool(_STATUS.fullmatch(self.status))
        return told and (not self.ref or bool(_REF.fullmatch(self.ref)))


def apply(session: Session, message: OutboxMessage, receipt: Receipt, now: datetime) -> str:
    """Keep one receipt and move its text as far as it proves: "moved" or "kept"."""
    before = (message.state, message.carrier_status, message.carrier_sid)
    if message.carrier_sid is None:  # the carrier calls back about a send that we had no answer to
        settling.accept(session, message, receipt.sid, receipt.status, now)
    elif message.carrier_sid != receipt.sid:
        correct(session, message, receipt.sid, now)
    callbacks.keep(session, message, receipt.sid, receipt.status, receipt.error_code, now)
    _advance(session, message, receipt, now)
    return "kept" if before == (message.state, message.carrier_status, message.carrier_sid) else "moved"


def correct(session: Session, message: OutboxMessage, sid: str, now: datetime) -> None:
    """The carrier itself says that our text has another id than its answer named: its later word is the true one."""
    audit.write(
        session, message.agency_id, "carrier_id_corrected", now, subject=("message", message.id),
        detail=f"{message.carrier_sid} -> {sid}",
    )  # fmt: skip
    message.carrier_sid = sid
    session.flush()


def believes(session: Session, message: OutboxMessage, sid: str) -> bool:
    """Whether a receipt under this id can be about this text: its own id, or a free one while its own is unproven."""
    if message.carrier_sid == sid:
        return True
    if outbox.by_sid(session, sid) is not None:
        return False
    return message.carrier_sid is None or not callbacks.heard_of(session, message.id, message.carrier_sid)


def _advance(session: Session, message: OutboxMessage, receipt: Receipt, now: datetime) -> None:
    after = _STATES.get(receipt.status)
    if after is None or after not in OUTBOUND_MOVES[Outbound(message.state)]:
        if after is None and supersedes(receipt.status, message.carrier_status):
            message.carrier_status = receipt.status
        return
    told = meaning(receipt.error_code) if receipt.error_code else None
    why = None if told is None else told.sentence[:300]
    outbox.move(
        session, message.id, message.agency_id, Outbound(message.state), after, now, why=why, reason=why,
        carrier_status=receipt.status, error_code=receipt.error_code,
    )  # fmt: skip
    session.refresh(message)
    if after not in (Outbound.UNDELIVERED, Outbound.FAILED):
        return
    aftermath.count_failures(session, message)
    if told is not None:
        aftermath.set_off(session, message, told, now)
