"""Carriers: what the simulated carrier remembers, as a port, so that it can live in memory or sealed in the store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from foster_bond.carriers.carrier import CarrierInbound


@dataclass(frozen=True, slots=True)
class SimulatedText:
    """A text from us, on a simulated phone. `reported`: its last status callback has been taken."""

    sid: str
    to: str
    sender: str
    body: str
    created_at: datetime
    status: str
    callback_url: str
    error_code: int | None = None
    reported: bool = False


class Ledger(Protocol):
    """Where simulated texts are kept, both ways."""

    def add_sent(self, text: SimulatedText) -> None:
        """Keep a text that was accepted from us."""
        ...

    def get(self, sid: str) -> SimulatedText | None:
        """One text from us."""
        ...

    def sent_to(self, to: str, limit: int) -> Sequence[SimulatedText]:
        """Texts from us to this number, newest first."""
        ...

    def unreported(self, limit: int) -> Sequence[SimulatedText]:
        """Texts from us whose last status callback is still to be taken, oldest first."""
        ...

    def set_status(self, sid: str, status: str, error_code: int | None, reported: bool) -> None:
        """Move a text on."""
        ...

    def add_received(self, text: CarrierInbound) -> None:
        """Keep a text from a simulated phone."""
        ...

    def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        """Texts to our number at or after `since`, oldest first."""
        ...

    def last_from(self, phone: str) -> CarrierInbound | None:
        """The newest text from this phone."""
        ...


class MemoryLedger:
    """A ledger that is gone with the process: for tests, and for a demo of an hour."""

    def __init__(self) -> None:
        self._sent: dict[str, SimulatedText] = {}
        self._received: list[CarrierInbound] = []

    def add_sent(self, text: SimulatedText) -> None:
        self._sent[text.sid] = text

    def get(self, sid: str) -> SimulatedText | None:
        return self._sent.get(sid)

    def sent_to(self, to: str, limit: int) -> Sequence[SimulatedText]:
        return [text for text in reversed(list(self._sent.values())) if text.to == to][:limit]

    def unreported(self, limit: int) -> Sequence[SimulatedText]:
        return [text for text in self._sent.values() if not text.reported][:limit]

    def set_status(self, sid: str, status: str, error_code: int | None, reported: bool) -> None:
        self._sent[sid] = replace(self._sent[sid], status=status, error_code=error_code, reported=reported)

    def add_received(self, text: CarrierInbound) -> None:
        self._received.append(text)

    def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        found = [text for text in self._received if text.to == number and text.received_at >= since]
        return sorted(found, key=lambda text: text.received_at)

    def last_from(self, phone: str) -> CarrierInbound | None:
        found = [text for text in self._received if text.sender == phone]
        return max(found, key=lambda text: text.received_at, default=None)
