"""What the steps about staff share: who may change people, and whom a viewer can reach."""

from foster_bond.errors import NotAllowed, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.store import staff
from foster_bond.store.session import Session
from foster_bond.store.staff import Staff


def may_run_people(viewer: Viewer) -> None:
    """Nothing, where this viewer may change who works here. Raises: NotAllowed."""
    if not viewer.runs_people:
        raise NotAllowed("Only an admin changes who works here.")


def person_of(session: Session, viewer: Viewer, staff_id: str) -> Staff:
    """A member of the viewer's own agency. Raises: NotYours."""
    person = staff.find(session, viewer.agency_id, staff_id)
    if person is None:
        raise NotYours("staff")
    return person
