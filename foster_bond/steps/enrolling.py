"""Steps, shared floor: who belongs to a schedule takes part in it, from the next slot on. Any room may import it."""

from collections.abc import Iterable
from datetime import date, datetime

from foster_bond.rules.clearances import needed_for
from foster_bond.rules.local_time import local_day
from foster_bond.rules.pack_values import Audience
from foster_bond.rules.states import EnrolmentState
from foster_bond.steps.replanning import refit_all
from foster_bond.steps.rhythms import days_of, due_after, zone_for
from foster_bond.store import enrolments, families, prompts
from foster_bond.store.agencies import Agency
from foster_bond.store.enrolments import Enrolment, Picked, TakingPart
from foster_bond.store.families import Family, Member
from foster_bond.store.ids import new_id
from foster_bond.store.prompts import Anchor, Schedule, ScheduleState
from foster_bond.store.session import Session

LEFT = "They no longer take part in this schedule."


def is_cleared(member: Member) -> bool:
    """Whether a named worker has confirmed all that must be before somebody of this role is asked anything."""
    return member.cleared_at is not None or not needed_for(member.role)


def belongs(schedule: Schedule, member: Member) -> bool:
    """Whether the schedule is for this member: one of its roles and, where it names tags, one of those.

    A birth parent and a teen belong to none before a named worker has confirmed what must be.
    """
    audience = Audience(tuple(schedule.roles), tuple(schedule.tags))
    return member.left_at is None and is_cleared(member) and audience.includes(member.role, member.tags)


def takes_part(schedule: Schedule, member: Member, enrolment: Enrolment | None) -> bool:
    """Whether the member takes part: what a person decided goes before what the audience says."""
    if enrolment is None or enrolment.picked is None:
        return belongs(schedule, member)
    return enrolment.picked == Picked.IN.value and member.left_at is None and is_cleared(member)


def new_place(
    schedule: Schedule, member: Member, family: Family, now: datetime, *, started_on: date | None = None,
    picked: Picked | None = None,
) -> Enrolment | None:  # fmt: skip
    """A place in the schedule that is no row yet, due at the next slot; None where its rhythm has ended for them.

    Where it follows visits none need be marked yet.

    `started_on` is the day their weeks count from. What an ordered programme would have asked since then is skipped,
    where the schedule counts from each person's own day.
    """
    zone = zone_for(member, family)
    begun = started_on or _own_start(schedule.anchor, family, zone, now)
    enrolment = Enrolment(
        id=new_id(), agency_id=schedule.agency_id, schedule_id=schedule.id, member_id=member.id,
        family_id=member.family_id, state=EnrolmentState.ACTIVE, started_on=begun,
        picked=None if picked is None else picked.value, created_at=now,
    )  # fmt: skip
    one = TakingPart(enrolment, schedule, member, family)
    enrolment.next_due_at = due_after(one, now)
    enrolment.position = skipped_by_then(one, now)
    return enrolment if enrolment.next_due_at is not None or schedule.by_visits else None


def _own_start(anchor: str, family: Family, zone: str, joined: datetime) -> date:
    if anchor == Anchor.PLACEMENT.value:
        return family.placed_on or local_day(family.created_at, zone)
    return local_day(joined, zone)


def skipped_by_then(one: TakingPart, now: datetime) -> int:
    """How many slots lie between the day somebody's own weeks began and now: their questions are not asked later."""
    if one.schedule.anchor == Anchor.CALENDAR.value or one.schedule.by_visits:
        return 0
    today = local_day(now, zone_for(one.member, one.family))
    return sum(slot.due_at <= now for slot in days_of(one, one.enrolment.started_on, today))


def count_anew(session: Session, family: Family, placed_on: date | None, now: datetime) -> None:
    """Keep another day on which the child came, and fit to it the places that count from it.

    Steps that are done stay done. A place that a person began on a day of its own keeps that day.
    """
    parts = enrolments.counted_from_placement(session, family.agency_id, family.id)
    enrolments.lock(session, [one.enrolment.id for one in parts])
    before = [_own_start(Anchor.PLACEMENT.value, family, zone_for(one.member, family), now) for one in parts]
    family.placed_on = placed_on
    moved = [one for one, start in zip(parts, before, strict=True) if one.enrolment.started_on == start]
    for one in moved:
        one.enrolment.started_on = _own_start(Anchor.PLACEMENT.value, family, zone_for(one.member, family), now)
        one.enrolment.position = max(one.enrolment.position, skipped_by_then(one, now))
    session.flush()
    settle_all(session, moved, now)


