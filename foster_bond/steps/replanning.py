"""Steps, shared floor: what is planned for a person is fitted to what the schedule, or the person, has become.

Nothing that was handed over changes, nothing is lost, and nothing comes twice: a day keeps its key whatever its hour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.ladder_state import from_json, to_json, without_sent
from foster_bond.rules.recurrence import Slot
from foster_bond.rules.states import OccurrenceState, Outbound
from foster_bond.steps.rhythms import days_of, due_after, slot_times
from foster_bond.store import asked, enrolments, families, occurrences, outbox
from foster_bond.store.enrolments import TakingPart
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.session import Session

CHUNK = 500  # enrolments a read
CHANGED = "The schedule has changed: it asks nothing on that day any more."
REWRITTEN = "Taken back before it left, to be written anew."
KEEPS_RULES = ("person",)


@dataclass(frozen=True, slots=True)
class Refit:
    """What becomes of an enrolment's slots that nobody has handed over, and where its calendar goes on."""

    gone: tuple[Occurrence, ...]  # plans for days that are none any more
    late: tuple[Occurrence, ...]  # the same, but their time has come: they are left out with a reason
    moved: tuple[tuple[Occurrence, Slot], ...]
    back: tuple[Occurrence, ...]  # written and not left: decided anew, unless the day is none any more
    next_due_at: datetime | None


def refit(one: TakingPart, rows: Sequence[Occurrence], now: datetime, *, stays: bool = True) -> Refit:
    """What changes for these rows of one enrolment. `stays`: whether the member still takes part. Changes nothing."""
    days = _days(one, rows) if stays else {}
    gone: list[Occurrence] = []
    late: list[Occurrence] = []
    back: list[Occurrence] = []
    moved: list[tuple[Occurrence, Slot]] = []
    for row in rows:
        slot = days.get((row.local_date, row.slot))
        if row.state == OccurrenceState.WRITTEN.value:
            back.append(row)
        if slot is None:
            told = row.due_at <= now or row.state == OccurrenceState.WRITTEN.value
            (late if told else gone).append(row)
        elif _has_moved(one, row, slot, now):
            moved.append((row, slot))
    return Refit(tuple(gone), tuple(late), tuple(moved), tuple(back), due_after(one, now) if stays else None)


def _days(one: TakingPart, rows: Sequence[Occurrence]) -> dict[tuple[object, int], Slot]:
    if not rows:
        return {}
    dates = [row.local_date for row in rows]
    return {(slot.local_date, slot.number): slot for slot in days_of(one, min(dates), max(dates))}


def _has_moved(one: TakingPart, row: Occurrence, slot: Slot, now: datetime) -> bool:
    """Whether the slot takes its new time. What a person moved stays there, and so does what is in its window.

    A new time that has passed already today would lose the text, so it leaves at the old one.
    """
    if row.moved_from is not None or slot.due_at <= now:
        return False
    if row.state != OccurrenceState.WRITTEN.value and row.due_at <= now:
        return False
    return row.due_at != slot.due_at or row.closes_at != slot_times(one.schedule, slot)["closes_at"]


def retime(one: TakingPart, row: Occurrence, slot: Slot) -> None:
    """Give a slot that has not been decided its new time."""
    values = slot_times(one.schedule, slot)
    rules = [*values.pop("rules"), *(rule for rule in row.rules if rule.get("rule") in KEEPS_RULES)]
    for name, value in values.items():
        setattr(row, name, value)
    row.rules = rules
    if row.state == OccurrenceState.PLANNED.value:
        row.why = None


def undo_writing(one: TakingPart, row: Occurrence, message: OutboxMessage, now: datetime) -> None:
    """Make a slot whose text has been taken back a plan again, as if the text had never been written."""
    if message.prompt_key is not None:
        past = without_sent(from_json(one.member.past), message.prompt_key, message.due_at, message.not_after)
        one.member.past = to_json(past)
    one.enrolment.position = max(one.enrolment.position - 1, 0)
    occurrences.move(row, OccurrenceState.PLANNED)
    row.why, row.prompt_key, row.nudge_at, row.look_at = None, None, None, now
    row.rules = [rule for rule in row.rules if rule.get("rule") in ("clock", *KEEPS_RULES)]


def refit_all(
    session: Session, parts: Iterable[tuple[TakingPart, bool]], now: datetime, *, why: str = CHANGED,
    forgets: bool = True,
) -> None:  # fmt: skip
    """Fit everybody's plans to what their schedule, or they, have become: each with whether they still take part.

    `why` is what a text says that is left out for it. `forgets`: plans for days to come that are none any more go
    without a trace, where nothing hangs on them; else they stay and say why.
    """
    everybody = list(parts)
    for start in range(0, len(everybody), CHUNK):
        gone = _refit_some(session, everybody[start : start + CHUNK], now, why)
        _leave_out(occurrences.forget(session, gone) if forgets else gone, why)


def _leave_out(rows: Iterable[Occurrence], why: str) -> None:
    for row in rows:
        if row.state == OccurrenceState.PLANNED.value:
            occurrences.move(row, OccurrenceState.DROPPED, why)


def _refit_some(
    session: Session, parts: Sequence[tuple[TakingPart, bool]], now: datetime, why: str
) -> list[Occurrence]:
    """The plans for days that are none any more; all else is done."""
    ids = [one.enrolment.id for one, _ in parts]
    enrolments.lock(session, ids)
    rows = rows_by_enrolment(occurrences.undecided(session, ids, now))
    written = [row.id for some in rows.values() for row in some if row.state == OccurrenceState.WRITTEN.value]
    waiting = asked.not_left(session, written)
    gone: list[Occurrence] = []
    for one, stays in parts:
        mine = undecided_of(rows.get(one.enrolment.id, []), waiting)
        change = refit(one, mine, now, stays=stays)
        gone += change.gone
        one.enrolment.next_due_at = change.next_due_at
        one.enrolment.planned_until = None
        _carry_out(session, one, change, waiting, now, why)
    return gone


def rows_by_enrolment(rows: Iterable[Occurrence]) -> dict[str, list[Occurrence]]:
    """These slots by their enrolment, in the order they come."""
    found: dict[str, list[Occurrence]] = {}
    for row in rows:
        found.setdefault(row.enrolment_id, []).append(row)
    return found


def undecided_of(rows: Iterable[Occurrence], waiting: Mapping[str, OutboxMessage]) -> list[Occurrence]:
    """Those of an enrolment's slots that may still change: not those whose text is on its way."""
    return [row for row in rows if row.state != OccurrenceState.WRITTEN.value or row.id in waiting]


def _carry_out(
    session: Session, one: TakingPart, change: Refit, waiting: Mapping[str, OutboxMessage], now: datetime, why: str
) -> None:
    for row in change.back:
        message = waiting[row.id]
        if _take_back(session, message, now, why if row in change.late else REWRITTEN):
            families.hold(session, one.member)
            undo_writing(one, row, message, now)
    for row, slot in change.moved:
        if row.state != OccurrenceState.WRITTEN.value:
            retime(one, row, slot)
    _leave_out(change.late, why)


def _take_back(session: Session, message: OutboxMessage, now: datetime, why: str) -> bool:
    """Whether the text was still ours to take back. It lets go of its slot, which may be written anew."""
    return outbox.move(
        session, message.id, message.agency_id, Outbound.SCHEDULED, Outbound.CANCELLED, now, why=why,
        occurrence_id=None, prompt_key=None, once_key=None,
    )  # fmt: skip
