"""Beside the river: number the audit's free rows and tie each to the one before it, per agency."""

from foster_bond.store import agencies, audit
from foster_bond.store.open_store import Store

BATCH = 500  # rows a transaction: short enough that nobody waits for it


def chain_audit(store: Store) -> int:
    """How many rows were chained. Safe with several clocks: the agency's row is held while its chain grows."""
    total = 0
    with store.read() as session:
        waiting = audit.agencies_with_tail(session)
    for agency_id in waiting:
        while chained := _chain_batch(store, agency_id):
            total += chained
    return total


def _chain_batch(store: Store, agency_id: str) -> int:
    with store.write() as session:
        agencies.lock(session, agency_id)  # before the look at the chain's end, or two would give the same number
        seq, before = audit.last_link(session, agency_id)
        events = audit.unchained(session, agency_id, BATCH)
        for event in events:
            seq += 1
            event.seq, event.prev_hash = seq, before
            event.hash = before = audit.digest(event, seq, before)
        return len(events)
