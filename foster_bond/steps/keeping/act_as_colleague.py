"""Beside the river: the demo's story is told by its staff; each of them acts as when they are signed in."""

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Role, Viewer
from foster_bond.store import staff
from foster_bond.store.open_store import Store


def act_as_colleague(store: Store, *, agency_id: str, email: str) -> Viewer:
    """The viewer that steps take. Raises: InvalidInput where nobody of this agency has the address."""
    with store.read() as session:
        person = staff.by_email(session, email)
        if person is None or person.agency_id != agency_id:
            raise InvalidInput(f"Nobody of this agency signs in as {email}.")
        return Viewer(person.id, agency_id, Role(person.role), person.name, person.language)
