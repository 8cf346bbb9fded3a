"""What the asking steps share: a family's calendar has changed, and schedules that follow its visits with it."""

from datetime import datetime

from foster_bond.rules.states import EnrolmentState
from foster_bond.rules.visit_slots import to_rows, visits_of
from foster_bond.steps.replanning import refit_all
from foster_bond.store import calendar_dates, enrolments, families
from foster_bond.store.session import Session

NO_VISIT = "The visit it belongs to is not on the calendar any more."


def follow_visits(session: Session, agency_id: str, family_id: str, now: datetime) -> None:
    """Keep the family's visits as its calendar marks them now; what is planned around them follows.

    The caller holds the agency: who marks another date, or lets somebody take part, comes before or after.
    """
    session.flush()
    family = families.of_agency(session, agency_id, family_id)
    rows = to_rows(visits_of(calendar_dates.around_visits(session, agency_id, family_id)))
    if rows == (family.visit_days or []):
        return
    family.visit_days = rows
    session.flush()
    parts = enrolments.places_of(session, agency_id, family_id)
    mine = [one for one in parts if one.schedule.by_visits and one.enrolment.state == EnrolmentState.ACTIVE.value]
    refit_all(session, [(one, True) for one in mine], now, why=NO_VISIT)
