"""Long silence, a new number, texts that do not arrive → N1, which holds every prompt; no answer in a week → stop."""

from datetime import datetime

from foster_bond.rules.notes import NO_ANSWER, SILENT
from foster_bond.rules.states import Consent, Outbound
from foster_bond.steps.asking._noting import may_leave, write_note
from foster_bond.steps.stopping import suppress_waiting
from foster_bond.store import agencies, alerts, consents, notes_due
from foster_bond.store.agencies import Agency
from foster_bond.store.consents import NumberConsent
from foster_bond.store.family_calendars import calendars_of
from foster_bond.store.notes_due import Noted
from foster_bond.store.number_facts import facts_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

AT_ONCE = 1000  # numbers of one agency in one run; the rest follow with the next
NOT_TAKEN_BACK = (Outbound.FAILED.value, Outbound.UNDELIVERED.value)
STOPPED_WHY = "They did not answer in seven days whether they still want the texts: stopped. Ask them when you meet."


def reconfirm(store: Store, now: datetime) -> dict[str, int]:
    """How many numbers were asked once more, how many are asked anew, and how many stopped without an answer."""
    tally = {"asked": 0, "anew": 0, "stopped": 0}
    with store.read() as session:
        agency_ids = [agency.id for agency in agencies.every(session)]
        open_now = [
            (row.agency_id, row.to_bidx, _fate(row, message, now)) for row, message in notes_due.asked_open(session)
        ]
    for agency_id, to_bidx, fate in open_now:
        if fate:
            tally[fate] += _end(store, agency_id, to_bidx, fate, now)
    for agency_id in agency_ids:
        tally["asked"] += _ask(store, agency_id, now)
    return tally


def _fate(row: NumberConsent, message: OutboxMessage | None, now: datetime) -> str:
    """`stopped`: a week without an answer. `anew`: the question never left, so that silence says nothing."""
    if message is None or message.state in notes_due.NEVER_LEFT:
        return "anew"
    left = message.accepted_at or (row.reconfirm_asked_at if message.state in NOT_TAKEN_BACK else None)
    return "stopped" if left is not None and now >= left + NO_ANSWER else ""


def _end(store: Store, agency_id: str, to_bidx: str, fate: str, now: datetime) -> bool:
    with store.write() as session:
        consents.lock(session, agency_id, to_bidx)  # a YES may be coming in this moment
        row = consents.of_number(session, agency_id, to_bidx)
        if row is None or row.state != Consent.ACTIVE.value or row.reconfirm_asked_at is None:
            return False
        if fate == "anew":
            row.reconfirm_asked_at = row.reconfirm_message_id = None
            return True
        question = None if row.reconfirm_message_id is None else session.get(OutboxMessage, row.reconfirm_message_id)
        family_id, member_id = (None, None) if question is None else (question.family_id, question.member_id)
        consents.change(
            session, store.vault, agency_id=agency_id, to_bidx=to_bidx, to=Consent.STOPPED, at=now, how="silence",
            family_id=family_id, member_id=member_id,
        )  # fmt: skip
        suppress_waiting(session, agency_id, to_bidx, now)
        alerts.add_task(
            session, agency_id, "consent", STOPPED_WHY, now, once_key=f"unanswered:{to_bidx}:{now.isoformat()}",
            family_id=family_id, member_id=member_id,
        )  # fmt: skip
        return True


def _ask(store: Store, agency_id: str, now: datetime) -> int:
    with store.write() as session:
        agency = agencies.by_id(session, agency_id)
        due = notes_due.to_ask_again(session, agency_id, quiet_since=now - SILENT, limit=AT_ONCE)
        facts = facts_of(session, [(agency_id, one.stands.to_bidx) for one in due], now, leaving=False)
        calendars = calendars_of(session, {(agency_id, one.family.id) for one in due}, now)
        ready = [
            one for one in due
            if may_leave(agency, one, facts[agency_id, one.stands.to_bidx], calendars[agency_id, one.family.id], now)
        ]  # fmt: skip
        return sum(_ask_one(session, store, agency, one, now) for one in ready)


def _ask_one(session: Session, store: Store, agency: Agency, one: Noted, now: datetime) -> bool:
    key = f"N1:{one.stands.to_bidx}:{now.isoformat()}"
    question = write_note(session, store, agency, one, "N1", key, now)
    if question is None:
        return False
    one.stands.reconfirm_why = one.stands.reconfirm_why or "silent"
    one.stands.reconfirm_asked_at, one.stands.reconfirm_message_id = now, question.id
    return True
