"""clock → installation: before the first text, see whether this database still lives where it did."""

from foster_bond.store import installation
from foster_bond.store.open_store import Store


def settle_in(store: Store) -> str:
    """ "live", or "recovery" where this is a copy: it sends nothing until what happened since is reconciled."""
    with store.write() as session:
        return installation.settle_in(session)


def may_send(store: Store) -> bool:
    """False for a restored copy that has not caught up with the carrier yet; only looks."""
    with store.read() as session:
        row = installation.this(session)
        return row is None or row.mode == installation.LIVE
