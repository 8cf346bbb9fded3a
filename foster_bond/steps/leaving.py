"""Steps, shared floor: a placement is over, or one person leaves → every text about it stops at once, and staff are
asked what should happen. Taken back, everything goes on where it was."""

from datetime import date, datetime

from foster_bond.rules.departure import WHOLE_PLACEMENT, Why
from foster_bond.rules.local_time import local_day
from foster_bond.rules.placement_status import PlacementKind, placement_on
from foster_bond.rules.states import EnrolmentState, Outbound
from foster_bond.steps.enrolling import settle_all
from foster_bond.steps.replanning import refit_all
from foster_bond.store import alerts, departures, enrolments, families, outbox, placement_events
from foster_bond.store.departures import Departure
from foster_bond.store.families import Family, Member
from foster_bond.store.ids import new_id
from foster_bond.store.placement_events import PlacementEvent
from foster_bond.store.session import Session

TASK = "departure"
SAID = {
    Why.ENDED: "The placement has ended.",
    Why.MOVED: "The child has moved: this placement is over.",
    Why.LEFT: "They have left the family.",
    Why.OF_AGE: "They have turned 18: the teen programme has ended.",
}


def follow_placement(session: Session, family: Family, now: datetime, *, by: str | None) -> Departure | None:
    """Make what follows fit what is recorded of the placement; the departure that stands then, or None."""
    rows = placement_events.of_families(session, [family.agency_id], [family.id]).get(family.id, [])
    today = local_day(now, family.zone)
    rests = placement_on([row.event for row in rows], today)
    known = departures.whole_of(session, family.agency_id, family.id)
    if rests is not None and rests.over:
        return known or _end(session, family, _deciding(rows, today), now, by)
    if known is not None:
        take_back(session, known, now, by=by)
    return None


def _deciding(rows: list[PlacementEvent], today: date) -> PlacementEvent:
    """The move or ending that ended it: of one day the one that was recorded last."""
    turns = [row for row in rows if row.kind != PlacementKind.RESPITE.value and row.day <= today]
    return max(turns, key=lambda row: (row.day, row.added_at, row.id))


def _end(session: Session, family: Family, event: PlacementEvent, now: datetime, by: str | None) -> Departure:
    why = Why.MOVED if event.kind == PlacementKind.MOVE.value else Why.ENDED
    row = departures.of_event(session, family.agency_id, event.id)
    if row is None:
        row = Departure(
            id=new_id(), agency_id=family.agency_id, family_id=family.id, event_id=event.id, why=why.value, at=now,
            by_id=by,
        )  # fmt: skip
        session.add(row)
    else:  # a start that stood between has been taken out: it is over by this event again
        row.at, row.by_id, row.undone_at, row.undone_by = now, by, None, None
        row.decided_at = row.decided_by = None
        row.closing_note = row.aftercare = False
    family.closed_at = now
    return _stop(session, row, now)


def leave(session: Session, family: Family, member: Member, why: Why, now: datetime, *, by: str | None) -> Departure:
    """One person leaves; whoever else is in the family goes on."""
    assert why not in WHOLE_PLACEMENT
    row = Departure(
        id=new_id(), agency_id=family.agency_id, family_id=family.id, member_id=member.id, why=why.value, at=now,
        by_id=by,
    )  # fmt: skip
    session.add(row)
    member.left_at = now
    return _stop(session, row, now)


def _stop(session: Session, row: Departure, now: datetime) -> Departure:
    """Nothing that has not been handed over leaves any more, nothing is planned, and a person is asked."""
    session.flush()
    why = SAID[Why(row.why)]
    places = enrolments.places_of(session, row.agency_id, row.family_id, row.member_id)
    done = [(one, False) for one in places if one.enrolment.state == EnrolmentState.ENDED.value]
    settle_all(session, places, now, why=why)
    refit_all(session, done, now, why=why)  # a programme that had come to its end may have left plans
    _take_back_texts(session, row, now, why)
    alerts.add_task(
        session, row.agency_id, TASK, why, now, once_key=f"{TASK}:{row.id}:{now.isoformat()}",
        family_id=row.family_id, member_id=row.member_id,
    )  # fmt: skip
    session.flush()
    return row


def _take_back_texts(session: Session, row: Departure, now: datetime, why: str) -> None:
    waiting = departures.waiting_texts(session, row)
    outbox.move_all(session, waiting, Outbound.SCHEDULED, Outbound.CANCELLED, now, why=why)


def take_back(session: Session, row: Departure, now: datetime, *, by: str | None) -> None:
    """It was a mistake, or the child is back: texts go on from the next slot. What has left has left."""
    row.undone_at, row.undone_by = now, by
    _take_back_texts(session, row, now, "Taken back: the texts go on.")
    if row.member_id is None:
        families.of_agency(session, row.agency_id, row.family_id).closed_at = None
    else:
        member = families.members_by_ids(session, row.agency_id, [row.member_id])[row.member_id]
        member.left_at = None
    settle_task(session, row, now, "the texts go on", by=by)
    session.flush()
    settle_all(session, enrolments.places_of(session, row.agency_id, row.family_id, row.member_id), now)


def settle_task(session: Session, row: Departure, now: datetime, outcome: str, *, by: str | None) -> None:
    """End the task that asked what should happen."""
    alerts.close_tasks_keyed(session, row.agency_id, f"{TASK}:{row.id}:", now, outcome, by=by)
