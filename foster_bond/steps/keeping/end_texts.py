"""Member or placement → over: texts stop at once, a person says what should happen then, and may take it back."""

from datetime import date, datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.departure import WARNED_BEFORE, Why, is_of_age
from foster_bond.rules.local_time import local_day
from foster_bond.steps.leaving import follow_placement, leave, settle_task, take_back
from foster_bond.store import alerts, audit, departures, families, placement_events
from foster_bond.store.departures import Departure
from foster_bond.store.families import Family, Member, MemberRole
from foster_bond.store.open_store import Session, Store

EARLIEST, LATEST = 0, 6  # years ahead: whoever is texted is 13 or older


def end_member(store: Store, viewer: Viewer, member_id: str, now: datetime) -> str:
    """One person takes part no more; the rest of the family goes on. The id of the departure.

    Raises: NotYours; Conflict where they have left already.
    """
    with store.write() as session:
        member, family = _held(session, viewer, member_id)
        if member.left_at is not None or family.closed_at is not None:
            raise Conflict("Their texts have ended already.")
        row = leave(session, family, member, Why.LEFT, now, by=viewer.by)
        _note(session, viewer, "member_left", ("member", member.id), None, now)
        return row.id


def decide(
    store: Store, viewer: Viewer, departure_id: str, now: datetime, *, told: bool, closing_note: bool, aftercare: bool
) -> None:
    """Say what should happen now that texts have stopped. Raises: NotYours, InvalidInput, Conflict."""
    if closing_note and not told:
        raise InvalidInput("The closing note leaves once they have been told in person: say that they have.")
    if aftercare and not closing_note:
        raise InvalidInput("Aftercare follows the closing note: choose both, or neither.")
    with store.write() as session:
        row = departures.one_of_viewer(session, viewer, departure_id)
        if row.decided_at is not None:
            raise Conflict("A colleague has said already what should happen.")
        row.decided_at, row.decided_by = now, viewer.by
        row.closing_note, row.aftercare = closing_note, aftercare
        settle_task(session, row, now, "decided", by=viewer.by)
        chosen = [name for name, on in (("closing note", closing_note), ("aftercare", aftercare)) if on]
        _note(
            session, viewer, "departure_decided", ("departure", row.id), ", ".join(chosen) or "no text", now
        )  # fmt: skip


def undo(store: Store, viewer: Viewer, departure_id: str, now: datetime) -> None:
    """Take it back: of a whole placement its move or ending goes out of the calendar. Raises: NotYours, Conflict."""
    with store.write() as session:
        row = departures.one_of_viewer(session, viewer, departure_id)
        if row.why == Why.OF_AGE.value and _still_of_age(session, row, now):
            raise Conflict("They count as of age this month: correct the month first.")
        if row.event_id is not None:
            event = placement_events.one_of_viewer(session, viewer, row.event_id)
            event.removed_by, event.removed_at = viewer.by, now
            session.flush()
            family = families.held(session, viewer, row.family_id)
            if follow_placement(session, family, now, by=viewer.by) is not None and row.undone_at is None:
                take_back(session, row, now, by=viewer.by)
                follow_placement(session, family, now, by=viewer.by)
        else:
            take_back(session, row, now, by=viewer.by)
        _note(session, viewer, "departure_undone", ("departure", row.id), row.why, now)


def _still_of_age(session: Session, row: Departure, now: datetime) -> bool:
    family = families.of_agency(session, row.agency_id, row.family_id)
    member = families.members_by_ids(session, row.agency_id, [row.member_id or ""])[row.member_id or ""]
    return is_of_age(member.turns_18, local_day(now, member.zone or family.zone))


def keep_month(store: Store, viewer: Viewer, member_id: str, typed: str, now: datetime) -> None:
    """Keep the month of a teen's 18th birthday, as 2027-04; empty: none is known. Raises: NotYours, InvalidInput."""
    with store.write() as session:
        member, family = _held(session, viewer, member_id)
        if member.role != MemberRole.TEEN.value:
            raise InvalidInput("Only of a teen the month of the 18th birthday is kept.")
        today = local_day(now, member.zone or family.zone)
        member.turns_18 = _month(typed, today)
        _note(session, viewer, "turns_18_changed", ("member", member.id), None, now)


def _month(typed: str, today: date) -> date | None:
    if not typed.strip():
        return None
    try:
        month = date.fromisoformat(f"{typed.strip()}-01")
    except ValueError:
        raise InvalidInput("Write the month of the 18th birthday like 2027-04.") from None
    if not EARLIEST <= month.year - today.year <= LATEST:
        raise InvalidInput("That month is not one in which somebody of 13 to 17 turns 18.")
    return month


def come_of_age(store: Store, now: datetime) -> dict[str, int]:
    """End the teen programme of whoever's month has begun, and tell staff a month ahead."""
    tally = {"ended": 0, "warned": 0}
    with store.write() as session:
        for member, family in departures.coming_of_age(session, (now + WARNED_BEFORE).date()):
            today = local_day(now, member.zone or family.zone)
            if is_of_age(member.turns_18, today):
                leave(session, family, member, Why.OF_AGE, now, by=None)
                audit.write(session, family.agency_id, "member_came_of_age", now, subject=("member", member.id))
                tally["ended"] += 1
            else:
                tally["warned"] += alerts.add_task(
                    session, family.agency_id, "turns_18", "The teen programme ends with that month.", now,
                    once_key=f"turns_18:{member.id}:{member.turns_18}", family_id=family.id, member_id=member.id,
                )  # fmt: skip
    return tally


def follow_placements(store: Store, now: datetime) -> dict[str, int]:
    """End what a move or an ending that was written down ahead of its day has ended by now."""
    ended = 0
    with store.write() as session:
        for family in departures.over_without(session, (now + WARNED_BEFORE).date()):
            ended += follow_placement(session, family, now, by=None) is not None
    return {"ended": ended}


def _held(session: Session, viewer: Viewer, member_id: str) -> tuple[Member, Family]:
    member = families.held_member(session, viewer, member_id)
    if member is None:
        raise NotYours("member")
    return member, families.held(session, viewer, member.family_id)


def _note(
    session: Session, viewer: Viewer, act: str, subject: tuple[str, str], detail: str | None, now: datetime
) -> None:
    audit.write(session, viewer.agency_id, act, now, staff_id=viewer.by, subject=subject, detail=detail)
