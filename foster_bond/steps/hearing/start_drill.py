"""A supervisor → the whole ladder: a marked test alert that calls people as a real one would."""

from datetime import datetime

from foster_bond.errors import Conflict, NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.alert_ladder import FIRST
from foster_bond.steps.hearing._calling import call, team_of
from foster_bond.store import agencies, alert_courses, audit
from foster_bond.store.alerts import Alert
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Place


def start_drill(store: Store, viewer: Viewer, now: datetime) -> tuple[str, int]:
    """The id of the drill, and how many people it has called at once; the ladder goes on until somebody takes it.

    Raises: NotAllowed for whoever does not see all families; Conflict while another drill runs.
    """
    if not viewer.sees_all_families:
        raise NotAllowed("drill")
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        if alert_courses.open_drill(session, agency.id) is not None:
            raise Conflict("A drill is running already: take it and close it first.")
        alert_id = new_id()
        spans = store.vault.seal(session, "[]", Place("alerts", "spans", alert_id), agency_id=agency.id, family_id=None)
        drill = Alert(
            id=alert_id, agency_id=agency.id, from_bidx="drill", group_id=alert_id, category="unclassified",
            priority="now", spans=spans, raised_at=now, drill=True,
        )  # fmt: skip
        session.add(drill)
        session.flush()
        team = team_of(session, store.vault, agency, now)
        people = team.circle(FIRST, None, frozenset())
        for person in people:
            call(team, drill, person, "ST5", "drill")
        audit.write(session, agency.id, "drill_started", now, staff_id=viewer.by, subject=("alert", alert_id))
        return alert_id, len(people)
