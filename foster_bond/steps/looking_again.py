"""Steps, shared floor: a calendar or a limit has changed, so what is decided and has not left is decided anew."""

from datetime import datetime

from foster_bond.steps.replanning import refit_all
from foster_bond.steps.rhythms import LOOK_AHEAD
from foster_bond.store import enrolments, occurrences
from foster_bond.store.session import Session


def look_again(session: Session, agency_id: str, now: datetime, *, family_id: str | None = None) -> int:
    """Take back every text that is written and has not left, and look at every held slot at once; how many there were.

    `family_id` None: of the whole agency. Nothing that was handed over changes.
    """
    rows = occurrences.may_change(session, agency_id, now, family_id=family_id)
    parts = enrolments.parts_of(session, sorted({row.enrolment_id for row in rows}))
    refit_all(session, [(one, True) for one in parts], now)
    for row in occurrences.held(session, agency_id, family_id=family_id):
        row.look_at = row.due_at - LOOK_AHEAD
    return len(rows)
