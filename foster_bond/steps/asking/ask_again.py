"""occurrence → outbox: a question that somebody answered with LATER is asked once more at the time they were told."""

from datetime import datetime, timedelta

from foster_bond.errors import InvalidInput
from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import Kind
from foster_bond.rules.message_text import child_word
from foster_bond.rules.segments import measure
from foster_bond.rules.send_gate import Go, Hold, judge
from foster_bond.steps.asking._deciding import gate_question
from foster_bond.steps.asking._writing import number_of
from foster_bond.steps.enrolling import LEFT
from foster_bond.store import asked, outbox, prompts
from foster_bond.store.asked import Reminder
from foster_bond.store.families import member_phone
from foster_bond.store.number_facts import NumberFacts, facts_of, hours_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import PromptState
from foster_bond.store.sealing import SealBroken

BATCH = 200
ASKED = "Asked once more, as they wished."


def ask_again(store: Store, now: datetime) -> dict[str, int]:
    """How many questions were asked once more, how many are not any more, how many wait for the gate."""
    tally = {"asked": 0, "closed": 0, "waiting": 0}
    while _batch(store, now, tally) == BATCH:
        pass
    return tally


def _batch(store: Store, now: datetime, tally: dict[str, int]) -> int:
    with store.write() as session:
        due = asked.to_ask_again(session, now, BATCH)
        facts = facts_of(session, [number_of(one.slot) for one in due], now, leaving=False)
        for one in due:
            tally[_settle(session, store, one, facts[number_of(one.slot)], now)] += 1
        return len(due)


def _settle(session: Session, store: Store, one: Reminder, facts: NumberFacts, now: datetime) -> str:
    """Write it, wait, or let it go; the word that the tally counts."""
    occurrence, closes_at = one.slot.occurrence, _closes_at(one)
    why = _why_not(one, closes_at, now)
    if why is None:
        verdict = judge(
            gate_question(one.slot, facts, Kind.NUDGE, now, not_before=occurrence.nudge_at, not_after=closes_at)
        )
        if isinstance(verdict, Hold) and verdict.until is not None:
            occurrence.nudge_at = max(verdict.until, now + timedelta(seconds=1))
            return "waiting"
        why = None if isinstance(verdict, Go) else verdict.why
    if why is None and not _write(session, store, one, closes_at, now):
        why = "The question cannot be said any more."
    occurrence.nudge_at = None
    said = ASKED if why is None else f"Not asked again: {why}"
    occurrence.rules = [*occurrence.rules, {"rule": "later", "why": said}]
    return "asked" if why is None else "closed"


def _closes_at(one: Reminder) -> datetime:
    sent_at = one.message.accepted_at or one.message.claimed_at or one.slot.occurrence.due_at
    return sent_at + timedelta(seconds=one.slot.schedule.closes_after_s)


def _why_not(one: Reminder, closes_at: datetime, now: datetime) -> str | None:
    if one.answered:
        return "They answered."
    if one.slot.occurrence.answer_closed_at is not None:
        return "They skipped the question."
    if one.overtaken:
        return "A newer question went out."
    if one.slot.member.left_at is not None:
        return LEFT
    return "The question has closed." if now >= closes_at else None


def _write(session: Session, store: Store, one: Reminder, closes_at: datetime, now: datetime) -> bool:
    """The question itself, in the person's language of now; once, whoever asks."""
    slot, member = one.slot, one.slot.member
    prompt = prompts.prompts_of(session, slot.agency.id).get(one.message.prompt_key or "")
    text = None if prompt is None else prompt.texts.get(member.language)
    if prompt is None or text is None or prompt.state != PromptState.APPROVED.value:
        return False  # retired meanwhile, or no words in the language they read now
    try:
        to, body = member_phone(session, store.vault, member), child_word(text, member.language, member.child_word)
    except (SealBroken, InvalidInput):
        return False
    evening = polite_hours.closes_at(hours_of(slot.agency), now, slot.zone)
    outbox.compose(
        session, store.vault, agency_id=slot.agency.id, family_id=slot.family.id, member_id=member.id,
        kind=Kind.NUDGE, to=to, to_bidx=member.to_bidx, body=body, now=now, due_at=now,
        not_after=min(closes_at, evening), zone=slot.zone, enrolment_id=slot.enrolment.id,
        once_key=f"later:{slot.occurrence.id}", prompt_key=prompt.key, text_id=prompt.key, language=member.language,
        parts=measure(body).parts,
    )  # fmt: skip
    return True
