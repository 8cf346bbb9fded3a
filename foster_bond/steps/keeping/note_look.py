"""Viewer → look: remember that somebody reads a family's page, so that what comes next is new to them."""

from datetime import datetime, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.store import audit, families, looks, opened
from foster_bond.store.open_store import Store

ONE_READING = timedelta(minutes=30)  # as long as a session lives without its person: reloads belong together


def note_look(store: Store, viewer: Viewer, family_id: str, now: datetime) -> datetime | None:
    """Since when moments are new to this viewer; None at their first reading. The audit gets one line a reading.

    Raises: NotYours.
    """
    with store.write() as session:
        family = opened.opened(session, viewer, family_id)
        look = looks.of_person(session, viewer.agency_id, viewer.staff_id, family.id)
        subject = ("family", family.id)
        detail = None if families.which_held(session, viewer, [family.id]) else "for an alert they had taken"
        if look is None:
            if looks.first(session, viewer.agency_id, viewer.staff_id, family.id, now):
                audit.write(
                    session, viewer.agency_id, "open_family", now, staff_id=viewer.by, subject=subject, detail=detail
                )
            return None
        if now - look.seen_at > ONE_READING:
            look.before_at = look.seen_at
            audit.write(
                session, viewer.agency_id, "open_family", now, staff_id=viewer.by, subject=subject, detail=detail
            )
        look.seen_at = max(look.seen_at, now)
        return look.before_at
