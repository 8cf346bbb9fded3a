"""Carriers that answer as told, where no wire is needed."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from foster_bond.carriers.carrier import Accepted, CarrierInbound, CarrierText, Outcome, OutgoingText
from tests.loopback_carrier.ledger import new_sid


class Answers:
    """Always this outcome, or a fresh id; `before` runs when a text arrives, `seconds` pass before the answer."""

    def __init__(
        self,
        outcome: Outcome | None = None,
        *,
        before: Callable[[OutgoingText], object] | None = None,
        seconds: float = 0.0,
    ) -> None:
        self.texts: list[OutgoingText] = []
        self._outcome, self._before, self._seconds = outcome, before, seconds

    async def send(self, text: OutgoingText) -> Outcome:
        self.texts.append(text)
        if self._before is not None:
            self._before(text)
        await asyncio.sleep(self._seconds)
        return self._outcome or Accepted(new_sid(), "queued")

    async def sent_to(self, to: str, *, limit: int = 1000) -> Sequence[CarrierText]:
        return []

    async def fetch(self, sid: str) -> CarrierText | None:
        return None

    async def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        return []

    async def check(self) -> None:
        return None

    async def aclose(self) -> None:
        return None
