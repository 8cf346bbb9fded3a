"""Steps, shared floor: whether an agency's audit chain is whole. Any room may import it; it imports none."""

from dataclasses import dataclass

from foster_bond.store import audit
from foster_bond.store.agencies import Agency
from foster_bond.store.audit import AuditEvent
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


def walk(session: Session, agency: Agency, *, newest: int | None = None) -> ChainReport:
    """A report on the whole chain, or on its `newest` links only; an intact one has `broken_at` None."""
    unchained = audit.unchained_count(session, agency.id)
    seq, before = (0, "") if newest is None else _start(session, agency, newest)
    while events := audit.chained(session, agency.id, after=seq, limit=BATCH):
        for event in events:
            why = _off(event, seq, before)
            if why is not None:
                return ChainReport(agency.slug, seq, before, unchained, seq + 1, why)
            seq, before = seq + 1, event.hash or ""
        session.expunge_all()  # a chain of years is read through, not kept
    return ChainReport(agency.slug, seq, before, unchained)


def _start(session: Session, agency: Agency, newest: int) -> tuple[int, str]:
    """The number and hash that the newest links follow."""
    last, _ = audit.last_link(session, agency.id)
    if last <= newest:
        return 0, ""
    link = audit.chained(session, agency.id, after=last - newest - 1, limit=1)
    return last - newest, (link[0].hash or "") if link else ""


def _off(event: AuditEvent, seq: int, before: str) -> str | None:
    if event.seq != seq + 1:
        return f"number {seq + 1} is missing"
    if event.prev_hash != before:
        return "it does not name the link before it"
    if event.hash != audit.digest(event, seq + 1, before):
        return "its words were altered"
    return None
