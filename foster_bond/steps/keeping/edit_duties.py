"""Viewer → duties: what staff have to do about each kind of alert, in the agency's own words."""

from collections.abc import Mapping
from datetime import datetime

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.duties import read_duties
from foster_bond.rules.message_text import CRISIS_CATEGORIES
from foster_bond.store import agencies, audit
from foster_bond.store.open_store import Store


def edit_duties(store: Store, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """The kinds whose words have changed; an empty field gives back ours. Raises: NotAllowed, InvalidInput."""
    if not viewer.runs_people:
        raise NotAllowed("duties")
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        before, after = agency.duties, read_duties(typed, agency.country)
        changed = tuple(name for name in CRISIS_CATEGORIES if before.get(name) != after.get(name))
        if changed:
            agency.duties = after
            audit.write(session, agency.id, "duties_changed", now, staff_id=viewer.by, detail=", ".join(changed))
        return changed
