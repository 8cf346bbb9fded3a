"""Beside the river: walk every agency's audit chain and say where it first breaks."""

from foster_bond.steps.audit_chain import ChainReport, walk
from foster_bond.store import agencies
from foster_bond.store.open_store import Store

__all__ = ["ChainReport", "verify_audit"]


def verify_audit(store: Store) -> list[ChainReport]:
    """A report per agency; an intact one has `broken_at` None."""
    with store.read() as session:
        return [walk(session, agency) for agency in agencies.every(session)]
