"""Beside the river: whoever may run commands on this machine acts for an agency that they name."""

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Viewer, operator
from foster_bond.store import agencies
from foster_bond.store.open_store import Store


def act_as_operator(store: Store, *, slug: str) -> Viewer:
    """The viewer that a command's steps take. Raises: InvalidInput where there is no such agency."""
    with store.read() as session:
        agency = agencies.by_slug(session, slug)
        if agency is not None:
            return operator(agency.id)
        known = ", ".join(one.slug for one in agencies.every(session)[:20])
    said = f"they are {known}" if known else "there is none yet; make it with setup"
    raise InvalidInput(f'There is no agency "{slug[:63]}"; {said}.')
