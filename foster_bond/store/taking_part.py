"""Store: who takes part in which schedule, counted and listed for pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.states import EnrolmentState, OccurrenceState
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member, held_by
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.prompts import Schedule

SHOWN = 500  # people to pick from; an agency this large finds a person through their family


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people of how many families take part, and when the next of their slots is due."""

    people: int = 0
    families: int = 0
    next_due: datetime | None = None


def reach_of(session: Session, agency_id: str, now: datetime) -> Mapping[str, Reach]:
    """The reach of every schedule of the agency that anybody takes part in."""
    active = (col(Enrolment.agency_id) == agency_id, col(Enrolment.state) == EnrolmentState.ACTIVE.value)
    counted = (
        select(
            col(Enrolment.schedule_id), func.count(), func.count(func.distinct(col(Enrolment.family_id))),
            func.min(col(Enrolment.next_due_at)),
        )
        .where(*active)
        .group_by(col(Enrolment.schedule_id))
    )  # fmt: skip
    planned = (
        select(col(Enrolment.schedule_id), func.min(col(Occurrence.due_at)))
        .join(Occurrence, col(Occurrence.enrolment_id) == col(Enrolment.id))
        .where(*active, col(Occurrence.state) == OccurrenceState.PLANNED.value, col(Occurrence.due_at) > now)
        .group_by(col(Enrolment.schedule_id))
    )
    soonest = {row[0]: row[1] for row in session.execute(planned)}
    return {row[0]: Reach(row[1], row[2], soonest.get(row[0], row[3])) for row in session.execute(counted)}


def schedule(session: Session, agency_id: str, schedule_id: str) -> Schedule:
    """A schedule of this agency, in whatever state. Raises: NotYours."""
    query = select(Schedule).where(col(Schedule.agency_id) == agency_id, col(Schedule.id) == schedule_id)
    found: Schedule | None = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotYours("schedule")
    return found


def held_participants(session: Session, viewer: Viewer, schedule_id: str) -> list[tuple[Member, Family]]:
    """Who takes part in a schedule, of the families that the viewer holds."""
    query = (
        held_by(viewer)
        .join(Member, (col(Member.agency_id) == col(Family.agency_id)) & (col(Member.family_id) == col(Family.id)))
        .join(Enrolment, col(Enrolment.member_id) == col(Member.id))
        .where(
            col(Enrolment.schedule_id) == schedule_id,
            col(Enrolment.state) == EnrolmentState.ACTIVE.value,
            col(Family.closed_at).is_(None),
            col(Member.left_at).is_(None),
        )
        .with_only_columns(Member, Family)
        .order_by(col(Family.id), col(Member.created_at), col(Member.id))
        .limit(SHOWN)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
