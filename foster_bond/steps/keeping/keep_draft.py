"""Viewer → draft: what somebody has begun to write is kept, sealed, until it is sent: it outlives a lost session."""

from datetime import datetime, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.store import drafts, families, looks, opened
from foster_bond.store.open_store import Store

KEPT = timedelta(days=30)  # a draft is no record: what lies longer is forgotten
LONGEST = 4000  # characters, as a note


def keep_draft(
    store: Store, viewer: Viewer, family_id: str, kind: str, words: str, now: datetime, *, to: str = "", about: str = ""
) -> None:
    """The words in place of those that were kept before; empty ones forget them. Raises: NotYours."""
    words = words.strip()[:LONGEST]
    with store.write() as session:
        family = opened.opened(session, viewer, family_id)
        drafts.forget_old(session, now - KEPT)
        if not words:
            drafts.forget(session, viewer.agency_id, viewer.staff_id, family.id, kind)
            return
        present = {one.id for one in families.members_of(session, viewer.agency_id, family.id)}
        drafts.keep(
            session, store.vault, agency_id=viewer.agency_id, staff_id=viewer.staff_id, family_id=family.id, kind=kind,
            words=words, at=now, to_member=to if to in present else None, about=about[:36] or None,
        )  # fmt: skip
        looks.is_writing(session, viewer.agency_id, viewer.staff_id, family.id, now)
