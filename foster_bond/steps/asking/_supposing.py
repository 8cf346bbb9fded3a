"""What the asking steps share: a schedule as it would be, tried on the days to come in memory and written nowhere."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foster_bond.rules.states import EnrolmentState, OccurrenceState, Outbound
from foster_bond.steps.enrolling import belongs, count_otherwise, new_place, takes_part
from foster_bond.steps.replanning import refit, retime, undecided_of, undo_writing
from foster_bond.store import enrolments, families
from foster_bond.store.enrolments import Enrolment, TakingPart
from foster_bond.store.families import Family, Member
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Session
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Programme, Schedule, ScheduleState


@dataclass(frozen=True, slots=True)
class Supposed:
    """A schedule with other words, apart from its session. `ended`: as if nobody took part in it any more.

    `restart`: it is another programme, which each begins at its beginning. `counted_before`: what it counts from as it
    stands. `only`: nobody but this member is asked, whether the schedule is for them or not.
    """

    schedule: Schedule
    programme: Programme
    ended: bool = False
    restart: bool = False
    counted_before: str | None = None
    only: str | None = None

    def instead(
        self, session: Session, known: Sequence[TakingPart], numbers: Sequence[str] | None, now: datetime
    ) -> list[TakingPart]:
        """Who would take part in what, in place of who does."""
        others = [one for one in known if one.schedule.id != self.schedule.id]
        if self.ended:
            return others
        same = {one.member.id: (one.member, one.family) for one in known}  # one person, one past: changed together
        places = enrolments.of_schedule(session, self.schedule.agency_id, self.schedule.id)
        present = families.present_members(session, self.schedule.agency_id, numbers)
        session.expunge_all()
        mine = []
        for member, family in present:
            person, home = same.get(member.id, (member, family))
            place = self._place(places.get(member.id), person, home, now)
            if place is not None:
                mine.append(TakingPart(place, self.schedule, person, home))
        return sorted([*others, *mine], key=lambda one: one.enrolment.id)

    def _place(self, place: Enrolment | None, member: Member, family: Family, now: datetime) -> Enrolment | None:
        if self.only is not None and member.id != self.only:
            return None
        if place is None:
            wanted = self.only is not None or belongs(self.schedule, member)
            return new_place(self.schedule, member, family, now) if wanted else None
        if self.counted_before is not None:
            count_otherwise(TakingPart(place, self.schedule, member, family), self.counted_before, now)
        return place if self.only is not None or takes_part(self.schedule, member, place) else None

    def refit(
        self, parts: Sequence[TakingPart], rows: dict[str, list[Occurrence]],
        messages: MutableMapping[str, OutboxMessage], now: datetime,
    ) -> None:  # fmt: skip
        """Fit the rows of those who take part to it, in memory."""
        waiting = {key: one for key, one in messages.items() if one.state == Outbound.SCHEDULED.value}
        for one in parts:
            if one.schedule is self.schedule:
                mine = rows.get(one.enrolment.id, [])
                rows[one.enrolment.id] = self._refitted(one, mine, waiting, messages, now)

    def _refitted(
        self, one: TakingPart, mine: list[Occurrence], waiting: dict[str, OutboxMessage],
        messages: MutableMapping[str, OutboxMessage], now: datetime,
    ) -> list[Occurrence]:  # fmt: skip
        open_rows = [row for row in undecided_of(mine, waiting) if _is_open(row, now)]
        change = refit(one, open_rows, now)
        for row in change.back:
            undo_writing(one, row, messages.pop(row.id), now)
        for row, slot in change.moved:
            retime(one, row, slot)
        if self.restart:
            one.enrolment.position = 0
        one.enrolment.next_due_at = change.next_due_at
        goes_on = change.next_due_at is not None or self.schedule.by_visits
        if one.enrolment.state != EnrolmentState.ACTIVE.value and goes_on:
            one.enrolment.state = EnrolmentState.ACTIVE.value
        gone = {id(row) for row in (*change.gone, *change.late)}
        return [row for row in mine if id(row) not in gone]


def _is_open(row: Occurrence, now: datetime) -> bool:
    if row.state == OccurrenceState.SKIPPED.value:
        return row.due_at > now
    return row.state in (OccurrenceState.PLANNED.value, OccurrenceState.WRITTEN.value)


def supposed_row(row: Schedule, columns: dict[str, Any]) -> Schedule:
    """The schedule in force with these words, apart from its session."""
    kept = {name: getattr(row, name) for name in ("id", "agency_id", "key", "seed", "created_at", "version")}
    return Schedule(**kept | columns | {"state": ScheduleState.ACTIVE})
