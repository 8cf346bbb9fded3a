"""Beside the river: wrap every data key under the first master key, while texts go on."""

from collections.abc import Callable

from foster_bond.store import sealing
from foster_bond.store.open_store import Store

BATCH = 200  # keys a transaction


def rotate_keys(store: Store, *, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """How many data keys were wrapped anew. Interrupted, it goes on where it stopped; texts are not sealed again.

    Raises: SetupWrong where the ring lacks a key that is still in use.
    """
    with store.read() as session:
        store.vault.check(session)
        total = sealing.count_older(session, store.vault)
    done = 0
    while wrapped := _batch(store):
        done += wrapped
        if progress is not None:
            progress(done, total)
    return {"rewrapped": done}


def _batch(store: Store) -> int:
    with store.write() as session:
        return sum(store.vault.rewrap(row) for row in sealing.wrapped_by_older(session, store.vault, BATCH))
