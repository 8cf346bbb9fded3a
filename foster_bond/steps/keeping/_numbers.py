"""What the keeping steps share: the numbers an agency's texts name, and which of them nobody has called of late."""

from datetime import datetime

from foster_bond.rules.number_checks import OWN_LINES, is_due, last_checked
from foster_bond.rules.public_lines import public_lines
from foster_bond.store import agency_numbers
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Session


def named_numbers(agency: Agency) -> dict[str, str]:
    """What each number is, by its name; one of its own lines that is not set is in no text."""
    own = {name: words for name, words in OWN_LINES.items() if getattr(agency, name) is not None}
    return own | {line.name: f"{line.what} ({line.number})" for line in public_lines(agency.country)}


def due_numbers(session: Session, agency: Agency, now: datetime) -> dict[str, str]:
    """Those that somebody has to call now."""
    known = agency_numbers.of_agency(session, agency.id)
    due = {}
    for name, words in named_numbers(agency).items():
        row = known.get(name)
        changed_at = None if row is None else row.changed_at
        checked = last_checked(None if row is None else row.checked_at, changed_at, agency.numbers_checked_on)
        if is_due(checked, changed_at, agency.created_at, now):
            due[name] = words
    return due
