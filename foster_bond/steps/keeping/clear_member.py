"""A worker's word → clearance: no order forbids contact, custody agreed, the teen said yes and knows who reads."""

from collections.abc import Sequence
from datetime import date, datetime

from foster_bond.errors import InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.clearances import Clearance, needed_for
from foster_bond.rules.flow import Ending
from foster_bond.rules.local_time import local_day
from foster_bond.steps import clearing, walking
from foster_bond.steps.enrolling import enrol_member
from foster_bond.steps.keeping._ledger_desk import Person, person_of
from foster_bond.store import audit, clearances
from foster_bond.store.open_store import Session, Store


def confirm_clearance(
    store: Store, viewer: Viewer, member_id: str, kinds: Sequence[str], on: date | None, now: datetime
) -> None:
    """Confirm by name what this member's role needs; once all of it stands they take part in what is for them.

    Raises: NotYours, InvalidInput for a day that lies ahead or nothing confirmed.
    """
    with store.write() as session:
        person = person_of(session, viewer, member_id)
        asked = [Clearance(one) for one in kinds if one in needed_for(person.member.role)]
        problems = []
        if not asked:
            problems.append("nothing")
        if on is None or on > local_day(now, person.family.zone):
            problems.append("day")
        if problems or on is None:
            raise InvalidInput("Nothing was confirmed.", tuple(problems))
        changed = clearing.confirm(session, person.member, asked, on, now, viewer.by)
        _fit(session, person, now, changed=changed)
        audit.write(
            session, viewer.agency_id, "clearance_confirmed", now, staff_id=viewer.by, subject=("member", member_id),
            detail=", ".join(one.value for one in asked),
        )  # fmt: skip


def take_back_clearance(store: Store, viewer: Viewer, member_id: str, kind: str, now: datetime) -> None:
    """It holds no longer: nothing more is sent to them until it is confirmed anew. Raises: NotYours."""
    with store.write() as session:
        person = person_of(session, viewer, member_id)
        row = clearances.of_members(session, viewer.agency_id, [member_id]).get(member_id, {}).get(_kind(kind))
        if row is None:
            raise NotYours("clearance")
        clearances.take_back(session, row, now, viewer.by)
        changed = clearing.settle(session, person.member, now)
        _fit(session, person, now, changed=changed)
        audit.write(
            session, viewer.agency_id, "clearance_taken_back", now, staff_id=viewer.by, subject=("member", member_id),
            detail=kind,
        )  # fmt: skip


def _kind(kind: str) -> Clearance:
    try:
        return Clearance(kind)
    except ValueError:
        raise NotYours("clearance") from None


def _fit(session: Session, person: Person, now: datetime, *, changed: bool) -> None:
    """Their places follow; what is written and has not left is taken back, and so is an activity."""
    if not changed:
        return
    member = person.member
    enrol_member(session, person.agency, member, person.family, now, replan=True)
    if member.cleared_at is None:
        walking.end_of_number(session, person.agency.id, member.to_bidx, Ending.WORKER, now)
