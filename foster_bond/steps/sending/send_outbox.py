"""outbox → carrier: claim what is due, hand it over, settle each answer. No transaction is open during HTTP."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import structlog

from foster_bond.carriers.carrier import Accepted, Carrier, Later, OutgoingText, Unknown
from foster_bond.clock import Clock
from foster_bond.steps.sending import _claiming as claiming
from foster_bond.steps.sending import _settling as settling
from foster_bond.steps.sending._claiming import Claimed, Round, Senders
from foster_bond.steps.sending._pacing import NOT_SOONER
from foster_bond.steps.sending._settling import Result
from foster_bond.store import agencies
from foster_bond.store.open_store import Store
from foster_bond.store.session import DatabaseAway, Raced

log = structlog.get_logger(__name__)

T = TypeVar("T")

AT_LEAST = 4  # a round of claiming takes a quarter of the room at once, so that rounds stay few ...
AT_MOST = 2  # ... and half of it at most, so that one half is at the carrier while the other is written down
LOOK_EVERY = 0.25  # seconds: then a smaller round will do, so that an alert never waits for a hung carrier
GATHER = 0.01  # seconds: answers that come this close together are settled in one transaction
BUSY = "this machine was too busy to send it at once"
DATABASE_AWAY = "our own database went away meanwhile"  # where simulated phones keep their texts
NOT_THE_CARRIER = frozenset({BUSY, DATABASE_AWAY})  # why nothing was taken, and the carrier is not to blame
TOO_OLD = timedelta(seconds=1)  # a claim that waited longer is taken back: consent is asked again (design.md section 5)


@dataclass(frozen=True, slots=True)
class Sending:
    """How this process sends. `service` and `number` are the settings' sender, for the first agency."""

    public_url: str
    service: str | None = None
    number: str | None = None
    lease: timedelta = timedelta(seconds=60)  # > the carrier's 10 s timeout, so that a live sender keeps its row
    grace: timedelta = timedelta(minutes=5)  # a shorter one doubled 13 of 300 (design.md section 5)
    in_flight: int = 64
    paced: bool = True  # False where no carrier sets a limit: simulated phones, a virtual clock


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
            return {} if self._loop.is_closed() else dict(self._loop.run_until_complete(self._pump()))

    def close(self) -> None:
        """Take no more work, wait for what is in flight, let go of the carrier's connections. Safe to call twice."""
        self.stopping.set()
        with self._alone:
            if not self._loop.is_closed():
                self._loop.run_until_complete(self.carrier.aclose())
                self._loop.close()

    async def _pump(self) -> Counter[str]:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox") as desk:
            flight = _Flight(self, desk)
            while await flight.turn():
                pass
            return flight.tally

    def claim(self, senders: Senders, room: int) -> Round:
        """One round of claiming; an unreachable database or a lost race claims nothing and is tried again."""
        self._rotation += 1
        try:
            return claiming.claim(
                self.store, senders, self.clock, lease=self.how.lease, room=room, rotation=self._rotation,
                paced=self.how.paced,
            )  # fmt: skip
        except Raced:  # another clock put a text to the same person in flight between our look and our write
            return Round(tally=Counter(raced=1), again_in=NOT_SOONER)
        except DatabaseAway as away:
            log.error("claim_failed", error=type(away).__name__)
            return Round()

    def senders(self) -> Senders:
        with self.store.read() as session:
            first = agencies.first(session)
        return Senders(None if first is None else first.id, self.how.service, self.how.number)

    async def hand_over(self, claimed: Claimed) -> Result:
        """Give one text to the carrier, unless this process slept so long that the claim's gate is out of date."""
        if self.clock.real() - claimed.at > TOO_OLD:
            return claimed, Later(None, BUSY)
        text = OutgoingText(
            ref=claimed.ref, to=claimed.to, body=claimed.body, sender=claimed.sender, validity=claimed.validity,
            callback_url=f"{self.how.public_url.rstrip('/')}/hooks/twilio/status?ref={claimed.ref}",
        )  # fmt: skip
        try:
            return claimed, await self.carrier.send(text)
        except DatabaseAway:
            return claimed, Unknown(DATABASE_AWAY)
        except Exception as surprise:
            log.error("send_surprised", message_id=claimed.id, error=type(surprise).__name__)
            return claimed, Unknown(type(surprise).__name__)

    def settle(self, results: list[Result]) -> tuple[list[str], list[Result]]:
        """Write down what became of these: the words for the tally, and what has to wait for the database."""
        try:
            return settling.settle_all(self.store, results, self.clock, self.how.grace), []
        except DatabaseAway as away:
            log.error("settle_failed", error=type(away).__name__, count=len(results))
            return [], results
        except Exception as surprise:
            if len(results) > 1:  # one answer spoils its transaction: settle each in its own right
                apart = [self.settle([one]) for one in results]
                return [word for words, _ in apart for word in words], [one for _, late in apart for one in late]
            return self._settle_doubtful(results[0], surprise)

    def _settle_doubtful(self, result: Result, surprise: Exception) -> tuple[list[str], list[Result]]:
        claimed, outcome = result
        if isinstance(surprise, Raced) and isinstance(outcome, Accepted):  # its id has just become another text's
            return self.settle([(claimed, Unknown("its id is already another text's"))])
        # The lease will run out and the carrier be asked: nothing is lost and nothing repeated.
        log.error("settle_surprised", message_id=claimed.id, error=type(surprise).__name__, exc_info=surprise)
        return ["unsettled"], []


