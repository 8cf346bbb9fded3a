"""What the preview stands on: the days to come, lived through in memory by the same decisions as in earnest."""

import heapq
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from foster_bond.rules.ladder_state import PromptFacts, after_answer, to_json
from foster_bond.rules.states import EnrolmentState
from foster_bond.steps.asking._choosing import FINISHED, Desk
from foster_bond.steps.asking._deciding import Act, Decision, decide, remember
from foster_bond.steps.asking._reminding import Remind, Wait, reminder_for, with_one_nudge
from foster_bond.steps.asking._writing import number_of, with_one_more
from foster_bond.store.number_facts import Number, NumberFacts
from foster_bond.store.occurrences import PlannedSlot

ANSWERS_WITHIN = timedelta(hours=1)  # a ladder is foreseen as if each question were answered as the last ones were
MIDDLE = 3  # the number from 1 to 5 of somebody who never gave one
_SLOT, _REMINDER = 0, 1
Moment = tuple[datetime, int, str, date, int, int]  # when, what, then the slot's key, so that ties fall as in the store


@dataclass(slots=True)
class Foreseen:
    """A slot as it will be decided. `at` is when; `reminder_at` is when its reminder leaves if nobody answers."""

    slot: PlannedSlot
    decision: Decision
    at: datetime
    reminder_at: datetime | None = None


@dataclass(slots=True)
class Sent:
    """A prompt that has left, or will have: it may still be reminded of, and overtakes older ones."""

    slot: PlannedSlot
    sent_at: datetime
    foreseen: Foreseen | None = None


@dataclass(slots=True)
class Future:
    """The days to come. Rows must be apart from their session: living through them changes them in memory."""

    desk: Desk
    facts: dict[Number, NumberFacts]
    now: datetime
    _moments: list[tuple[Moment, PlannedSlot | Sent]] = field(default_factory=list)
    _newest: dict[str, datetime] = field(default_factory=dict)  # by member, the due time of their last prompt
    _seen: list[Foreseen] = field(default_factory=list)
    _count: int = 0

    def expect(self, slot: PlannedSlot) -> None:
        """A slot that is still to be decided."""
        self._push(max(slot.occurrence.look_at, self.now), _SLOT, slot)

    def remind(self, sent: Sent, at: datetime) -> None:
        """A prompt that gets a reminder if nobody answers."""
        self._push(max(at, self.now), _REMINDER, sent)

    def asked(self, member_id: str, due_at: datetime) -> None:
        """A prompt that has been written: reminders of older ones are overtaken by it."""
        self._newest[member_id] = max(due_at, self._newest.get(member_id, due_at))

    def live(self) -> list[Foreseen]:
        """Every slot with what becomes of it, in the order of their times."""
        while self._moments:
            moment, what = heapq.heappop(self._moments)
            if isinstance(what, Sent):
                self._consider_reminder(what, moment[0])
            else:
                self._decide(what, moment[0])
        return sorted(self._seen, key=lambda one: (one.slot.occurrence.due_at, one.slot.occurrence.key))

    def _push(self, at: datetime, what: int, about: PlannedSlot | Sent) -> None:
        slot = about.slot if isinstance(about, Sent) else about
        self._count += 1
        key = (slot.enrolment.id, slot.occurrence.local_date, slot.occurrence.slot)
        heapq.heappush(self._moments, ((at, what, *key, self._count), about))

    def _decide(self, slot: PlannedSlot, at: datetime) -> None:
        decision = decide(slot, self.facts[number_of(slot)], self.desk, at)
        if decision.act is Act.HOLD and not decision.lasts and decision.until is not None:
            slot.occurrence.why = decision.why
            self._push(decision.until, _SLOT, slot)
            return
        remember(slot, decision, self.desk, at)
        foreseen = Foreseen(slot, decision, at)
        if decision.act is Act.END:
            slot.enrolment.state = EnrolmentState.ENDED.value
        if decision.act is Act.WRITE and decision.leaves is not None:
            self._leave(foreseen, decision.leaves)
        if not (decision.act is Act.DROP and decision.why == FINISHED):
            self._seen.append(foreseen)

    def _leave(self, foreseen: Foreseen, leaves: datetime) -> None:
        slot = foreseen.slot
        number = number_of(slot)
        self.facts[number] = with_one_more(self.facts[number], slot, foreseen.decision)
        self.asked(slot.member.id, slot.occurrence.due_at)
        choice = foreseen.decision.choice
        if choice.level is not None and choice.prompt is not None:
            _answered(self.desk, slot, choice.prompt, leaves + ANSWERS_WITHIN)
        elif slot.schedule.nudge_after_s is not None:
            sent = Sent(slot, leaves, foreseen)
            self.remind(sent, leaves + timedelta(seconds=slot.schedule.nudge_after_s))

    def _consider_reminder(self, sent: Sent, at: datetime) -> None:
        slot = sent.slot
        number = number_of(slot)
        overtaken = self._newest.get(slot.member.id, slot.occurrence.due_at) > slot.occurrence.due_at
        outcome = reminder_for(slot, self.facts[number], sent_at=sent.sent_at, overtaken=overtaken, at=at)
        if isinstance(outcome, Wait):
            self._push(outcome.until, _REMINDER, sent)
        if isinstance(outcome, Remind):
            self.facts[number] = with_one_nudge(self.facts[number], at, slot.zone)
            if sent.foreseen is not None:
                sent.foreseen.reminder_at = at


def _answered(desk: Desk, slot: PlannedSlot, prompt: PromptFacts, at: datetime) -> None:
    past = desk.past(slot.member)
    number = past.thermometer.value if past.thermometer is not None else MIDDLE
    said = number if prompt.is_thermometer else None
    slot.member.past = to_json(after_answer(past, prompt.id, at, thermometer=said))
