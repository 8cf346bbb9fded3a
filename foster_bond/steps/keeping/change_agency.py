"""Beside the river: an admin changes the agency's lines, polite hours and caps; texts obey from the next one on."""

from collections.abc import Mapping
from datetime import datetime

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.agency_form import HOURS, MOST, NUMBERS, AgencyChanges, read_agency_form
from foster_bond.rules.sender_tiers import TIERS
from foster_bond.store import agencies, agency_numbers, audit
from foster_bond.store.open_store import Store

_PLAIN = (*HOURS, *MOST, "sender_tier", "segment_price")


def change_agency(store: Store, *, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """The names of what has changed. All of it or nothing. Raises: NotAllowed, OffFields."""
    if not viewer.runs_people:
        raise NotAllowed("agency")
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        wanted: AgencyChanges = read_agency_form(typed, country=agency.country, state=agency.state)
        changed = [name for name in _PLAIN if getattr(agency, name) != getattr(wanted, name)]
        for name in changed:
            setattr(agency, name, getattr(wanted, name))
        agency.texts_per_second = TIERS[agency.sender_tier]
        for name in NUMBERS:
            if agencies.number_of(session, store.vault, agency, name) != getattr(wanted, name):
                agencies.give_number(session, store.vault, agency, name, getattr(wanted, name))
                agency_numbers.is_changed(session, agency.id, name, now)
                changed.append(name)
        if changed:
            audit.write(
                session, agency.id, "agency_changed", now, staff_id=viewer.by, subject=("agency", agency.id),
                detail=", ".join(changed),
            )  # fmt: skip
        return tuple(changed)
