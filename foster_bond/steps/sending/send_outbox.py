"""outbox → carrier: claim what is due, hand it over, settle each answer. No transaction is open during HTTP."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from foster_bond.carriers.carrier import Carrier, Outcome, OutgoingText, Unknown
from foster_bond.clock import Clock
from foster_bond.steps.sending import _claiming as claiming
from foster_bond.steps.sending import _settling as settling
from foster_bond.steps.sending._claiming import Claimed, Senders
from foster_bond.store import agencies
from foster_bond.store.open_store import Store
from foster_bond.store.session import DatabaseAway, Raced

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sending:
    """How this process sends: units are seconds for the two spans, texts in flight for `in_flight`."""

    public_url: str
    service: str | None  # the messaging service of the settings, for the first agency
    lease: timedelta = timedelta(seconds=60)  # > the carrier's 10 s timeout, so that a live sender keeps its row
    grace: timedelta = timedelta(minutes=5)  # a shorter one doubled 13 of 300 (design.md section 5)
    in_flight: int = 64


@dataclass(slots=True)
class Sender:
    """One process's sender. It keeps one event loop, so that connections to the carrier are used again."""

    store: Store
    carrier: Carrier
    clock: Clock
    how: Sending
    stopping: threading.Event = field(default_factory=threading.Event)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _alone: threading.Lock = field(default_factory=threading.Lock)
    _rotation: int = 0

    def send_due(self) -> dict[str, int]:
        """Send until nothing is due or the process is asked to stop; how many came to which end."""
        with self._alone:
            return dict(self._loop.run_until_complete(self._pump()))

    def close(self) -> None:
        """Take no more work, wait for what is in flight, let go of the carrier's connections."""
        self.stopping.set()
        with self._alone:
            if not self._loop.is_closed():
                self._loop.run_until_complete(self.carrier.aclose())
                self._loop.close()

    async def _pump(self) -> Counter[str]:
        tally: Counter[str] = Counter()
        flying: set[asyncio.Task[tuple[Claimed, Outcome]]] = set()
        senders = await self._senders()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox") as desk:
            in_loop = asyncio.get_running_loop()
            while True:
                room = self.how.in_flight - len(flying)
                taken: list[Claimed] = []
                if room > 0 and not self.stopping.is_set():
                    taken = await in_loop.run_in_executor(desk, self._claim, senders, room, tally)
                flying |= {asyncio.create_task(self._hand_over(claimed)) for claimed in taken}
                if not flying:
                    return tally
                done, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                results = [task.result() for task in done]
                await in_loop.run_in_executor(desk, self._settle, results, tally)

    async def _senders(self) -> Senders:
        with self.store.read() as session:
            first = agencies.first(session)
        return Senders(self.how.service, None if first is None else first.id)

    def _claim(self, senders: Senders, room: int, tally: Counter[str]) -> list[Claimed]:
        self._rotation += 1
        try:
            taken, put_back = claiming.claim(
                self.store, senders, self.clock.now(), self.clock.real(), lease=self.how.lease, room=room,
                rotation=self._rotation,
            )  # fmt: skip
        except Raced:  # another clock put a text to the same person in flight between our look and our write
            tally["raced"] += 1
            return []
        tally.update(put_back)
        return taken

    async def _hand_over(self, claimed: Claimed) -> tuple[Claimed, Outcome]:
        text = OutgoingText(
            ref=claimed.ref, to=claimed.to, body=claimed.body, sender=claimed.sender, validity=claimed.validity,
            callback_url=f"{self.how.public_url.rstrip('/')}/hooks/twilio/status?ref={claimed.ref}",
        )  # fmt: skip
        try:
            return claimed, await self.carrier.send(text)
        except Exception as surprise:
            log.error("send_surprised", message_id=claimed.id, error=type(surprise).__name__)
            return claimed, Unknown(type(surprise).__name__)

    def _settle(self, results: Iterable[tuple[Claimed, Outcome]], tally: Counter[str]) -> None:
        results = list(results)
        try:
            self._settle_together(results, tally)
        except Raced:  # one answer named an id that another text just took: settle each in its own right
            for one in results:
                try:
                    self._settle_together([one], tally)
                except Raced:
                    self._settle_together([(one[0], Unknown("its id is already another text's"))], tally)
        except DatabaseAway as away:
            # The leases run out, the rows become unknown, and the carrier is asked: nothing is lost or repeated.
            log.error("settle_failed", error=type(away).__name__, count=len(results))
            tally["unsettled"] += len(results)

    def _settle_together(self, results: list[tuple[Claimed, Outcome]], tally: Counter[str]) -> None:
        words = []
        with self.store.write() as session:
            for claimed, outcome in results:
                now, real = self.clock.now(), self.clock.real()
                words.append(settling.settle(session, self.store, claimed, outcome, now, real, self.how.grace))
        tally.update(words)
