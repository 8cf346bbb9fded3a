"""Viewer → note: a colleague's words for the record, sealed under the family's key. The family never sees them."""

from datetime import datetime

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Viewer
from foster_bond.store import audit, drafts, notes, opened
from foster_bond.store.open_store import Store

LONGEST = 4000  # characters


def write_note(store: Store, viewer: Viewer, family_id: str, words: str, now: datetime, *, once_key: str) -> bool:
    """True where the note is new; the same form sent again writes nothing. Raises: NotYours, InvalidInput."""
    words = words.strip()
    if not words:
        raise InvalidInput("An empty note says nothing: write it first.")
    if len(words) > LONGEST:
        raise InvalidInput(f"A note holds at most {LONGEST} characters; this one has {len(words)}.")
    with store.write() as session:
        family = opened.opened(session, viewer, family_id)
        new = notes.write(
            session, store.vault, agency_id=viewer.agency_id, family_id=family.id, author_id=viewer.staff_id,
            words=words, once_key=f"{viewer.staff_id}:{once_key[:40]}", at=now,
        )  # fmt: skip
        drafts.forget(session, viewer.agency_id, viewer.staff_id, family.id, "note")
        if new:
            audit.write(session, viewer.agency_id, "write_note", now, staff_id=viewer.by, subject=("family", family.id))
        return new
