"""occurrence → outbox: the one reminder of a prompt without an answer, until the question closes."""

from dataclasses import replace
from datetime import datetime, timedelta

from foster_bond.rules.kinds import Kind
from foster_bond.rules.message_text import system_text, system_text_id
from foster_bond.rules.segments import measure
from foster_bond.rules.states import Outbound
from foster_bond.steps.asking._reminding import Never, Remind, Wait, reminder_for, with_one_nudge
from foster_bond.steps.asking._writing import number_of
from foster_bond.store import asked, outbox
from foster_bond.store.asked import Reminder
from foster_bond.store.families import member_phone
from foster_bond.store.family_calendars import with_calendars
from foster_bond.store.number_facts import NumberFacts, facts_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import SealBroken

BATCH = 200
TEXT = "REMINDER"
ASK_AGAIN = timedelta(minutes=10)  # while the carrier has not said yet whether it has the prompt
HAS_IT = (Outbound.ACCEPTED.value, Outbound.SENT.value, Outbound.DELIVERED.value)
NOT_YET = (Outbound.SCHEDULED.value, Outbound.SENDING.value, Outbound.UNKNOWN.value, Outbound.UNRESOLVED.value)


def close_prompts(store: Store, now: datetime) -> dict[str, int]:
    """How many reminders were written, how many questions get none any more, how many wait."""
    tally = {"reminded": 0, "closed": 0, "waiting": 0}
    while _close_batch(store, now, tally) == BATCH:
        pass
    return tally


def _close_batch(store: Store, now: datetime, tally: dict[str, int]) -> int:
    with store.write() as session:
        due = _with_calendars(session, asked.to_remind(session, now, BATCH), now)
        facts = dict(facts_of(session, [number_of(one.slot) for one in due], now, leaving=False))
        for one in due:
            number = number_of(one.slot)
            outcome = _outcome(one, facts[number], now)
            if isinstance(outcome, Remind) and not _write(session, store, one, outcome, now):
                outcome = Never("The family's number cannot be opened any more.")
            if isinstance(outcome, Remind):
                facts[number] = with_one_nudge(facts[number], now, one.slot.zone)
            tally[_keep(one, outcome)] += 1
        return len(due)


def _with_calendars(session: Session, due: list[Reminder], now: datetime) -> list[Reminder]:
    slots = with_calendars(session, [one.slot for one in due], now)
    return [replace(one, slot=slot) for one, slot in zip(due, slots, strict=True)]


def _outcome(one: Reminder, facts: NumberFacts, now: datetime) -> Remind | Wait | Never:
    if one.answered:
        return Never("They answered.")
    if one.message.state in NOT_YET:
        latest = one.slot.occurrence.closes_at + timedelta(seconds=one.slot.schedule.closes_after_s)
        return Wait(now + ASK_AGAIN) if now < latest else Never("The question never left.")
    if one.message.state not in HAS_IT or one.message.accepted_at is None:
        return Never("The question did not arrive.")
    return reminder_for(one.slot, facts, sent_at=one.message.accepted_at, overtaken=one.overtaken, at=now)


def _keep(one: Reminder, outcome: Remind | Wait | Never) -> str:
    """Write down when to ask again, or why there is nothing more to ask; the word that the tally counts."""
    occurrence = one.slot.occurrence
    if isinstance(outcome, Wait):
        occurrence.nudge_at = outcome.until
        return "waiting"
    occurrence.nudge_at = None
    if isinstance(outcome, Remind):
        return "reminded"
    occurrence.rules = [*occurrence.rules, {"rule": "reminder", "why": f"No reminder: {outcome.why}"}]
    return "closed"


def _write(session: Session, store: Store, one: Reminder, outcome: Remind, now: datetime) -> bool:
    slot = one.slot
    member, country = slot.member, slot.agency.country
    try:
        to = member_phone(session, store.vault, member)
    except SealBroken:  # erased: no batch of others may fail with it
        return False
    body = system_text(TEXT, member.language, {}, country=country)
    outbox.compose(
        session, store.vault, agency_id=slot.agency.id, family_id=slot.family.id, member_id=member.id,
        kind=Kind.NUDGE, to=to, to_bidx=member.to_bidx, body=body, now=now, due_at=now, not_after=outcome.not_after,
        zone=slot.zone, enrolment_id=slot.enrolment.id, occurrence_id=slot.occurrence.id,
        once_key=f"nudge:{slot.occurrence.id}", text_id=system_text_id(TEXT, country=country),
        language=member.language, parts=measure(body).parts,
    )  # fmt: skip
    return True
