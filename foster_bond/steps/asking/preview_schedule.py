"""Beside the river: what would go to whom and when, word for word, decided by the same gate and written nowhere."""

from datetime import datetime, timedelta

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.steps.asking._previewing import DEPENDS, LookAhead
from foster_bond.store import agencies, families
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Store

__all__ = ["DEPENDS", "preview", "preview_family"]

MOST_WEEKS = 53  # a year of a schedule; slots beyond it hang on too much that will change


def preview(
    store: Store, *, agency_id: str, family_ref: str | None = None, weeks: int, now: datetime
) -> tuple[PlannedText, ...]:
    """Every text of the coming weeks, in order of time, for the agency or one of its families. Nothing is written.

    Raises: InvalidInput for an agency or a family that does not exist, or a number of weeks that is off.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise InvalidInput(f"--weeks is a number from 1 to {MOST_WEEKS}, not {weeks}.")
    with store.read() as session:
        agency = session.get(Agency, agency_id)
        if agency is None:
            raise InvalidInput("There is no such agency.")
        family_id = None
        if family_ref is not None:
            found = families.by_ref(session, agency_id, family_ref) or families.by_id(session, agency_id, family_ref)
            if found is None:
                raise InvalidInput(f'There is no family "{family_ref}" in this agency.')
            family_id = found.id
        return LookAhead(session, store, agency, now, now + timedelta(weeks=weeks)).of(family_id)


def preview_family(
    store: Store, viewer: Viewer, family_id: str, *, weeks: int, now: datetime
) -> tuple[PlannedText, ...]:
    """The same for one family that the viewer holds. Raises: NotYours."""
    with store.read() as session:
        families.held(session, viewer, family_id)
        agency = agencies.by_id(session, viewer.agency_id)
        return LookAhead(session, store, agency, now, now + timedelta(weeks=weeks)).of(family_id)
