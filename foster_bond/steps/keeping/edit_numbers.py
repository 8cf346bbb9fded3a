"""Viewer → numbers: another value for a public line in our texts, and the word of who called a number."""

from datetime import datetime

from foster_bond.errors import NotAllowed, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.own_numbers import read_own_number
from foster_bond.rules.public_lines import public_lines
from foster_bond.steps.keeping._numbers import due_numbers, named_numbers
from foster_bond.store import agencies, agency_numbers, alerts, audit
from foster_bond.store.open_store import Store


def check_number(store: Store, viewer: Viewer, name: str, now: datetime) -> None:
    """Somebody called it and it works. The month's task is done with the last one. Raises: NotAllowed, NotYours."""
    if not viewer.sees_all_families:
        raise NotAllowed("numbers")
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        if name not in named_numbers(agency):
            raise NotYours("number")
        agency_numbers.check(session, agency.id, name, now, by=viewer.by)
        audit.write(session, agency.id, "number_checked", now, staff_id=viewer.by, detail=name)
        session.flush()
        if not due_numbers(session, agency, now):
            alerts.close_tasks_of_kind(session, agency.id, "numbers", now, "checked", by=viewer.by)


def change_number(store: Store, viewer: Viewer, name: str, typed: str, now: datetime) -> bool:
    """True where our texts say another value from the next one on; an empty one gives back ours.

    Raises: NotAllowed; NotYours for no public line of ours; InvalidInput where no text could hold it.
    """
    if not viewer.runs_people:
        raise NotAllowed("numbers")
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        line = next((one for one in public_lines(agency.country) if one.name == name), None)
        if line is None:
            raise NotYours("number")
        own = agency_numbers.own_values(session, store.vault, agency.id)
        value = read_own_number(line, typed, own, agency.country) if typed.strip() else None
        value = None if value == line.number else value
        if value == own.get(name):
            return False
        agency_numbers.give(session, store.vault, agency.id, name, value, now)
        audit.write(
            session, agency.id, "number_changed", now, staff_id=viewer.by,
            detail=f"{name}: {'ours again' if value is None else 'the agency’s own'}",
        )  # fmt: skip
        return True
