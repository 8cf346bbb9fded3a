"""Viewer → language: the pages speak to each member of staff in the one they chose."""

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Viewer
from foster_bond.store import staff
from foster_bond.store.open_store import Store

LANGUAGES = ("en", "es")


def choose_language(store: Store, viewer: Viewer, language: str) -> None:
    """Their pages and alerts are in it from now on. Raises: InvalidInput for one that we do not speak."""
    if language not in LANGUAGES:
        raise InvalidInput("Choose English or Spanish.")
    with store.write() as session:
        person = staff.find(session, viewer.agency_id, viewer.staff_id)
        if person is not None:
            person.language = language
