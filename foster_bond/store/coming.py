"""Store: when something happens next, so that a clock that may be moved can jump to it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session, col

from foster_bond.rules.access import Viewer
from foster_bond.rules.flow import OPEN_STATES as OPEN_RUNS
from foster_bond.rules.flow import FlowState
from foster_bond.rules.states import Consent, EnrolmentState, OccurrenceState, Outbound
from foster_bond.store.alerts import OPEN_STATES, Alert
from foster_bond.store.consents import NumberConsent
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member, held_by
from foster_bond.store.flow_runs import FlowRun
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Schedule, ScheduleState

SOON = timedelta(minutes=2)  # a held slot is looked at every minute; a jump need not stop at each of them


def next_instant(session: Session, now: datetime, plan_ahead: timedelta) -> datetime | None:
    """When the first job has something to do after `now`; None where nothing is planned at all."""
    planned = col(Occurrence.state) == OccurrenceState.PLANNED.value
    fresh = or_(col(Occurrence.why).is_(None), col(Occurrence.look_at) > now + SOON)
    asked = (
        select(func.min(col(Occurrence.look_at))).where(planned, fresh, col(Occurrence.look_at) > now),
        select(func.min(col(Occurrence.closes_at))).where(planned, col(Occurrence.closes_at) > now),
        select(func.min(col(Occurrence.nudge_at))).where(col(Occurrence.nudge_at) > now),
        select(func.min(col(OutboxMessage.next_try_at))).where(
            col(OutboxMessage.state) == Outbound.SCHEDULED.value, col(OutboxMessage.next_try_at) > now
        ),
        select(func.min(col(FlowRun.look_at))).where(
            col(FlowRun.state) == FlowState.DUE.value, col(FlowRun.look_at) > now
        ),
        select(func.min(col(FlowRun.expires_at))).where(
            col(FlowRun.state).in_(sorted(OPEN_RUNS)), col(FlowRun.expires_at) > now
        ),
    )
    found = [session.execute(query).scalar() for query in asked]
    unplanned = session.execute(
        select(func.min(col(Enrolment.next_due_at))).where(col(Enrolment.state) == EnrolmentState.ACTIVE.value)
    ).scalar()
    if unplanned is not None and unplanned - plan_ahead > now:
        found.append(unplanned - plan_ahead)
    return min((instant for instant in found if instant is not None), default=None)


def next_text(session: Session, viewer: Viewer, now: datetime) -> datetime | None:
    """When the next text to the viewer's families is due, as far as it is known to leave; None where none is."""
    held = held_by(viewer).with_only_columns(col(Family.id))
    waiting = select(func.min(col(OutboxMessage.due_at))).where(
        col(OutboxMessage.agency_id) == viewer.agency_id,
        col(OutboxMessage.family_id).in_(held),
        col(OutboxMessage.state) == Outbound.SCHEDULED.value,
        col(OutboxMessage.due_at) > now,
    )
    planned = (
        select(func.min(col(Occurrence.due_at)))
        .join(Member, col(Member.id) == col(Occurrence.member_id))
        .join(Enrolment, col(Enrolment.id) == col(Occurrence.enrolment_id))
        .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
        .where(
            col(Occurrence.agency_id) == viewer.agency_id,
            col(Occurrence.family_id).in_(held),
            col(Occurrence.state) == OccurrenceState.PLANNED.value,
            col(Occurrence.due_at) > now,
            col(Enrolment.state) == EnrolmentState.ACTIVE.value,
            col(Schedule.state) == ScheduleState.ACTIVE.value,
            *_may_get_it(viewer.agency_id),
        )
    )
    found = [session.execute(query).scalar() for query in (waiting, planned)]
    return min((instant for instant in found if instant is not None), default=None)


def _may_get_it(agency_id: str) -> tuple[ColumnElement[bool], ...]:
    """What the gate would say already: they have agreed, have not paused, and nobody of them cries for help."""
    active = exists().where(
        col(NumberConsent.agency_id) == agency_id,
        col(NumberConsent.to_bidx) == col(Member.to_bidx),
        col(NumberConsent.state) == Consent.ACTIVE.value,
    )
    alarmed = exists().where(
        and_(
            col(Alert.agency_id) == agency_id,
            col(Alert.family_id) == col(Occurrence.family_id),
            col(Alert.priority) == "now",
            col(Alert.state).in_(OPEN_STATES),
        )
    )
    rested = or_(col(Member.paused_until).is_(None), col(Member.paused_until) <= col(Occurrence.due_at))
    return active, ~alarmed, rested
