"""Viewer → visit: planned, made, or taken back. A visit that was made begins the reading anew."""

from datetime import date, datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.local_time import local_day
from foster_bond.rules.visit_days import begins_at, fulfils, read_coming_day, read_visit_day
from foster_bond.store import audit, families, pins, visits
from foster_bond.store.families import Family
from foster_bond.store.open_store import Session, Store
from foster_bond.store.visits import Visit, VisitState

LONGEST_NOTE = 4000  # characters
MOST_PLANNED = 12  # of one family


def plan_visit(store: Store, viewer: Viewer, family_id: str, day: str, now: datetime, *, once_key: str) -> bool:
    """True where the plan is new. Raises: NotYours, OffFields (what was typed), Conflict."""
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        try:
            coming = read_coming_day(day, today=local_day(now, family.zone))
        except InvalidInput as off:
            raise OffFields({"day": off.problems}) from None
        planned = visits.planned_of(session, family.agency_id, family.id)
        if any(one.day == coming for one in planned):
            return False
        if len(planned) >= MOST_PLANNED:
            raise Conflict(f"At most {MOST_PLANNED} visits can be planned for one family.")
        new = visits.plan(
            session, agency_id=family.agency_id, family_id=family.id, day=coming, made_by=viewer.by, at=now,
            once_key=_key(viewer, once_key),
        )  # fmt: skip
        if new:
            _audit(session, viewer, "plan_visit", family, now)
        return new


def cancel_visit(store: Store, viewer: Viewer, family_id: str, visit_id: str, now: datetime) -> None:
    """A planned visit will not be made. Raises: NotYours; Conflict where it has been made or taken back already."""
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        visit = _one(session, family, visit_id)
        if visit.state != VisitState.PLANNED.value:
            raise Conflict("This visit has been made, or a colleague has taken it back already.")
        visit.state = VisitState.CANCELLED.value
        _audit(session, viewer, "cancel_visit", family, now)


def record_visit(
    store: Store, viewer: Viewer, family_id: str, day: str, note: str, now: datetime, *, once_key: str
) -> bool:
    """True where the visit is new: the same form sent again records nothing. A plan for about that day is fulfilled.

    Raises: NotYours, OffFields (what was typed).
    """
    key = _key(viewer, once_key)
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        made = _read(day, note, local_day(now, family.zone))
        since_at = begins_at(made, family.zone, now)
        if visits.known(session, family.agency_id, key):
            return False
        planned = visits.planned_of(session, family.agency_id, family.id, lock=True)
        plan = next((one for one in planned if fulfils(one.day, made)), None)
        if plan is not None:
            visits.finish(
                session, store.vault, plan, day=made, by=viewer.by, at=now, since_at=since_at, note=note.strip(),
                once_key=key,
            )  # fmt: skip
            visit_id: str | None = plan.id
        else:
            visit_id = visits.add_done(
                session, store.vault, agency_id=family.agency_id, family_id=family.id, day=made, by=viewer.by, at=now,
                since_at=since_at, note=note.strip(), once_key=key,
            )  # fmt: skip
        if visit_id is None:
            return False
        pins.hand_to_visit(session, family.agency_id, family.id, visit_id)
        _audit(session, viewer, "record_visit", family, now)
        return True


def undo_visit(store: Store, viewer: Viewer, family_id: str, visit_id: str, now: datetime) -> None:
    """The visit was not made after all: its pins wait again, and a plan is a plan again.

    Raises: NotYours; Conflict where it is not the last one made.
    """
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        visit = _one(session, family, visit_id)
        last = visits.of_family(session, family.agency_id, family.id, 1)
        if not last or last[0].id != visit.id:
            raise Conflict("Only the last visit on record can be taken back.")
        visits.undo(session, visit)
        pins.give_back(session, family.agency_id, family.id, visit.id)
        _audit(session, viewer, "undo_visit", family, now)


def _read(day: str, note: str, today: date) -> date:
    off: dict[str, tuple[str, ...]] = {}
    made = today
    try:
        made = read_visit_day(day, today=today)
    except InvalidInput as wrong:
        off["day"] = wrong.problems
    if len(note) > LONGEST_NOTE:
        off["note"] = (f"A note holds at most {LONGEST_NOTE} characters; this one has {len(note)}.",)
    if off:
        raise OffFields(off)
    return made


def _one(session: Session, family: Family, visit_id: str) -> Visit:
    visit = visits.one(session, family.agency_id, family.id, visit_id)
    if visit is None:
        raise NotYours("visit")
    return visit


def _key(viewer: Viewer, once_key: str) -> str:
    return f"{viewer.staff_id}:{once_key[:40]}"


def _audit(session: Session, viewer: Viewer, act: str, family: Family, now: datetime) -> None:
    audit.write(session, viewer.agency_id, act, now, staff_id=viewer.by, subject=("family", family.id))