@dataclass(slots=True)
class _Flight:
    """One run of a sender: what is at the carrier, what waits to be settled, and how many came to which end."""

    sender: Sender
    desk: ThreadPoolExecutor
    tally: Counter[str] = field(default_factory=Counter)
    flying: set[asyncio.Task[Result]] = field(default_factory=set)
    unsettled: list[Result] = field(default_factory=list)
    senders: Senders | None = None
    away_since: float | None = None  # in the loop's seconds: when the database stopped taking answers
    last_round: float = -1e9
    again_at: float | None = 0.0  # in the loop's seconds; None: nothing is due

    async def turn(self) -> bool:
        """Claim, wait for answers, settle them. False where there is nothing left to do."""
        if self._may_claim():
            await self._claim()
        if not self.flying and not self.unsettled and (self.again_at is None or self.sender.stopping.is_set()):
            return False
        await self._wait()
        await self._settle()
        return True

    def _may_claim(self) -> bool:
        now, room = asyncio.get_running_loop().time(), self._room()
        if self.sender.stopping.is_set() or room < 1:
            return False
        if self.flying and now - self.last_round >= LOOK_EVERY:
            return True
        enough = not self.flying or room >= self.sender.how.in_flight // AT_LEAST
        return enough and self.again_at is not None and now >= self.again_at

    def _room(self) -> int:
        return self.sender.how.in_flight - len(self.flying) - len(self.unsettled)

    async def _claim(self) -> None:
        if self.senders is None:
            self.senders = await self._at_desk(self.sender.senders)
        most = max(1, self.sender.how.in_flight // AT_MOST)
        senders, room, loop = self.senders, min(self._room(), most), asyncio.get_running_loop()
        found = await self._at_desk(lambda: self.sender.claim(senders, room))
        self.last_round = loop.time()
        self.again_at = None if found.again_in is None else self.last_round + found.again_in.total_seconds()
        self.tally.update(found.tally)
        self.flying |= {asyncio.create_task(self.sender.hand_over(claimed)) for claimed in found.taken}

    async def _wait(self) -> None:
        pause = LOOK_EVERY
        if self.again_at is not None:
            pause = min(pause, max(self.again_at - asyncio.get_running_loop().time(), 0.0))
        if not self.flying:
            await self._rest(pause)
            return
        done, flying = await asyncio.wait(self.flying, timeout=max(pause, GATHER), return_when=asyncio.FIRST_COMPLETED)
        if done and flying:
            more, flying = await asyncio.wait(flying, timeout=GATHER)
            done |= more
        self.flying = flying
        results = [task.result() for task in done]
        self.unsettled += results
        ours = sum(isinstance(one, Later | Unknown) and one.why in NOT_THE_CARRIER for _, one in results)
        if ours:
            self.tally["not_the_carrier"] += ours

    async def _rest(self, pause: float) -> None:
        before = self.sender.clock.now()
        await asyncio.sleep(pause)
        if pause and self.sender.clock.now() == before:
            self.again_at = None  # a clock that stands, as in a test, fills no pace: its next move will

    async def _settle(self) -> None:
        if not self.unsettled:
            return
        results = self.unsettled
        words, self.unsettled = await self._at_desk(lambda: self.sender.settle(results))
        self.tally.update(words)
        if not self.unsettled:
            self.away_since = None
        elif self._may_wait_for_the_database():
            await asyncio.sleep(LOOK_EVERY)
        else:  # the leases run out, the carrier is asked: nothing is lost and nothing repeated
            self.tally["unsettled"] += len(self.unsettled)
            self.unsettled = []

    def _may_wait_for_the_database(self) -> bool:
        """For one lease: as long as it lasts nobody else decides, and the answer can still be written."""
        now = asyncio.get_running_loop().time()
        self.away_since = now if self.away_since is None else self.away_since
        return not self.sender.stopping.is_set() and now - self.away_since < self.sender.how.lease.total_seconds()

    async def _at_desk(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.desk, work)
