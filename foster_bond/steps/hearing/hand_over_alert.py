"""Alert → a colleague: whoever has it gives it on; it calls again until that colleague, or somebody, takes it."""

from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.alert_ladder import FIRST, rung_at
from foster_bond.rules.states import AlertState
from foster_bond.steps.hearing._calling import call, team_of
from foster_bond.store import agencies, alert_courses, alerts, audit
from foster_bond.store.open_store import Store


def hand_over_alert(store: Store, viewer: Viewer, alert_id: str, to: str, now: datetime) -> int:
    """How many texts of this trouble now wait for the colleague, who has been called.

    Raises: NotYours; InvalidInput where no channel reaches the colleague; Conflict where nobody has taken it yet.
    """
    with store.write() as session:
        group = alerts.group_seen_by(session, viewer, alert_id)
        if not group:
            raise NotYours("alert")
        held = [one for one in group if one.state == AlertState.ACKNOWLEDGED.value]
        if not held:
            raise Conflict("Only an alert that somebody has taken can be handed over.")
        team = team_of(session, store.vault, agencies.by_id(session, viewer.agency_id), now)
        person = team.by_id.get(to)
        if person is None:
            raise InvalidInput("Neither a text nor a mail reaches this colleague: call them, and keep the alert.")
        rung = rung_at(held[0].raised_at, held[0].first_notified_at or now, now) or FIRST
        alert_courses.hand_over(session, held, rung.number)
        for one in held:
            call(team, one, person, "ST1", f"handed {now.isoformat()}", handed_over=True)
        audit.write(
            session, viewer.agency_id, "hand_over_alert", now, staff_id=viewer.by, subject=("alert", held[0].id),
            detail=f"to {person.id}",
        )  # fmt: skip
        return len(held)
