"""Viewer → pin: a moment of the timeline to open the next visit with. One press pins it, one takes it out."""

from datetime import datetime

from foster_bond.errors import Conflict, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.store import audit, families, pins, visit_facts
from foster_bond.store.open_store import Store

MOST = 12  # more is no opening


def pin_moment(store: Store, viewer: Viewer, family_id: str, what: str, moment_id: str, now: datetime) -> bool:
    """True where the moment was not pinned yet. Raises: NotYours; Conflict where a dozen are pinned."""
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        if not visit_facts.is_moment(session, family.agency_id, family.id, what, moment_id):
            raise NotYours("moment")
        if len(pins.open_of(session, family.agency_id, family.id)) >= MOST:
            raise Conflict(f"{MOST} moments are pinned already: take one out first.")
        new = pins.put(
            session, agency_id=family.agency_id, family_id=family.id, what=what, moment_id=moment_id, by=viewer.by,
            at=now,
        )  # fmt: skip
        if new:
            audit.write(session, viewer.agency_id, "pin_moment", now, staff_id=viewer.by, subject=("family", family.id))
        return new


def unpin_moment(store: Store, viewer: Viewer, family_id: str, moment_id: str, now: datetime) -> bool:
    """True where it was pinned. Raises: NotYours."""
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        out = pins.take_out(
            session, agency_id=family.agency_id, family_id=family.id, moment_id=moment_id, by=viewer.by, at=now
        )
        if out:
            audit.write(
                session, viewer.agency_id, "unpin_moment", now, staff_id=viewer.by, subject=("family", family.id)
            )
        return out
