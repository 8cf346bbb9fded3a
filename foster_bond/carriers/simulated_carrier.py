"""Carriers: the one that carries nothing off this machine. Same port, same answers; the phones are on a page.

It leaves STOP to us, as a carrier without opt-out handling does, but for one number that shows what happens when the
network stops our texts by itself. The numbers below misbehave on purpose, so that a demo can show every state.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from foster_bond.carriers.carrier import (
    LOOKUP_LIMIT,
    Accepted,
    CarrierInbound,
    CarrierText,
    Outcome,
    OutgoingText,
    Refused,
    Unknown,
)
from foster_bond.carriers.simulated_ledger import Ledger, SimulatedText
from foster_bond.clock import Clock

LOSES_ANSWERS = "0197"
"""Numbers that end so: the text is taken, but we are not told. A look-up finds it."""
UNREACHABLE = "0198"
"""The phone is off: undelivered, error 30003."""
STOPS_BY_ITSELF = "0199"
"""The network heard this phone's STOP before we did: error 21610 until it says START."""

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_LONGEST = 1600
_STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
"""What Twilio's own opt-out handling hears."""


def new_sid() -> str:
    """A carrier id in Twilio's shape."""
    return "SM" + uuid4().hex


class SimulatedCarrier:
    """The `Carrier` port over a ledger. `SimulatedNetwork`, over the same ledger, posts receipts and replies."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    async def send(self, text: OutgoingText) -> Outcome:
        """Take the text at once, or refuse it as Twilio would."""
        refused = self._refusal(text)
        if refused is not None:
            return refused
        status = "accepted" if text.sender.startswith("MG") else "queued"
        kept = SimulatedText(
            sid=new_sid(),
            to=text.to,
            sender=text.sender,
            body=text.body,
            created_at=self._clock.now(),
            status=status,
            callback_url=text.callback_url,
        )
        self._ledger.add_sent(kept)
        if text.to.endswith(LOSES_ANSWERS):
            return Unknown("the simulated carrier lost its answer, as this number always does")
        return Accepted(kept.sid, status)

    async def sent_to(self, to: str, *, limit: int = LOOKUP_LIMIT) -> Sequence[CarrierText]:
        """Our texts to this number, newest first."""
        return [_as_carrier_text(text) for text in self._ledger.sent_to(to, limit)]

    async def fetch(self, sid: str) -> CarrierText | None:
        """One text by its id."""
        text = self._ledger.get(sid)
        return None if text is None else _as_carrier_text(text)

    async def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        """Texts to our number at or after `since`, oldest first."""
        return self._ledger.received_at(number, since)

    async def check(self) -> None:
        """Always well: there is no account to refuse."""

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _refusal(self, text: OutgoingText) -> Refused | None:
        if not _E164.fullmatch(text.to):
            return Refused(21211, 400, "Invalid 'To' Phone Number")
        if not text.body:
            return Refused(21602, 400, "Message body is required")
        if len(text.body) > _LONGEST:
            return Refused(21617, 400, "The concatenated message body exceeds the 1600 character limit")
        if text.to.endswith(STOPS_BY_ITSELF) and self._said_stop(text.to):
            return Refused(21610, 400, "Attempt to send to unsubscribed recipient")
        return None

    def _said_stop(self, phone: str) -> bool:
        last = self._ledger.last_from(phone)
        return last is not None and last.body.strip().upper() in _STOP_WORDS


def _as_carrier_text(text: SimulatedText) -> CarrierText:
    return CarrierText(
        sid=text.sid,
        to=text.to,
        sender=None if text.sender.startswith("MG") else text.sender,
        body=text.body,
        created_at=text.created_at,
        status=text.status,
        error_code=text.error_code,
    )
