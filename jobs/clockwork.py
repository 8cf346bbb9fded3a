"""The clock: APScheduler wakes each job, each run leaves a pulse, and one file lock keeps a second clock off SQLite."""

import fcntl
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from foster_bond.errors import Conflict
from foster_bond.runtime import Runtime, once_it_answers
from foster_bond.steps.keeping.keep_pulse import keep_pulse
from foster_bond.steps.keeping.settle_in import settle_in
from foster_bond.steps.sending.send_outbox import Sender, Sending
from jobs.timetable import Job, timetable_of

log = structlog.get_logger(__name__)

STOP_WITHIN = 15  # seconds: what is in flight is finished, nothing new begins


@dataclass(slots=True)
class Clockwork:
    """One running clock. `stop()` finishes what is in flight."""

    runtime: Runtime
    sender: Sender
    scheduler: BackgroundScheduler = field(default_factory=BackgroundScheduler)
    lock: IO[str] | None = None

    def start(self) -> None:
        for job in timetable_of(self.runtime):
            self.scheduler.add_job(
                run_job, "interval", args=[job, self.runtime, self.sender], seconds=job.every.total_seconds(),
                id=job.name, max_instances=1, coalesce=True, misfire_grace_time=None,
            )  # fmt: skip
        self.scheduler.start()

    def stop(self) -> None:
        self.sender.stopping.set()
        waiter = threading.Thread(target=self._shut_down, name="clock-stop", daemon=True)
        waiter.start()
        waiter.join(STOP_WITHIN)

    def _shut_down(self) -> None:
        if self.scheduler.running:
            self.scheduler.shutdown(wait=True)
        self.sender.close()
        if self.lock is not None:
            self.lock.close()


def sender_of(runtime: Runtime) -> Sender:
    """The sender of this process, by its settings."""
    settings = runtime.settings
    how = Sending(
        public_url=settings.public_url,
        service=settings.twilio_messaging_service_sid if settings.carrier == "twilio" else None,
        number=settings.twilio_from_number if settings.carrier == "twilio" else None,
        lease=settings.send_lease,
        grace=settings.lookup_grace,
        in_flight=settings.senders,
        paced=settings.carrier == "twilio",
    )
    return Sender(runtime.store, runtime.carrier, runtime.clock, how)


def only_clock(runtime: Runtime) -> IO[str] | None:
    """The lock that makes this the one clock of a SQLite file; the system lets it go when the process dies.

    Raises: Conflict where another clock has it.
    """
    if not runtime.settings.is_sqlite:
        return None
    database = runtime.store.database.engine.url.database or ""
    path = Path(f"{database}.clock-lock")
    lock = path.open("w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Conflict(
            "Another clock is running on this SQLite file; it carries one. Stop that one, or move to PostgreSQL."
        ) from None
    return lock


def run_job(job: Job, runtime: Runtime, sender: Sender) -> dict[str, int]:
    """Run one job once and leave its pulse; a job that breaks says so and is tried again at its next beat."""
    tally: dict[str, int] = {}
    error: str | None = None
    try:
        tally = job.run(runtime, sender)
    except Exception as broken:
        error = type(broken).__name__
        log.error("job_failed", job_name=job.name, error=error, exc_info=True)
    if any(tally.values()):
        log.info("job_done", job_name=job.name, **{f"n_{word}": count for word, count in tally.items() if count})
    try:
        keep_pulse(runtime.store, job.name, runtime.clock.now(), tally, error)
    except Exception as away:
        log.error("pulse_failed", job_name=job.name, error=type(away).__name__)
    return tally


def run_once(runtime: Runtime) -> dict[str, dict[str, int]]:
    """Every job once, in the river's order; the tallies by name."""
    lock = only_clock(runtime)
    sender = sender_of(runtime)
    try:
        settle_in(runtime.store)
        by_name = {job.name: job for job in timetable_of(runtime)}
        order = ["plan", "fill", "send", *[name for name in by_name if name not in ("plan", "fill", "send")]]
        return {name: run_job(by_name[name], runtime, sender) for name in order}
    finally:
        sender.close()
        if lock is not None:
            lock.close()


def start(runtime: Runtime) -> Clockwork:
    """A clock that runs in the background of this process. Raises: Conflict."""
    lock = only_clock(runtime)
    try:
        settle_in(runtime.store)
    except BaseException:
        if lock is not None:
            lock.close()
        raise
    clockwork = Clockwork(runtime, sender_of(runtime), lock=lock)
    clockwork.start()
    return clockwork


def run_forever(open_runtime: Callable[[], Runtime]) -> None:
    """A clock of its own process: until SIGTERM or SIGINT, then at most 15 s to finish what is in flight.

    It waits for a database that is away. Raises: SetupWrong, Conflict.
    """
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> Any:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    clockwork = once_it_answers(lambda: _started(open_runtime()), stop)
    if clockwork is not None:
        log.info("clock_started")
        stop.wait()
        clockwork.stop()
        clockwork.runtime.close()
    log.info("clock_stopped")


def _started(runtime: Runtime) -> Clockwork:
    try:
        return start(runtime)
    except BaseException:
        runtime.close()
        raise
