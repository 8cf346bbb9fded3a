"""A person's words → the schedule's next version: in force from then on, or kept as a draft; paused, resumed, ended."""

import re
from collections.abc import Mapping
from datetime import datetime

from foster_bond.errors import Conflict
from foster_bond.rules.access import Viewer
from foster_bond.rules.pack_values import LONGEST_KEY, PackSchedule
from foster_bond.rules.schedule_record import to_record
from foster_bond.rules.states import EnrolmentState, Outbound
from foster_bond.steps.asking._drafting import (
    check_pace,
    may_edit,
    must_be_unchanged,
    new_row,
    row_of,
    suppose,
    words_typed,
)
from foster_bond.steps.enrolling import count_all_otherwise, enrol_everybody
from foster_bond.steps.replanning import refit_all
from foster_bond.steps.versions import changed_columns, columns_of, keep, take_over
from foster_bond.store import agencies, audit, enrolments, outbox, prompts
from foster_bond.store.agencies import Agency
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Programme, Schedule, ScheduleState

ENDED = "The schedule has ended."
RESTS = "The schedule rests."
MOVES = {
    "pause": (ScheduleState.ACTIVE, ScheduleState.PAUSED),
    "resume": (ScheduleState.PAUSED, ScheduleState.ACTIVE),
}


def save_schedule(
    store: Store, *, viewer: Viewer, schedule_id: str | None, typed: Mapping[str, str], seen: str, now: datetime
) -> str:
    """Put these words in force: the schedule's id. Its questions that nobody has approved are passed over.

    A schedule that rests goes on resting. Raises: OffFields, Stale, NotAllowed, NotYours, Conflict where it has ended.
    """
    may_edit(viewer)
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        row = None if schedule_id is None else _unchanged(session, viewer, schedule_id, seen)
        words, programme = words_typed(session, agency, row, typed, now)
        check_pace(session, agency, suppose(agency, row, words, programme, now), now)
        programme = _kept(session, programme)
        if row is None:
            row = _made(session, viewer, agency, words, programme, now)
        _take_force(session, viewer, agency, row, words, programme, now)
        return row.id


def keep_draft(
    store: Store, *, viewer: Viewer, schedule_id: str | None, typed: Mapping[str, str], seen: str, now: datetime
) -> str:
    """Keep these words for later: the schedule's id. What families get now goes on unchanged.

    Raises: OffFields, Stale, NotAllowed, NotYours, Conflict where it has ended.
    """
    may_edit(viewer)
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        row = None if schedule_id is None else _unchanged(session, viewer, schedule_id, seen)
        words, programme = words_typed(session, agency, row, typed, now)
        programme = _kept(session, programme)
        if row is None:
            row = _made(session, viewer, agency, words, programme, now)
        elif row.state == ScheduleState.DRAFT.value:
            take_over(session, row, changed_columns(row, columns_of(words, programme, row.starts)), now, viewer.by)
        else:
            row.draft = {"words": to_record(words), "by": viewer.by, "at": now.isoformat()}
        _note(session, viewer, row, "schedule_drafted", now)
        return row.id


def drop_draft(store: Store, *, viewer: Viewer, schedule_id: str, seen: str, now: datetime) -> None:
    """Forget the words that wait beside a schedule. Raises: Stale, NotAllowed, NotYours."""
    may_edit(viewer)
    with store.write() as session:
        row = _unchanged(session, viewer, schedule_id, seen)
        row.draft = None
        _note(session, viewer, row, "schedule_draft_dropped", now)


def move_schedule(store: Store, *, viewer: Viewer, schedule_id: str, act: str, seen: str, now: datetime) -> None:
    """Pause or resume it: while it rests nothing of it leaves, and nothing is made up for afterwards.

    Raises: Stale, Conflict where it stands otherwise, NotAllowed, NotYours.
    """
    may_edit(viewer)
    before, after = MOVES[act]
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        row = _unchanged(session, viewer, schedule_id, seen)
        if row.state != before.value:
            raise Conflict(f"The schedule is {row.state}.")
        row.state = after.value
        session.flush()
        if after is ScheduleState.PAUSED:
            everybody = enrolments.everybody_in(session, agency.id, row.id)
            active = [(one, True) for one in everybody if one.enrolment.state == EnrolmentState.ACTIVE.value]
            refit_all(session, active, now)
            _take_reminders_back(session, [one.enrolment.id for one in everybody], agency.id, RESTS, now)
        else:
            enrol_everybody(session, agency, row, now, replan=True)
        _note(session, viewer, row, f"schedule_{after.value}", now)


