"""Beside the river (demo only): a clock that jumps takes everybody who is signed in along."""

from datetime import datetime

from foster_bond.steps.keeping.sign_in import IDLE
from foster_bond.store import staff
from foster_bond.store.open_store import Store


def carry_sessions(store: Store, *, before: datetime, to: datetime) -> None:
    """Whoever is signed in at `before` still is at `to`: nobody was idle, the clock was moved."""
    with store.write() as session:
        staff.carry_sessions(session, before - IDLE, to)
