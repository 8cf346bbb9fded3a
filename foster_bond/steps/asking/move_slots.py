"""occurrence, by hand: a person skips, restores or moves a coming text, or sends it now, always through the gate."""

from collections.abc import Callable
from datetime import datetime, timedelta

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules import polite_hours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import zone_of
from foster_bond.rules.states import OccurrenceState, Outbound
from foster_bond.steps.asking._deciding import Act, decide
from foster_bond.steps.asking._slots import LOOK_AHEAD
from foster_bond.steps.asking._writing import Pen, carry_out, gather, number_of
from foster_bond.store import asked, audit, occurrences, outbox
from foster_bond.store.family_calendars import with_calendars
from foster_bond.store.number_facts import hours_of
from foster_bond.store.occurrences import Occurrence, PlannedSlot
from foster_bond.store.open_store import Session, Store

FURTHEST = timedelta(weeks=4)
SKIPPED, RESTORED = "Skipped by a person.", "Put back by a person."


def skip(store: Store, *, viewer: Viewer, occurrence_id: str, now: datetime) -> None:
    """Leave this one text out. One that is written but has not left is taken back.

    Raises: NotYours, Conflict where it has left or is left out already.
    """

    def leave_out(session: Session, slot: PlannedSlot) -> None:
        if slot.occurrence.state == OccurrenceState.WRITTEN.value:
            _take_back(session, slot, now)
            return
        _must_be(slot.occurrence, OccurrenceState.PLANNED)
        occurrences.move(slot.occurrence, OccurrenceState.SKIPPED, SKIPPED)

    _act(store, viewer, occurrence_id, now, "slot_skipped", leave_out)


def restore(store: Store, *, viewer: Viewer, occurrence_id: str, now: datetime) -> None:
    """Put a skipped text back where it stood. Raises: NotYours, Conflict, InvalidInput where its time has passed."""

    def put_back(_session: Session, slot: PlannedSlot) -> None:
        _must_be(slot.occurrence, OccurrenceState.SKIPPED)
        if slot.occurrence.closes_at <= now:
            raise InvalidInput("Its time has passed; it cannot be put back.")
        occurrences.move(slot.occurrence, OccurrenceState.PLANNED, RESTORED)
        slot.occurrence.look_at = slot.occurrence.due_at - LOOK_AHEAD

    _act(store, viewer, occurrence_id, now, "slot_restored", put_back)


def move_slot(store: Store, *, viewer: Viewer, occurrence_id: str, to: datetime, now: datetime) -> None:
    """Let this one text leave at another moment.

    `to` is naive for the time on the family's wall, or aware. Raises: NotYours, Conflict, InvalidInput.
    """

    def set_time(_session: Session, slot: PlannedSlot) -> None:
        _must_be(slot.occurrence, OccurrenceState.PLANNED)
        wall = to.replace(tzinfo=zone_of(slot.zone)) if to.tzinfo is None else to
        due_at = wall.astimezone(now.tzinfo)
        _check_time(slot, due_at, now)
        occurrence = slot.occurrence
        occurrence.moved_from = occurrence.moved_from or occurrence.due_at
        _retime(slot, due_at)
        occurrence.rules = [*occurrence.rules, {"rule": "person", "why": "Moved by a person."}]

    _act(store, viewer, occurrence_id, now, "slot_moved", set_time)


def send_now(store: Store, *, viewer: Viewer, occurrence_id: str, now: datetime) -> None:
    """Let this text leave now, if the gate lets it; nothing changes where it does not.

    Raises: NotYours, Conflict with the gate's own words.
    """

    def write(session: Session, slot: PlannedSlot) -> None:
        _must_be(slot.occurrence, OccurrenceState.PLANNED)
        occurrence = slot.occurrence
        occurrence.moved_from = occurrence.moved_from or occurrence.due_at
        _retime(slot, now)
        occurrence.rules = [*occurrence.rules, {"rule": "person", "why": "Sent now by a person."}]
        facts, desk = gather(session, store, [slot], now)
        decision = decide(slot, facts[number_of(slot)], desk, now)
        if decision.act is not Act.WRITE:
            raise Conflict(f"It cannot leave now: {decision.why}")
        pen = Pen(session, store.vault, now)
        carry_out(pen, slot, decision, desk)
        pen.lay_down()

    _act(store, viewer, occurrence_id, now, "slot_sent_now", write)


def _act(
    store: Store, viewer: Viewer, occurrence_id: str, now: datetime, act: str,
    change: Callable[[Session, PlannedSlot], None],
) -> None:  # fmt: skip
    with store.write() as session:
        slot = with_calendars(session, [occurrences.of_viewer(session, viewer, occurrence_id)], now)[0]
        change(session, slot)
        audit.write(
            session, viewer.agency_id, act, now, staff_id=viewer.by, subject=("occurrence", slot.occurrence.id),
            detail=f"due {slot.occurrence.due_at.isoformat()}",
        )  # fmt: skip


def _must_be(occurrence: Occurrence, state: OccurrenceState) -> None:
    if occurrence.state == state.value:
        return
    said = {
        OccurrenceState.PLANNED.value: "It is not skipped; it is still planned.",
        OccurrenceState.SKIPPED.value: "It has been skipped; put it back first.",
        OccurrenceState.WRITTEN.value: "Its text is on its way already.",
    }
    raise Conflict(said.get(occurrence.state, f"It is decided already: {occurrence.why}"))


def _take_back(session: Session, slot: PlannedSlot, now: datetime) -> None:
    message = asked.prompts_of(session, [slot.occurrence.id]).get(slot.occurrence.id)
    taken = message is not None and outbox.move(
        session, message.id, message.agency_id, Outbound.SCHEDULED, Outbound.CANCELLED, now, why=SKIPPED
    )
    if not taken:
        raise Conflict("Its text is on its way already.")
    slot.occurrence.why, slot.occurrence.nudge_at = SKIPPED, None


def _check_time(slot: PlannedSlot, due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise InvalidInput("The new time has passed already.")
    if due_at > now + FURTHEST:
        raise InvalidInput("A text can be moved four weeks ahead at most.")
    if not polite_hours.is_open(hours_of(slot.agency), due_at, slot.zone):
        raise InvalidInput("The new time is outside the agency's polite hours.")


def _retime(slot: PlannedSlot, due_at: datetime) -> None:
    occurrence = slot.occurrence
    occurrence.due_at = due_at
    occurrence.closes_at = due_at + timedelta(seconds=slot.schedule.send_within_s)
    occurrence.look_at = due_at - LOOK_AHEAD