def end_schedule(store: Store, *, viewer: Viewer, schedule_id: str, seen: str, now: datetime) -> None:
    """End it for good: what has not been handed over is cancelled and says why.

    Raises: Stale, Conflict where it has ended already, NotAllowed, NotYours.
    """
    may_edit(viewer)
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        row = _unchanged(session, viewer, schedule_id, seen)
        row.state, row.draft = ScheduleState.ENDED.value, None
        everybody = enrolments.everybody_in(session, agency.id, row.id)
        refit_all(session, [(one, False) for one in everybody], now, why=ENDED, forgets=False)
        _take_reminders_back(session, [one.enrolment.id for one in everybody], agency.id, ENDED, now)
        for one in everybody:
            if one.enrolment.state in (EnrolmentState.ACTIVE.value, EnrolmentState.PAUSED.value):
                enrolments.move(one.enrolment, EnrolmentState.ENDED)
        _note(session, viewer, row, "schedule_ended", now)


def copy_schedule(store: Store, *, viewer: Viewer, schedule_id: str, now: datetime) -> str:
    """A draft that says the same, for nobody yet: its id. Raises: NotAllowed, NotYours."""
    may_edit(viewer)
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        row = row_of(session, viewer, schedule_id)
        programme = prompts.programme(session, row.programme_id)
        values = {name: getattr(row, name) for name in COPIED}
        name = f"{row.name[:110]} (copy)"
        new = Schedule(
            id=new_id(), agency_id=agency.id, key=_free_key(session, agency.id, name), name=name, seed=new_id(),
            created_at=now, state=ScheduleState.DRAFT, programme_id=programme.id, **values,
        )  # fmt: skip
        prompts.add_all(session, [new])
        keep(session, new, programme.key, now, viewer.by)
        _note(session, viewer, new, "schedule_drafted", now)
        return new.id


COPIED = (
    "roles", "tags", "rule", "at", "between_from", "between_until", "starts", "ends", "nudge_after_s", "nudge_from",
    "nudge_until", "closes_after_s", "send_within_s", "anchor",
)  # fmt: skip


def _unchanged(session: Session, viewer: Viewer, schedule_id: str, seen: str) -> Schedule:
    row = row_of(session, viewer, schedule_id)
    if row.state == ScheduleState.ENDED.value:
        raise Conflict("This schedule has ended; copy it to begin again.")
    must_be_unchanged(row, seen)
    return row


def _kept(session: Session, programme: Programme) -> Programme:
    """The programme as a row: that of a single question is made when it is first used."""
    known = prompts.programmes_of(session, programme.agency_id).get(programme.key)
    if known is not None:
        return known
    prompts.add_all(session, [programme])
    return programme


def _made(
    session: Session, viewer: Viewer, agency: Agency, words: PackSchedule, programme: Programme, now: datetime
) -> Schedule:
    row = new_row(agency, words, programme, now)
    row.key = _free_key(session, agency.id, words.name)
    prompts.add_all(session, [row])
    keep(session, row, programme.key, now, viewer.by)
    return row


def _free_key(session: Session, agency_id: str, name: str) -> str:
    """A short id made of the name, as packs use them, that no schedule of the agency has."""
    taken = {row.key for row in prompts.schedules_of(session, agency_id)}
    stem = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[: LONGEST_KEY - 4] or "schedule"
    return next(key for key in (stem, *(f"{stem}-{number}" for number in range(2, 1000))) if key not in taken)


def _take_force(
    session: Session, viewer: Viewer, agency: Agency, row: Schedule, words: PackSchedule, programme: Programme,
    now: datetime,
) -> None:  # fmt: skip
    changed = changed_columns(row, columns_of(words, programme, row.starts))
    counted_before = row.anchor
    take_over(session, row, changed, now, viewer.by)
    count_all_otherwise(session, row, counted_before, now)
    begins = row.state == ScheduleState.DRAFT.value
    row.draft = None
    if begins:
        row.state, row.changed_at = ScheduleState.ACTIVE.value, now
    session.flush()
    if row.state == ScheduleState.ACTIVE.value:
        replan = begins or bool(changed.keys() - {"name"})
        enrol_everybody(session, agency, row, now, replan=replan, restart="programme_id" in changed)
    _note(session, viewer, row, "schedule_active" if begins else "schedule_changed", now)


def _take_reminders_back(session: Session, enrolment_ids: list[str], agency_id: str, why: str, now: datetime) -> None:
    for message_id in outbox.reminders_waiting(session, enrolment_ids):
        outbox.move(session, message_id, agency_id, Outbound.SCHEDULED, Outbound.CANCELLED, now, why=why)


def _note(session: Session, viewer: Viewer, row: Schedule, act: str, now: datetime) -> None:
    audit.write(
        session, viewer.agency_id, act, now, staff_id=viewer.by, subject=("schedule", row.id),
        detail=f"{row.key} version {row.version}",
    )  # fmt: skip
