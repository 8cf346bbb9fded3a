"""Worker → worker: families go with all that is open, or for some days somebody stands in and it ends by itself."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from foster_bond.errors import InvalidInput, NotAllowed, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.new_worker import TEXT_ID, new_worker_text
from foster_bond.steps.staff_texts import ways_to, write_to
from foster_bond.store import agencies, audit, covers, families, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.covers import Cover, HandOver
from foster_bond.store.families import Family
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Session, Store
from foster_bond.store.staff import Staff

MOST = 200  # families in one hand-over
LONGEST = timedelta(days=366)


def hand_over(store: Store, viewer: Viewer, family_ids: Sequence[str], to: str, now: datetime) -> int:
    """How many families went to that colleague, with their open alerts, tasks and follow-ups; history stays.

    Everything is new to the colleague. Who stands in for somebody hands nothing over. Raises: NotYours, InvalidInput.
    """
    wanted = list(dict.fromkeys(family_ids))
    if not wanted or len(wanted) > MOST:
        raise InvalidInput(f"Choose the families to hand over, {MOST} at most.")
    with store.write() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        person = _colleague(session, viewer, to)
        went = 0
        for family_id in wanted:
            family = _own(session, viewer, family_id)
            if family.caseworker_id != person.id:
                _hand(session, store, viewer, agency, family, person, now)
                went += 1
        return went


def _own(session: Session, viewer: Viewer, family_id: str) -> Family:
    family = families.held(session, viewer, family_id)
    if not viewer.sees_all_families and family.caseworker_id != viewer.staff_id:
        raise NotYours("family")
    return family


def _colleague(session: Session, viewer: Viewer, staff_id: str) -> Staff:
    person = staff.find(session, viewer.agency_id, staff_id)
    if person is None or person.disabled_at is not None:
        raise InvalidInput("Choose a colleague who can sign in here.")
    return person


def _hand(
    session: Session, store: Store, viewer: Viewer, agency: Agency, family: Family, person: Staff, now: datetime
) -> None:
    before = family.caseworker_id
    unread = covers.unread_of(session, agency.id, before, [family.id]) if before else {}
    row = HandOver(
        id=new_id(), agency_id=agency.id, family_id=family.id, from_id=before, to_id=person.id, at=now, by_id=viewer.by,
        unread=unread.get(family.id, 0), tells=agency.tells_hand_over,
    )  # fmt: skip
    session.add(row)
    family.caseworker_id = person.id
    covers.hand_alerts(session, agency.id, family.id, before, person.id)
    covers.see_anew(session, agency.id, person.id, family.id, family.created_at)
    if agency.tells_hand_over:
        _tell(session, store, agency, family, person, row, now)
    audit.write(
        session, agency.id, "family_handed_over", now, staff_id=viewer.by, subject=("family", family.id),
        detail=f"from {before or 'nobody'} to {person.id}",
    )  # fmt: skip


def _tell(
    session: Session, store: Store, agency: Agency, family: Family, person: Staff, row: HandOver, now: datetime
) -> None:
    """Each number once, inside their own hours; who may not be texted is not."""
    present = [one for one in families.members_of(session, agency.id, family.id) if one.left_at is None]
    ways = ways_to(session, agency, family, present, now)
    for member in {one.to_bidx: one for one in present}.values():
        leaves_at = ways[member.id].leaves_at
        if leaves_at is not None:
            write_to(
                session, store.vault, agency=agency, family=family, member=member, leaves_at=leaves_at, now=now,
                body=new_worker_text(member.language, agency.text_name), staff_id=person.id, text_id=TEXT_ID,
                once_key=f"handed:{row.id}:{member.to_bidx}",
            )  # fmt: skip


def tell_families(store: Store, viewer: Viewer, now: datetime, *, tells: bool) -> None:
    """Whether families are told of a new worker by text. Raises: NotAllowed."""
    if not viewer.runs_people:
        raise NotAllowed("agency")
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        agency.tells_hand_over = tells
        audit.write(
            session, agency.id, "agency_changed", now, staff_id=viewer.by, subject=("agency", agency.id),
            detail="tells_hand_over",
        )  # fmt: skip


def add_cover(store: Store, viewer: Viewer, worker: str, cover: str, days: tuple[str, str], now: datetime) -> None:
    """Somebody stands in for a worker from one day to another, both included. Raises: NotYours, InvalidInput."""
    with store.write() as session:
        _may_arrange(viewer, worker)
        today = local_day(now, agencies.by_id(session, viewer.agency_id).zone)
        first, last = _days(days, today)
        away, stands_in = _colleague(session, viewer, worker), _colleague(session, viewer, cover)
        if away.id == stands_in.id:
            raise InvalidInput("Nobody stands in for themselves: choose a colleague.")
        row = Cover(
            id=new_id(), agency_id=viewer.agency_id, worker_id=away.id, cover_id=stands_in.id, first_day=first,
            last_day=last, added_by=viewer.by, added_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _note_cover(session, viewer, "cover_added", row, now)


def end_cover(store: Store, viewer: Viewer, cover_id: str, now: datetime) -> None:
    """Take a cover back before its last day. Raises: NotYours."""
    with store.write() as session:
        row = covers.find(session, viewer.agency_id, cover_id)
        if row is None:
            raise NotYours("cover")
        _may_arrange(viewer, row.worker_id)
        row.ended_by, row.ended_at = viewer.by, now
        _note_cover(session, viewer, "cover_ended", row, now)


def _may_arrange(viewer: Viewer, worker: str) -> None:
    """Supervisors and admins for anybody, everybody for themselves."""
    if not viewer.sees_all_families and worker != viewer.staff_id:
        raise NotYours("cover")


def _days(typed: tuple[str, str], today: date) -> tuple[date, date]:
    try:
        first, last = date.fromisoformat(typed[0]), date.fromisoformat(typed[1])
    except ValueError:
        raise InvalidInput("Say from which day to which day.") from None
    if last < first or last < today:
        raise InvalidInput("The last day lies before the first, or before today.")
    if last - first > LONGEST:
        raise InvalidInput("A cover lasts a year at most; for longer, hand the families over.")
    return first, last


def _note_cover(session: Session, viewer: Viewer, act: str, row: Cover, now: datetime) -> None:
    audit.write(
        session, viewer.agency_id, act, now, staff_id=viewer.by, subject=("cover", row.id),
        detail=f"{row.cover_id} for {row.worker_id}, {row.first_day} to {row.last_day}",
    )  # fmt: skip
