"""The demo's engine: jump from one instant at which something happens to the next, and run the clock's jobs there."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from foster_bond.runtime import Runtime
from foster_bond.steps.reading.read_ahead import next_instant
from foster_bond.steps.sending.send_outbox import Sender
from jobs.timetable import Job, timetable_of

LONGEST_STEP = timedelta(hours=6)  # a job that nobody told the look-ahead about still gets its turn four times a day
_RIVER = ("plan", "fill", "remind", "again", "walk", "send", "receipts")
_REPAIRS = frozenset(
    {"settle", "look_up", "poll", "recover", "order", "chain"}
)  # nothing is lost here: four times a day will do
_ROUNDS = 12  # one thing leads to the next, as an answer to its thank-you; more than this would be a circle

RunJob = Callable[[Job, Runtime, Sender], dict[str, int]]


class Company(Protocol):
    """Who lives along: they may have something to say at an instant, and hear what was sent."""

    def next(self) -> datetime | None:
        """When they speak next."""
        ...

    def live(self, now: datetime) -> bool:
        """Say what is due and take in what arrived; True where anything was said."""
        ...


class Nobody:
    """No company: the phones are in the hands of whoever tries the demo."""

    def next(self) -> datetime | None:
        return None

    def live(self, _now: datetime) -> bool:
        return False


class Life:
    """One runtime with its jobs, moved through time by `set_time`."""

    def __init__(
        self, runtime: Runtime, sender: Sender, *, set_time: Callable[[datetime], None], run: RunJob,
        company: Company | None = None, shortest: timedelta = timedelta(seconds=1),
    ) -> None:  # fmt: skip
        """`shortest`: what lies closer together than this happens at one instant."""
        self._runtime, self._sender, self._set_time, self._run = runtime, sender, set_time, run
        self._company = company or Nobody()
        self._shortest = shortest
        self._jobs = {job.name: job for job in timetable_of(runtime)}
        self._ran: dict[str, datetime] = {}

    def until(self, end: datetime, *, said: Callable[[datetime], None] = lambda _now: None) -> None:
        """Live until `end`: every instant in between at which a job or the company has something to do is stopped at.

        `said` is told each of them.
        """
        now = self._runtime.clock.now()
        self._act(now)
        while now < end:
            self._set_time(min(end, self._next(now)))
            now = self._runtime.clock.now()
            self._act(now)
            said(now)

    def _next(self, now: datetime) -> datetime:
        known = (next_instant(self._runtime.store, now), self._company.next(), now + LONGEST_STEP)
        return max(min(instant for instant in known if instant is not None), now + self._shortest)

    def _act(self, now: datetime) -> None:
        beside = [name for name in self._jobs if name not in _RIVER and self._is_its_time(name, now)]
        for _ in range(_ROUNDS):
            spoke = self._company.live(now)
            moved = [name for name in (*_RIVER, *beside) if any(self._run_job(name, now).values())]
            if not spoke and not moved:
                return
            beside = []  # once an instant: some tally what they looked at, not what they moved

    def _is_its_time(self, name: str, now: datetime) -> bool:
        every = LONGEST_STEP if name in _REPAIRS else self._jobs[name].every
        return now - self._ran.get(name, now - every) >= every

    def _run_job(self, name: str, now: datetime) -> dict[str, int]:
        self._ran[name] = now
        return self._run(self._jobs[name], self._runtime, self._sender)
