"""Beside the river (demo only): a clock that jumps takes everybody who is signed in along."""

from datetime import datetime, timedelta

from foster_bond.store import staff
from foster_bond.store.open_store import Store


def carry_sessions(store: Store, *, before: datetime, to: datetime, idle: timedelta) -> None:
    """Whoever is signed in at `before` still is at `to`: nobody was idle, the clock was moved.

    `idle` is how long nothing may come from them before a sign-in ends.
    """
    with store.write() as session:
        staff.carry_sessions(session, before - idle, to)
