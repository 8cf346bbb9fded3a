"""A person's choice → places in a schedule: who takes part whatever its audience says, and who does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from foster_bond.errors import Conflict, InvalidInput, NotAllowed, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.states import EnrolmentState
from foster_bond.steps.enrolling import LEFT, new_place, settle_all, skipped_by_then
from foster_bond.steps.keeping._undoing import Undo
from foster_bond.steps.replanning import refit_all
from foster_bond.steps.rhythms import zone_for
from foster_bond.store import agencies, audit, enrolments, families, prompts
from foster_bond.store.enrolments import Enrolment, Picked, TakingPart
from foster_bond.store.families import Family, Member
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Schedule, ScheduleState

_MOST_NAMED = 20


@dataclass(slots=True)
class Picking:
    """What picking these people does: who comes new, who comes back, who was in already, whom the rhythm is over for.

    `skipped`: for whom so many questions lie before today and are not asked later. References, never names.
    """

    new: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)


def pick_members(
    store: Store, *, viewer: Viewer, schedule_id: str, refs: Sequence[str], now: datetime,
    started_on: date | None = None, again: bool = False, dry_run: bool = False,
) -> Picking:  # fmt: skip
    """Let these members take part from the next slot on. Who comes back goes on where they were.

    `started_on`: the day their weeks count from; `again`: who was in it before begins at the beginning.
    Raises: InvalidInput naming every unknown reference, Conflict where the schedule has ended, NotAllowed, NotYours.
    """
    _may(viewer)
    done = Picking()
    with Undo.of(dry_run), store.write() as session:
        agencies.lock(session, viewer.agency_id)
        schedule = _schedule(session, viewer, schedule_id)
        known = enrolments.of_schedule(session, viewer.agency_id, schedule.id)
        for member, family in _people(session, viewer, refs):
            _pick(session, schedule, known.get(member.id), member, family, done, now, started_on, again)
        session.flush()
        audit.write(
            session, viewer.agency_id, "members_picked", now, staff_id=viewer.by, subject=("schedule", schedule.id),
            detail=f"{schedule.key}: {len(done.new)} new, {len(done.back)} back",
        )  # fmt: skip
        if dry_run:
            raise Undo
    return done


def take_out(store: Store, *, viewer: Viewer, schedule_id: str, member_id: str, now: datetime) -> None:
    """This member takes no part from now on, whatever the audience says. Raises: NotAllowed, NotYours."""
    _may(viewer)
    with store.write() as session:
        agencies.lock(session, viewer.agency_id)
        schedule = _schedule(session, viewer, schedule_id)
        enrolment = enrolments.of_schedule(session, viewer.agency_id, schedule.id).get(member_id)
        if enrolment is None:
            raise NotYours("member")
        member = families.members_by_ids(session, viewer.agency_id, [member_id])[member_id]
        family = families.of_agency(session, viewer.agency_id, member.family_id)
        enrolment.picked = Picked.OUT.value
        refit_all(session, [(TakingPart(enrolment, schedule, member, family), False)], now, why=LEFT)
        if enrolment.state in (EnrolmentState.ACTIVE.value, EnrolmentState.PAUSED.value):
            enrolments.move(enrolment, EnrolmentState.LEFT)
        audit.write(
            session, viewer.agency_id, "member_taken_out", now, staff_id=viewer.by, subject=("member", member_id),
            detail=schedule.key,
        )  # fmt: skip


def _may(viewer: Viewer) -> None:
    if not viewer.runs_schedules:
        raise NotAllowed("Only a programme lead or an admin says who takes part.")


def _schedule(session: Session, viewer: Viewer, schedule_id: str) -> Schedule:
    row = prompts.lock_schedule(session, viewer.agency_id, schedule_id)
    if row is None:
        raise NotYours("schedule")
    if row.state == ScheduleState.ENDED.value:
        raise Conflict("This schedule has ended; copy it to begin again.")
    return row


def _people(session: Session, viewer: Viewer, refs: Sequence[str]) -> list[tuple[Member, Family]]:
    """Those of these references, in the order they were named. Raises: InvalidInput for unknown ones."""
    present: Mapping[str, tuple[Member, Family]] = {
        member.ref: (member, family) for member, family in families.present_members(session, viewer.agency_id)
    }
    missing = [ref for ref in refs if ref not in present]
    if missing:
        named = ", ".join(missing[:_MOST_NAMED]) + (" …" if len(missing) > _MOST_NAMED else "")
        heading = f" If “{refs[0]}” is the heading of a column, call it member_ref." if refs[0] == missing[0] else ""
        raise InvalidInput(f"Nobody present has the reference {named}. Nobody was added.{heading}")
    return [present[ref] for ref in dict.fromkeys(refs)]


def _pick(
    session: Session, schedule: Schedule, place: Enrolment | None, member: Member, family: Family, done: Picking,
    now: datetime, started_on: date | None, again: bool,
) -> None:  # fmt: skip
    if place is None:
        place = new_place(schedule, member, family, now, started_on=started_on, picked=Picked.IN)
        if place is None:
            done.over.append(member.ref)
            return
        session.add(place)
        done.new.append(member.ref)
    elif place.state == EnrolmentState.ACTIVE.value and not again:
        place.picked = Picked.IN.value
        done.already.append(member.ref)
        return
    else:
        place.picked = Picked.IN.value
        one = TakingPart(place, schedule, member, family)
        if again:
            place.position = 0
            place.started_on = started_on or local_day(now, zone_for(member, family))
        settle_all(session, [one], now)
        if again:
            place.position = skipped_by_then(one, now)
        goes_on = place.next_due_at is not None or schedule.by_visits
        (done.back if goes_on else done.over).append(member.ref)
    if place.position and (again or member.ref in done.new):
        done.skipped[member.ref] = place.position
