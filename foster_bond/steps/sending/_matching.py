"""What the sending steps share: find a text of ours in the carrier's list, or be sure that it is not there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from foster_bond.carriers.carrier import LOOKUP_LIMIT, CarrierText
from foster_bond.store import outbox
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

CLOCKS_APART = timedelta(seconds=60)  # ours and the carrier's may differ by this much (design.md section 5)


def match(session: Session, store: Store, message: OutboxMessage, known: Sequence[CarrierText]) -> CarrierText | None:
    """The text at the carrier that is this one: same words, made after the claim, its id not another text's."""
    body, since = outbox.body_of(session, store.vault, message), _since(message)
    for text in sorted(known, key=lambda one: one.created_at):
        fresh = since is None or text.created_at >= since
        if fresh and text.body == body and outbox.by_sid(session, text.sid) is None:
            return text
    return None


def is_whole(message: OutboxMessage, known: Sequence[CarrierText]) -> bool:
    """Whether the list reaches back to the claim. One cut off before that proves nothing about what it lacks."""
    since = _since(message)
    if len(known) < LOOKUP_LIMIT or since is None:
        return True
    return min(text.created_at for text in known) < since


def _since(message: OutboxMessage) -> datetime | None:
    """The carrier dates by its own clock, ours may have been shifted: the earlier of our two decides."""
    starts = [instant for instant in (message.claimed_at, message.claimed_real) if instant is not None]
    return min(starts) - CLOCKS_APART if starts else None
