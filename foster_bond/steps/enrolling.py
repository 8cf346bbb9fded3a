"""Steps, shared floor: who belongs to a schedule takes part in it, from the next slot on. Any room may import it."""

from datetime import datetime, time
from functools import lru_cache

from foster_bond.rules.local_time import local_day
from foster_bond.rules.pack_values import Audience
from foster_bond.rules.recurrence import Rhythm, next_slot
from foster_bond.rules.states import EnrolmentState
from foster_bond.steps.rhythms import rhythm_of
from foster_bond.store import enrolments, families, occurrences, prompts
from foster_bond.store.agencies import Agency
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.ids import new_id
from foster_bond.store.prompts import Schedule, ScheduleState
from foster_bond.store.session import Session


def belongs(schedule: Schedule, member: Member) -> bool:
    """Whether the schedule is for this member: one of its roles and, where it names tags, one of those."""
    audience = Audience(tuple(schedule.roles), tuple(schedule.tags))
    return member.left_at is None and audience.includes(member.role, member.tags)


def enrol(
    session: Session, agency: Agency, schedule: Schedule, member: Member, family_zone: str, now: datetime
) -> Enrolment | None:
    """The member's new place in the schedule, due at the next slot; None where it is not for them or has ended.

    The caller has looked that they are not in it yet.
    """
    if not belongs(schedule, member):
        return None
    zone = member.zone or family_zone
    due_at = _next_due(schedule, member, zone, now)
    if due_at is None:
        return None
    enrolment = Enrolment(
        id=new_id(), agency_id=agency.id, schedule_id=schedule.id, member_id=member.id, family_id=member.family_id,
        state=EnrolmentState.ACTIVE, started_on=local_day(now, zone), next_due_at=due_at, created_at=now,
    )  # fmt: skip
    session.add(enrolment)
    return enrolment


def enrol_everybody(
    session: Session, agency: Agency, schedule: Schedule, now: datetime, *, replan: bool, restart: bool = False
) -> int:
    """How many take part from now on who did not before.

    `replan`: rhythm, audience or programme has changed, so those who no longer belong leave and plans are made anew.
    `restart`: it is another programme now, which each begins at its beginning.
    """
    known = enrolments.of_schedule(session, agency.id, schedule.id)
    present = families.present_members(session, agency.id)
    count = 0
    for member, family in present:
        enrolment = known.get(member.id)
        if enrolment is None:
            count += enrol(session, agency, schedule, member, family.zone, now) is not None
        elif replan:
            enrolment.position = 0 if restart else enrolment.position
            count += settle(session, schedule, enrolment, member, family, now)
    session.flush()
    return count


def enrol_member(
    session: Session, agency: Agency, member: Member, family: Family, now: datetime, *, replan: bool = False
) -> int:
    """Put a member into every active schedule that is for them; how many are new.

    `replan`: their role, tags, zone or hour has changed, so places they hold are fitted to it.
    """
    known = enrolments.of_member(session, agency.id, member.id)
    count = 0
    for schedule in prompts.schedules_of(session, agency.id):
        enrolment = known.get(schedule.id)
        if enrolment is not None and replan:
            count += settle(session, schedule, enrolment, member, family, now)
        elif enrolment is None and schedule.state == ScheduleState.ACTIVE.value:
            count += enrol(session, agency, schedule, member, family.zone, now) is not None
    session.flush()
    return count


def settle(
    session: Session, schedule: Schedule, enrolment: Enrolment, member: Member, family: Family, now: datetime
) -> bool:
    """Fit an enrolment to what its schedule or member has become; True where they take part again.

    Slots to come are planned anew: none of them has a text yet.
    """
    state = EnrolmentState(enrolment.state)
    if not belongs(schedule, member):
        if state in (EnrolmentState.ACTIVE, EnrolmentState.PAUSED):
            enrolments.move(enrolment, EnrolmentState.LEFT)
            occurrences.forget_planned(session, enrolment.agency_id, [enrolment.id], now)
        return False
    occurrences.forget_planned(session, enrolment.agency_id, [enrolment.id], now)
    enrolment.next_due_at = _next_due(schedule, member, member.zone or family.zone, now)
    enrolment.planned_until = None
    back = state in (EnrolmentState.LEFT, EnrolmentState.ENDED) and enrolment.next_due_at is not None
    if back:
        enrolments.move(enrolment, EnrolmentState.ACTIVE)
    return back


def _next_due(schedule: Schedule, member: Member, zone: str, now: datetime) -> datetime | None:
    return _first_after(rhythm_of(schedule), zone, now, schedule.seed, member.hour)


@lru_cache(maxsize=4096)
def _first_after(rhythm: Rhythm, zone: str, after: datetime, seed: str, hour: time | None) -> datetime | None:
    """Remembered, because the thousands that one load enrols live in a few zones."""
    slot = next_slot(rhythm, zone, after=after, seed=seed, hour=hour)
    return None if slot is None else slot.due_at
