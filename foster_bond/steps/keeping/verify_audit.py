"""Beside the river: walk every agency's audit chain and say where it first breaks."""

from dataclasses import dataclass

from foster_bond.store import agencies, audit
from foster_bond.store.agencies import Agency
from foster_bond.store.audit import AuditEvent
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session

BATCH = 1000


@dataclass(frozen=True, slots=True)
class ChainReport:
    """One agency's chain. Note `last_hash` elsewhere: an end that was cut off shows only by that."""

    slug: str
    links: int
    last_hash: str
    unchained: int
    broken_at: int | None = None
    why: str | None = None


def verify_audit(store: Store) -> list[ChainReport]:
    """A report per agency; an intact one has `broken_at` None."""
    with store.read() as session:
        return [_walk(session, agency) for agency in agencies.every(session)]


def _walk(session: Session, agency: Agency) -> ChainReport:
    seq, before = 0, ""
    unchained = audit.unchained_count(session, agency.id)
    while events := audit.chained(session, agency.id, after=seq, limit=BATCH):
        for event in events:
            why = _off(event, seq, before)
            if why is not None:
                return ChainReport(agency.slug, seq, before, unchained, seq + 1, why)
            seq, before = seq + 1, event.hash or ""
        session.expunge_all()  # a chain of years is read through, not kept
    return ChainReport(agency.slug, seq, before, unchained)


def _off(event: AuditEvent, seq: int, before: str) -> str | None:
    if event.seq != seq + 1:
        return f"number {seq + 1} is missing"
    if event.prev_hash != before:
        return "it does not name the link before it"
    if event.hash != audit.digest(event, seq + 1, before):
        return "its words were altered"
    return None
