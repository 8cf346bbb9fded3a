"""The demo's virtual clock in the hands of whoever tries it: it jumps, and everything in between happens."""

import threading
from datetime import datetime

import structlog

from foster_bond.clock import Clock
from foster_bond.demo.life import Life
from foster_bond.demo.places import set_clock
from foster_bond.runtime import Runtime
from foster_bond.steps.keeping.carry_sessions import carry_sessions
from foster_bond.steps.keeping.sign_in import IDLE
from jobs.clockwork import Clockwork, run_job

ANSWERS_WITHIN = 3  # seconds that a page waits for the clock before it says that it is on its way

log = structlog.stdlib.get_logger(__name__)


class Mover:
    """Moves one runtime's clock file from instant to instant, with the jobs of that process. Keeps `DemoClock`."""

    def __init__(self, runtime: Runtime, clockwork: Clockwork) -> None:
        self._runtime = runtime
        self._life = Life(runtime, clockwork.sender, set_time=self._jump, run=run_job)
        self._going: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def moving(self) -> bool:
        """True while the clock is on its way."""
        return self._going is not None and self._going.is_alive()

    def move_to(self, instant: datetime) -> None:
        """Live on until then. While one move is under way a second is not begun: the page shows it as busy."""
        with self._lock:
            if self.moving:
                return
            going = threading.Thread(target=self._go, args=(instant,), name="demo-clock", daemon=True)
            self._going = going
            going.start()
        going.join(ANSWERS_WITHIN)

    def _go(self, instant: datetime) -> None:
        try:
            self._life.until(instant)
        except Exception as broken:  # a thread of its own: nobody else would hear of it
            log.error("demo_clock_stopped", error=type(broken).__name__, exc_info=True)

    def _jump(self, to: datetime) -> None:
        clock: Clock = self._runtime.clock
        path = self._runtime.settings.clock_file
        assert path is not None
        carry_sessions(self._runtime.store, before=clock.now(), to=to, idle=IDLE)  # or the jump signs everybody out
        set_clock(path, to)