def count_otherwise(one: TakingPart, before: str, now: datetime) -> None:
    """Let a place count from what its schedule counts from now; `before` is what it counted from.

    Steps that are done stay done. A place that a person began on a day of its own keeps that day.
    """
    zone, joined = zone_for(one.member, one.family), one.enrolment.created_at
    if one.schedule.anchor != before and one.enrolment.started_on == _own_start(before, one.family, zone, joined):
        one.enrolment.started_on = _own_start(one.schedule.anchor, one.family, zone, joined)
        one.enrolment.position = max(one.enrolment.position, skipped_by_then(one, now))


def count_all_otherwise(session: Session, schedule: Schedule, before: str, now: datetime) -> None:
    """The same for every place of a schedule; plans are fitted to it by whoever puts the schedule in force."""
    if schedule.anchor != before:
        parts = enrolments.everybody_in(session, schedule.agency_id, schedule.id)
        enrolments.lock(session, [one.enrolment.id for one in parts])
        for one in parts:
            count_otherwise(one, before, now)
        session.flush()


def enrol(session: Session, schedule: Schedule, member: Member, family: Family, now: datetime) -> Enrolment | None:
    """The member's new place in the schedule; None where it is not for them or has ended.

    The caller has looked that they are not in it yet.
    """
    here = family.closed_at is None and belongs(schedule, member)
    enrolment = new_place(schedule, member, family, now) if here else None
    if enrolment is not None:
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
    count = 0
    again: list[TakingPart] = []
    for member, family in families.present_members(session, agency.id):
        enrolment = known.get(member.id)
        if enrolment is None:
            count += enrol(session, schedule, member, family, now) is not None
        elif replan:
            again.append(TakingPart(enrolment, schedule, member, family))
    session.flush()
    count += settle_all(session, again, now)
    if restart:
        for one in again:
            one.enrolment.position = 0
    session.flush()
    return count


def enrol_member(
    session: Session, agency: Agency, member: Member, family: Family, now: datetime, *, replan: bool = False
) -> int:
    """Put a member into every active schedule that is for them; how many are new.

    `replan`: their role, tags, zone, hour or language has changed, so places they hold are fitted to it, and texts
    that are written and have not left are written anew.
    """
    known = enrolments.of_member(session, agency.id, member.id)
    count = 0
    again: list[TakingPart] = []
    for schedule in prompts.schedules_of(session, agency.id):
        enrolment = known.get(schedule.id)
        if enrolment is not None and replan:
            again.append(TakingPart(enrolment, schedule, member, family))
        elif enrolment is None and schedule.state == ScheduleState.ACTIVE.value:
            count += enrol(session, schedule, member, family, now) is not None
    session.flush()
    count += settle_all(session, again, now)
    session.flush()
    return count


def settle_all(session: Session, parts: Iterable[TakingPart], now: datetime, *, why: str = LEFT) -> int:
    """Fit places to what their schedule, member or family has become; how many take part again.

    `why` is what a text says that is left out because somebody takes part no more.
    """
    everybody = list(parts)
    staying = [(one, _stays(one)) for one in everybody]
    open_states = (EnrolmentState.ACTIVE.value, EnrolmentState.PAUSED.value)
    leaving = [(one, False) for one, stays in staying if not stays and one.enrolment.state in open_states]
    refit_all(session, [(one, True) for one, stays in staying if stays], now)
    refit_all(session, leaving, now, why=why)
    for one, _ in leaving:
        enrolments.move(one.enrolment, EnrolmentState.LEFT)
    return sum(_back(one) for one, stays in staying if stays)


def _stays(one: TakingPart) -> bool:
    return one.family.closed_at is None and takes_part(one.schedule, one.member, one.enrolment)


def _back(one: TakingPart) -> bool:
    """Whether somebody who had left, or had come to the end, takes part again: where they were, not from the start."""
    enrolment = one.enrolment
    away = enrolment.state in (EnrolmentState.LEFT.value, EnrolmentState.ENDED.value)
    if away and (enrolment.next_due_at is not None or one.schedule.by_visits):
        enrolments.move(enrolment, EnrolmentState.ACTIVE)
        return True
    return False
