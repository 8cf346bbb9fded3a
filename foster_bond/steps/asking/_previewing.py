"""What the asking steps share: the weeks to come, word for word, as they stand or as a change would make them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from foster_bond.errors import InvalidInput
from foster_bond.rules.family_calendar import EMPTY, FamilyCalendar
from foster_bond.rules.local_time import zone_of
from foster_bond.rules.message_text import child_word
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.segments import measure
from foster_bond.rules.states import OccurrenceState, Outbound
from foster_bond.steps.asking._choosing import LADDER, Desk
from foster_bond.steps.asking._deciding import Act, Decision
from foster_bond.steps.asking._foreseeing import Foreseen, Future, Sent
from foster_bond.steps.asking._slots import slot_values, slots_between
from foster_bond.steps.asking._supposing import Supposed
from foster_bond.steps.replanning import rows_by_enrolment
from foster_bond.store import asked, enrolments, families, occurrences, outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.enrolments import TakingPart
from foster_bond.store.family_calendars import FamilyKey, calendars_of
from foster_bond.store.number_facts import NEVER_LEFT, Number, NumberFacts, facts_of
from foster_bond.store.occurrences import Occurrence, PlannedSlot
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt
from foster_bond.store.sealing import SealBroken

SHOWN_BACK = timedelta(days=2)  # rows this old may still hold a local date that is not to be planned again
CHUNK = 500  # numbers and enrolments a read
NOT_A_ROW = ""
DEPENDS = "Depends on replies."
_STATES = {Act.WRITE: "planned", Act.HOLD: "held", Act.EXPIRE: "held", Act.DROP: "dropped", Act.END: "dropped"}


class LookAhead:
    """One look ahead. It reads, then lives through the weeks in memory."""

    def __init__(
        self, session: Session, store: Store, agency: Agency, now: datetime, until: datetime,
        supposed: Supposed | None = None,
    ) -> None:  # fmt: skip
        self._session, self._store, self._agency = session, store, agency
        self._now, self._until, self._supposed = now, until, supposed
        self._desk = Desk(session, now)
        if supposed is not None:
            self._desk.suppose(supposed.programme)
        self._calendars: dict[FamilyKey, FamilyCalendar] = {}

    def of(self, family_id: str | None) -> tuple[PlannedText, ...]:
        """The texts to come, of one family or of all; numbers that families share are looked at together."""
        numbers = None
        if family_id is not None:
            members = families.members_of(self._session, self._agency.id, family_id)
            numbers = sorted({member.to_bidx for member in members})
        return tuple(one for one in self.of_numbers(numbers) if family_id is None or one.family_id == family_id)

    def of_numbers(self, numbers: Sequence[str] | None) -> tuple[PlannedText, ...]:
        """The texts to come to everybody, or to all who have one of these numbers."""
        taking_part = enrolments.taking_part(self._session, self._agency.id, numbers)
        if self._supposed is not None:
            taking_part = self._supposed.instead(self._session, taking_part, numbers, self._now)
        everybody = sorted({one.member.to_bidx for one in taking_part})
        self._desk.prompts(self._agency.id)
        facts = self._facts(everybody)
        future = Future(self._desk, facts, self._now)
        found: list[PlannedText] = []
        for some_enrolments in _chunks(taking_part):
            found += self._expect(future, some_enrolments)
        found += [self._foreseen(one) for one in future.live() if one.slot.occurrence.due_at <= self._until]
        return tuple(sorted(found, key=lambda one: (one.leaves_at or one.due_at, one.occurrence_key)))

    def _facts(self, everybody: Sequence[str]) -> dict[Number, NumberFacts]:
        """What the gate knows of these numbers; a text that would be taken back counts for nothing."""
        without: frozenset[str] = frozenset()
        if self._supposed is not None:
            without = asked.waiting_of_schedule(self._session, self._agency.id, self._supposed.schedule.id)
        facts: dict[Number, NumberFacts] = {}
        for some in _chunks(everybody):
            self._desk.read_unsent(self._agency.id, some)
            numbers = [(self._agency.id, number) for number in some]
            facts |= facts_of(self._session, numbers, self._now, leaving=False, without=without)
        return facts

    def _expect(self, future: Future, taking_part: Sequence[TakingPart]) -> list[PlannedText]:
        """Hand every slot to the future; the texts that are decided already come back."""
        ids = [one.enrolment.id for one in taking_part]
        self._desk.read_overrides(self._agency.id, (one.member.id for one in taking_part))
        homes = {(self._agency.id, one.family.id) for one in taking_part}
        self._calendars |= calendars_of(self._session, homes, self._now, self._until)
        rows = occurrences.since(self._session, ids, self._now - SHOWN_BACK)
        written = [row.id for row in rows if row.state == OccurrenceState.WRITTEN.value]
        messages = asked.prompts_of(self._session, written)
        answered = asked.answered(self._session, written)
        self._session.expunge_all()
        by_enrolment = rows_by_enrolment(rows)
        if self._supposed is not None:
            self._supposed.refit(taking_part, by_enrolment, messages, self._now)
        found: list[PlannedText] = []
        for one in taking_part:
            mine = by_enrolment.get(one.enrolment.id, [])
            for row in mine:
                slot = self._slot(one, row)
                message = messages.get(row.id)
                if message is not None:
                    self._asked(future, slot, message, answered=row.id in answered)
                if row.state == OccurrenceState.PLANNED.value and row.closes_at > self._now:
                    future.expect(slot)
                elif _is_to_come(row, message, self._now):
                    found.append(self._decided(slot, message))
            for slot in self._further(one, {(row.local_date, row.slot) for row in mine}):
                future.expect(slot)
        return found

    def _slot(self, one: TakingPart, row: Occurrence) -> PlannedSlot:
        calendar = self._calendars.get((self._agency.id, one.family.id), EMPTY)
        return PlannedSlot(row, one.enrolment, one.schedule, one.member, one.family, self._agency, calendar)

    def _further(self, one: TakingPart, known: set[tuple[date, int]]) -> Iterable[PlannedSlot]:
        """The slots that are not rows yet."""
        if one.enrolment.next_due_at is None:
            return
        for slot in slots_between(one, one.enrolment.next_due_at, self._until):
            if (slot.local_date, slot.number) not in known:
                values = slot_values(one.enrolment, one.schedule, slot) | {"id": NOT_A_ROW}
                yield self._slot(one, Occurrence(**values))

    def _asked(self, future: Future, slot: PlannedSlot, message: OutboxMessage, *, answered: bool) -> None:
        """A prompt that has been written already: it overtakes older ones and may still be reminded of."""
        if message.state in NEVER_LEFT:
            return
        future.asked(slot.member.id, message.due_at)
        if slot.occurrence.nudge_at is not None and not answered:
            sent = Sent(slot, message.accepted_at or message.due_at)
            future.remind(sent, slot.occurrence.nudge_at)

    def _foreseen(self, one: Foreseen) -> PlannedText:
        decision, slot = one.decision, one.slot
        choice = decision.choice
        ladder = self._desk.programme(slot.schedule.programme_id).kind == LADDER
        body = decision.body or self._would_be(slot, choice.text)
        leaves = decision.leaves if decision.act is Act.WRITE else None
        why = decision.why
        if decision.act is Act.WRITE and leaves is not None and leaves > slot.occurrence.due_at:
            why = f"{slot.occurrence.why} {why}".strip()
        return self._text(
            slot, state=_STATES[decision.act], body=body, leaves=leaves,
            prompt_id=None if choice.prompt is None else choice.prompt.id,
            why=f"{why} {DEPENDS}" if _hangs_on_replies(decision, ladder) else why,
            reminder_at=one.reminder_at, ladder=ladder, rules=decision.rules,
        )  # fmt: skip

    def _would_be(self, slot: PlannedSlot, text: str | None) -> str:
        if text is None:
            return ""
        try:
            return child_word(text, slot.member.language, slot.member.child_word)
        except InvalidInput:
            return text

    def _decided(self, slot: PlannedSlot, message: OutboxMessage | None) -> PlannedText:
        """A slot that a person skipped, or whose text leaves within minutes."""
        row = slot.occurrence
        body = ""
        if message is not None:
            try:
                body = outbox.body_of(self._session, self._store.vault, message)
            except SealBroken:  # erased: the plan of others is shown all the same
                body = ""
        return self._text(
            slot, state=row.state, body=body, leaves=None if message is None else message.due_at,
            prompt_id=row.prompt_key, why=row.why or "", reminder_at=None, ladder=False, rules=row.rules,
        )  # fmt: skip

    def _text(
        self, slot: PlannedSlot, *, state: str, body: str, leaves: datetime | None, prompt_id: str | None, why: str,
        reminder_at: datetime | None, ladder: bool, rules: list[dict[str, Any]],
    ) -> PlannedText:  # fmt: skip
        row = slot.occurrence
        prompt: Prompt | None = self._desk.prompts(self._agency.id).get(prompt_id or "")
        wall = (leaves or row.due_at).astimezone(zone_of(slot.zone))
        clock = next((rule["why"] for rule in row.rules if rule.get("rule") == "clock"), None)
        return PlannedText(
            occurrence_id=row.id or None,
            occurrence_key=row.key,
            enrolment_id=slot.enrolment.id,
            family_id=slot.family.id,
            family_ref=slot.family.ref,
            member_id=slot.member.id,
            member_ref=slot.member.ref,
            schedule_id=slot.schedule.key,
            schedule_name=slot.schedule.name,
            zone=slot.zone,
            local_date=wall.date() if slot.schedule.by_visits else row.local_date,
            local_time=f"{wall:%H:%M}",
            due_at=row.due_at,
            leaves_at=leaves,
            prompt_id=prompt_id,
            technique=None if prompt is None else prompt.technique,
            level=None if prompt is None else prompt.level,
            language=slot.member.language,
            text=body,
            parts=measure(body).parts if body else None,
            state=state,
            why=why,
            clock_note=clock,
            moved_from=row.moved_from,
            depends_on_replies=ladder,
            reminder_at=reminder_at,
            rules=tuple(rules),
        )


def _hangs_on_replies(decision: Decision, ladder: bool) -> bool:
    """Whether an answer would change it: what a ladder sends, and a rest for want of answers."""
    if decision.act is Act.WRITE:
        return ladder
    return decision.act is Act.DROP and decision.choice.pause_days is not None


def _is_to_come(row: Occurrence, message: OutboxMessage | None, now: datetime) -> bool:
    if row.state == OccurrenceState.SKIPPED.value:
        return row.due_at > now
    return message is not None and message.state == Outbound.SCHEDULED.value


def _chunks(things: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (things[start : start + CHUNK] for start in range(0, len(things), CHUNK))
