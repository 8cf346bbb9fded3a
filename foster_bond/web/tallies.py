"""Web: what this process has counted since it started, beside what the database knows."""

from collections import Counter
from threading import Lock

from flask import current_app

_KEY = "foster_bond_tallies"
_LOCK = Lock()


def count(what: str, kind: str) -> None:
    """One more of this kind."""
    with _LOCK:
        tallies()[what, kind] += 1


def tallies() -> Counter[tuple[str, str]]:
    """How often each thing happened in this process."""
    found: Counter[tuple[str, str]] = current_app.extensions.setdefault(_KEY, Counter())
    return found
