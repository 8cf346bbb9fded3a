"""alert → staff: an alert that nobody has taken calls the next person, and goes on calling."""

from datetime import datetime

from foster_bond.rules.alert_ladder import Rung, rung_at
from foster_bond.steps.hearing._calling import Team, call, call_the_line, team_of
from foster_bond.store import agencies, alert_courses, families
from foster_bond.store.alerts import Alert
from foster_bond.store.open_store import Session, Store

BATCH = 100  # alerts in one transaction, so that a text that comes in waits for no more than that


def escalate_alerts(store: Store, now: datetime) -> dict[str, int]:
    """How many people were called for alerts that nobody has taken, and how many alerts have nobody to call."""
    tally = {"called": 0, "nobody": 0}
    after: tuple[datetime, str] | None = None
    while True:
        with store.write() as session:
            waiting = alert_courses.waiting_for_somebody(session, BATCH, after)
            teams: dict[str, Team] = {}
            for alert in waiting:
                rung = rung_at(alert.raised_at, alert.first_notified_at, now)
                if rung is not None and rung.number != alert.rung and alert_courses.climb(session, alert, rung.number):
                    _climb(_team(teams, session, store, alert, now), alert, rung, tally)
            if len(waiting) < BATCH:
                return tally
            after = (waiting[-1].raised_at, waiting[-1].id)


def _team(teams: dict[str, Team], session: Session, store: Store, alert: Alert, now: datetime) -> Team:
    if alert.agency_id not in teams:
        teams[alert.agency_id] = team_of(session, store.vault, agencies.by_id(session, alert.agency_id), now)
    return teams[alert.agency_id]


def _climb(team: Team, alert: Alert, rung: Rung, tally: dict[str, int]) -> None:
    own = families.caseworker_of(team.session, alert.agency_id, alert.family_id) if alert.family_id else None
    people = team.circle(rung, own, frozenset(alert.names_staff))
    if not people:
        tally["called" if call_the_line(team, alert, "ST2", str(rung.number)) else "nobody"] += 1
    for person in people:
        call(team, alert, person, "ST2", str(rung.number))
        tally["called"] += 1
