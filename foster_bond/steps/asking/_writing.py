"""What the asking steps share: carry out what was decided about a slot, and keep every reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from foster_bond.rules.kinds import Kind
from foster_bond.rules.local_time import local_day
from foster_bond.rules.segments import measure
from foster_bond.rules.send_gate import Used
from foster_bond.rules.states import EnrolmentState, OccurrenceState
from foster_bond.steps.asking._choosing import Desk, RuleRow
from foster_bond.steps.asking._deciding import Act, Decision, remember
from foster_bond.store import alerts, enrolments, occurrences, outbox, practice
from foster_bond.store.families import member_phone
from foster_bond.store.number_facts import Number, NumberFacts, facts_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import SealBroken, Vault
from foster_bond.store.slot_facts import SlotFacts, SlotsOwn

KEPT_RULES = ("clock", "person")  # what the calendar and people said stays, whatever the gate says anew
NO_KEY = "The family's number cannot be opened any more."
_ENDS = {
    Act.DROP: (OccurrenceState.DROPPED, "dropped"),
    Act.END: (OccurrenceState.DROPPED, "dropped"),
    Act.EXPIRE: (OccurrenceState.EXPIRED, "expired"),
}


def number_of(slot: SlotFacts) -> Number:
    """The number that this slot's text would go to, inside its agency."""
    return slot.agency.id, slot.member.to_bidx


def gather(
    session: Session, store: Store, slots: Sequence[SlotFacts], now: datetime
) -> tuple[dict[Number, NumberFacts], Desk]:
    """What deciding about these slots needs, in a constant number of reads per agency."""
    facts = dict(facts_of(session, [number_of(slot) for slot in slots], now, leaving=False))
    desk = Desk(session, now)
    for agency_id in {slot.agency.id for slot in slots}:
        mine = [slot for slot in slots if slot.agency.id == agency_id]
        store.vault.warm_families(session, agency_id, [slot.family.id for slot in mine])
        desk.read_unsent(agency_id, (slot.member.to_bidx for slot in mine))
        desk.read_overrides(agency_id, (slot.member.id for slot in mine))
    return facts, desk


def with_one_more(facts: NumberFacts, slot: SlotFacts, decision: Decision) -> NumberFacts:
    """The number once this text counts towards its caps."""
    day = local_day(decision.leaves or slot.occurrence.due_at, slot.zone)
    return replace(facts, used=Used(prompts=(*facts.used.prompts, day), nudges=facts.used.nudges))


@dataclass(frozen=True, slots=True)
class Pen:
    """Where decisions are carried out: one transaction. Each is noted here, and all are written down together."""

    session: Session
    vault: Vault
    now: datetime
    drafts: list[dict[str, Any]] = field(default_factory=list)
    over: list[str] = field(default_factory=list)  # enrolments whose calendar has no further slot

    def lay_down(self) -> None:
        """Write down what was drafted, once the slots' own values are kept. Without it nothing leaves."""
        outbox.write_down(self.session, self.drafts, self.now)
        planned = occurrences.still_planned(self.session, self.over)
        enrolments.end(self.session, [one for one in self.over if one not in planned])


def carry_out(pen: Pen, slot: SlotFacts, decision: Decision, desk: Desk) -> str:
    """Do what was decided; the word that the tally counts. A text is written once the pen is laid down."""
    occurrence = slot.occurrence
    occurrence.rules = _rules(occurrence, decision)
    if decision.choice.prompt is not None:
        occurrence.prompt_key = decision.choice.prompt.id
    if decision.act is Act.HOLD:
        assert decision.until is not None
        occurrence.why, occurrence.look_at = decision.why[:300], decision.until
        return "held"
    if decision.act is Act.WRITE and not _write(pen, slot, decision):
        occurrences.move(occurrence, OccurrenceState.DROPPED, NO_KEY)
        return "dropped"
    remember(slot, decision, desk, pen.now)
    if decision.ends_override:
        _end_override(pen, slot, decision)
    _tell(pen.session, slot, decision, desk, pen.now)
    if decision.act is not Act.WRITE:
        state, word = _ENDS[decision.act]
        occurrences.move(occurrence, state, decision.why[:300])
        _end_where_over(pen, slot, decision)
        return word
    _end_where_over(pen, slot, decision)
    return "written"


def _rules(occurrence: SlotsOwn, decision: Decision) -> list[RuleRow]:
    return [*(row for row in occurrence.rules if row.get("rule") in KEPT_RULES), *decision.rules]


def _write(pen: Pen, slot: SlotFacts, decision: Decision) -> bool:
    member, occurrence, prompt = slot.member, slot.occurrence, decision.choice.prompt
    assert prompt is not None and decision.leaves is not None and decision.not_after is not None
    try:
        to = member_phone(pen.session, pen.vault, member)
    except SealBroken:  # erased: no batch of others may fail with it
        return False
    draft = outbox.draft(
        pen.session, pen.vault, agency_id=slot.agency.id, family_id=slot.family.id, member_id=member.id,
        kind=Kind.PROMPT, to=to, to_bidx=member.to_bidx, body=decision.body, now=pen.now, due_at=occurrence.due_at,
        not_after=decision.not_after, zone=slot.zone, enrolment_id=slot.enrolment.id, occurrence_id=occurrence.id,
        once_key=f"slot:{occurrence.id}", prompt_key=prompt.id, text_id=prompt.id, language=member.language,
        parts=_measured(decision.body).parts,
    )  # fmt: skip
    pen.drafts.append(draft)
    occurrences.move(occurrence, OccurrenceState.WRITTEN, decision.why[:300])
    if slot.schedule.nudge_after_s is not None:
        occurrence.nudge_at = decision.leaves + timedelta(seconds=slot.schedule.nudge_after_s)
    return True


def _end_override(pen: Pen, slot: SlotFacts, decision: Decision) -> None:
    """What a worker chose is used up by this slot; or it fell, and then it belongs to none."""
    used = None if decision.choice.override_fell else slot.occurrence.id
    practice.end(pen.session, slot.agency.id, decision.choice.override_id or "", pen.now, occurrence_id=used)


_measured = lru_cache(maxsize=4096)(measure)  # prompts only: nobody's own words are kept here


def _tell(session: Session, slot: SlotFacts, decision: Decision, desk: Desk, now: datetime) -> None:
    """The task that the ladder asks for beside its choice: silence, or two low moments in a row."""
    choice = decision.choice
    if choice.task is None or decision.act not in (Act.WRITE, Act.DROP):
        return
    kind = "gone_quiet" if choice.pause_days is not None else "call"
    recent = desk.past(slot.member).recent
    since = next((one.sent_at for one in reversed(recent) if one.down), now) if kind == "call" else now
    alerts.add_task(
        session, slot.agency.id, kind, choice.task, now, family_id=slot.family.id, member_id=slot.member.id,
        once_key=f"{kind}:{slot.member.id}:{since.isoformat()}",
    )  # fmt: skip


def _end_where_over(pen: Pen, slot: SlotFacts, decision: Decision) -> None:
    """End an enrolment whose programme is used up, or whose calendar has no further slot."""
    enrolment = slot.enrolment
    if enrolment.state != EnrolmentState.ACTIVE.value:
        return
    if decision.act is Act.END:
        enrolments.move(enrolment, EnrolmentState.ENDED)
    elif enrolment.next_due_at is None and not slot.schedule.by_visits:
        pen.over.append(enrolment.id)
