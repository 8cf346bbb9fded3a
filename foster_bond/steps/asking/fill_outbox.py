"""occurrence → outbox: at most ten minutes before its time, choose the prompt, ask the gate and write the text down."""

from dataclasses import replace
from datetime import datetime, timedelta

from foster_bond.errors import InvalidInput
from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import Kind
from foster_bond.rules.local_time import local_day
from foster_bond.rules.message_text import child_word
from foster_bond.rules.segments import measure
from foster_bond.rules.send_gate import Ask, Drop, Go, Hold, Used, Verdict, judge
from foster_bond.rules.states import EnrolmentState, OccurrenceState
from foster_bond.steps.asking._choosing import Choice, Desk, chooser_for
from foster_bond.store import occurrences, outbox
from foster_bond.store.families import member_phone
from foster_bond.store.number_facts import NumberFacts, caps_of, closed_day, facts_of, hours_of
from foster_bond.store.occurrences import Occurrence, PlannedSlot
from foster_bond.store.open_store import Session, Store

BATCH = 200
LOOK_AGAIN = timedelta(minutes=1)  # a held slot is looked at again this often, inside its own window only


def fill_outbox(store: Store, now: datetime) -> dict[str, int]:
    """How many texts were written, and how many slots were held, left out or had their window pass."""
    tally = {"written": 0, "held": 0, "dropped": 0, "expired": 0}
    while _fill_batch(store, now, tally) == BATCH:
        pass
    return tally


def _fill_batch(store: Store, now: datetime, tally: dict[str, int]) -> int:
    with store.write() as session:
        slots = occurrences.to_look_at(session, now, BATCH)
        if not slots:
            return 0
        numbers = [(slot.agency.id, slot.member.to_bidx) for slot in slots]
        facts = dict(facts_of(session, numbers, now, leaving=False))
        store.vault.warm_families(session, slots[0].agency.id, [slot.family.id for slot in slots])
        desk = Desk(session, now)
        for slot in slots:
            number = (slot.agency.id, slot.member.to_bidx)
            done = _fill(session, store, slot, facts[number], desk, now)
            tally[done] += 1
            if done == "written":  # the next slot of this number in the same batch must see this one
                facts[number] = _with_one_more(facts[number], slot)
        return len(slots)


def _with_one_more(facts: NumberFacts, slot: PlannedSlot) -> NumberFacts:
    day = local_day(slot.occurrence.due_at, slot.zone)
    return replace(facts, used=Used(prompts=(*facts.used.prompts, day), nudges=facts.used.nudges))


def _fill(session: Session, store: Store, slot: PlannedSlot, facts: NumberFacts, desk: Desk, now: datetime) -> str:
    occurrence = slot.occurrence
    if now >= occurrence.closes_at:
        occurrences.move(
            occurrence, OccurrenceState.EXPIRED, occurrence.why or "Its time passed before it could be written."
        )
        return "expired"
    if slot.enrolment.state != EnrolmentState.ACTIVE.value or slot.member.left_at is not None:
        occurrences.move(occurrence, OccurrenceState.DROPPED, "They no longer take part in this schedule.")
        return "dropped"
    choice = chooser_for(desk, slot.enrolment, slot.schedule, slot.member, slot.family)
    occurrence.rules = [*[row for row in occurrence.rules if row.get("rule") == "clock"], *choice.rules]
    if choice.ended:
        occurrences.move(occurrence, OccurrenceState.DROPPED, choice.why)
        slot.enrolment.state = EnrolmentState.ENDED.value
        return "dropped"
    occurrence.prompt_key = choice.prompt_key
    if choice.prompt_key is None:
        return _held(occurrence, Hold(choice.why), now)
    verdict = _ask(slot, facts, now)
    if isinstance(verdict, Go):
        return _write(session, store, slot, choice, desk, now)
    if isinstance(verdict, Hold):
        return _held(occurrence, verdict, now)
    occurrences.move(occurrence, OccurrenceState.EXPIRED if verdict.expired else OccurrenceState.DROPPED, verdict.why)
    return "expired" if verdict.expired else "dropped"


def _held(occurrence: Occurrence, hold: Hold, now: datetime) -> str:
    occurrence.why = hold.why
    again = now + LOOK_AGAIN if hold.until is None else max(hold.until, now + timedelta(seconds=1))
    occurrence.look_at = min(again, occurrence.closes_at)
    return "held"


def _ask(slot: PlannedSlot, facts: NumberFacts, now: datetime) -> Verdict:
    """The gate's answer for the moment at which the text would leave."""
    leaves = max(now, slot.occurrence.due_at)
    verdict = judge(
        Ask(
            kind=Kind.PROMPT,
            at=leaves,
            zone=slot.zone,
            hours=hours_of(slot.agency),
            consent=facts.consent,
            not_before=slot.occurrence.due_at,
            not_after=slot.occurrence.closes_at,
            paused_until=slot.member.paused_until,
            family_open=slot.family.closed_at is None,
            open_alert=facts.open_alert,
            closed_day=closed_day(slot.agency, leaves, slot.zone),
            caps=caps_of(slot.agency, slot.member),
            used=facts.used,
        )
    )
    # Consent that is missing now may come inside the window: keep looking rather than give up early.
    return (
        Hold(verdict.why)
        if isinstance(verdict, Drop) and verdict.expired and leaves < slot.occurrence.closes_at
        else verdict
    )


def _write(session: Session, store: Store, slot: PlannedSlot, choice: Choice, desk: Desk, now: datetime) -> str:
    member, occurrence = slot.member, slot.occurrence
    assert choice.prompt_key is not None and choice.text is not None
    try:
        body = child_word(choice.text, member.language, member.child_word)
    except InvalidInput as off:
        return _held(occurrence, Hold(str(off)), now)
    leaves = max(now, occurrence.due_at)
    closing = polite_hours.closes_at(hours_of(slot.agency), leaves, slot.zone)
    message = outbox.compose(
        session, store.vault, agency_id=slot.agency.id, family_id=slot.family.id, member_id=member.id,
        kind=Kind.PROMPT, to=member_phone(session, store.vault, member), to_bidx=member.to_bidx, body=body, now=now,
        due_at=occurrence.due_at, not_after=min(occurrence.closes_at, closing), zone=slot.zone,
        enrolment_id=slot.enrolment.id, occurrence_id=occurrence.id, once_key=f"slot:{occurrence.id}",
        prompt_key=choice.prompt_key, text_id=choice.prompt_key, language=member.language, parts=measure(body).parts,
    )  # fmt: skip
    occurrences.move(occurrence, OccurrenceState.WRITTEN, choice.why)
    if message is not None:
        desk.used_up(slot.enrolment, choice)
    return "written"
