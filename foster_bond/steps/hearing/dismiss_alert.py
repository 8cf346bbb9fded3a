"""Alert → false alarm: one click and a reason; the words become a labelled line to measure the reading with."""

from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.false_alarms import REASONS
from foster_bond.rules.states import AlertState
from foster_bond.steps.hearing._calling import team_of, tell_the_others
from foster_bond.store import agencies, alerts, audit
from foster_bond.store.alerts import OPEN_STATES, UNTAKEN_STATES
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Place


def dismiss_alert(store: Store, viewer: Viewer, alert_id: str, reason: str, now: datetime) -> int:
    """How many texts of this trouble were closed as false alarms. Prompts may go out again, and whoever was
    called for it hears that nothing is left to do.

    Raises: NotYours; InvalidInput for no reason of ours; Conflict where it is closed already.
    """
    with store.write() as session:
        group = alerts.group_seen_by(session, viewer, alert_id)
        if not group:
            raise NotYours("alert")
        if reason not in REASONS:
            raise InvalidInput("Say why it is a false alarm.")
        waiting = [one for one in group if one.state in OPEN_STATES]
        if not waiting:
            raise Conflict("This alert has been closed already.")
        untaken = [one for one in waiting if one.state in UNTAKEN_STATES and one.priority == "now"]
        closed = 0
        for one in waiting:
            place = Place("alerts", "outcome", one.id)
            one.outcome = store.vault.seal(
                session, REASONS[reason], place, agency_id=one.agency_id, family_id=one.family_id
            )
            one.dismissed_why = reason
            closed += alerts.move(session, one, AlertState.RESOLVED, now, by=viewer.staff_id)
        if untaken:
            team = team_of(session, store.vault, agencies.by_id(session, viewer.agency_id), now)
            tell_the_others(team, untaken, viewer.staff_id)
        audit.write(
            session, viewer.agency_id, "dismiss_alert", now, staff_id=viewer.by, subject=("alert", waiting[0].id),
            detail=reason,
        )  # fmt: skip
        return closed
