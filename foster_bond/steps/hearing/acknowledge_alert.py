"""Alert → a person: somebody takes it, and nobody else has to be woken for it."""

from datetime import datetime

from foster_bond.errors import Conflict, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.states import AlertState
from foster_bond.steps.hearing._calling import team_of, tell_the_others
from foster_bond.store import agencies, alerts, audit, staff
from foster_bond.store.alerts import UNTAKEN_STATES, Alert
from foster_bond.store.open_store import Session, Store


def take_alert(store: Store, viewer: Viewer, alert_id: str, now: datetime) -> int:
    """How many texts of this trouble are now the viewer's; 0 where they were already.

    Raises: NotYours; Conflict where a colleague was quicker.
    """
    with store.write() as session:
        group = alerts.group_seen_by(session, viewer, alert_id)
        if not group:
            raise NotYours("alert")
        waiting = [one for one in group if one.state in UNTAKEN_STATES]
        if not waiting:
            _refuse_if_taken(session, viewer, group)
            return 0
        taken = [
            one for one in waiting
            if alerts.move(session, one, AlertState.ACKNOWLEDGED, now, by=viewer.staff_id)
        ]  # fmt: skip
        if not taken:
            raise Conflict("Somebody has taken this alert a moment ago.")
        team = team_of(session, store.vault, agencies.by_id(session, viewer.agency_id), now)
        tell_the_others(team, taken, viewer.staff_id)
        audit.write(session, viewer.agency_id, "take_alert", now, staff_id=viewer.by, subject=("alert", waiting[0].id))
        return len(taken)


def _refuse_if_taken(session: Session, viewer: Viewer, group: list[Alert]) -> None:
    other = next((one for one in group if one.acknowledged_by not in (None, viewer.staff_id)), None)
    if other is not None:
        person = staff.find(session, viewer.agency_id, other.acknowledged_by or "")
        raise Conflict(f"{'A colleague' if person is None else person.name} has taken this alert already.")
    if all(one.acknowledged_by is None for one in group):
        raise Conflict("This alert has been closed already.")
