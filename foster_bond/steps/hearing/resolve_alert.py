"""Alert → closed: a person writes down what happened; only then may prompts go out again."""

from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.states import AlertState
from foster_bond.store import alerts, audit
from foster_bond.store.alerts import OPEN_STATES, UNTAKEN_STATES, Alert
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import Place

LONGEST = 2000  # characters of an outcome


def resolve_alert(store: Store, viewer: Viewer, alert_id: str, outcome: str, now: datetime) -> int:
    """How many texts of this trouble were closed, each with the outcome, sealed.

    Raises: NotYours; InvalidInput without an outcome; Conflict where it is closed already, or a text of the same
    trouble has come in that nobody has taken: nobody closes what they have not read.
    """
    outcome = outcome.strip()[:LONGEST]
    with store.write() as session:
        group = alerts.group_seen_by(session, viewer, alert_id)
        if not group:
            raise NotYours("alert")
        if not outcome:
            raise InvalidInput("Write down what happened: an alert is closed with an outcome only.")
        waiting = [one for one in group if one.state in OPEN_STATES]
        if not waiting:
            raise Conflict("This alert has been closed already.")
        if any(one.state in UNTAKEN_STATES and one.priority == "now" for one in waiting):
            raise Conflict("A text of this trouble has not been taken yet: read it and take it first.")
        closed = [one for one in waiting if _close(session, store, viewer, one, outcome, now)]
        audit.write(
            session, viewer.agency_id, "resolve_alert", now, staff_id=viewer.by, subject=("alert", waiting[0].id)
        )
        return len(closed)


def _close(session: Session, store: Store, viewer: Viewer, alert: Alert, outcome: str, now: datetime) -> bool:
    place = Place("alerts", "outcome", alert.id)
    alert.outcome = store.vault.seal(session, outcome, place, agency_id=alert.agency_id, family_id=alert.family_id)
    return alerts.move(session, alert, AlertState.RESOLVED, now, by=viewer.staff_id)
