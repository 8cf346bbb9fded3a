"""jobs → pulse: every run leaves its time and tally, so that a stopped clock is seen."""

from datetime import datetime

from foster_bond.store import pulses
from foster_bond.store.open_store import Store


def keep_pulse(store: Store, job: str, at: datetime, tally: dict[str, int], error: str | None = None) -> None:
    """Write one job's beat over the one before."""
    with store.write() as session:
        pulses.beat(session, job, at, tally, error)
