"""What the sending steps share: what a carrier's error number sets off beyond the one text that met it."""

from datetime import datetime, timedelta

from foster_bond.carriers.twilio_codes import CarrierCode, Effect, meaning
from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Consent, Outbound
from foster_bond.steps.stopping import suppress_waiting
from foster_bond.store import alerts, audit, consents, notes_due, pauses
from foster_bond.store.families import Member
from foster_bond.store.open_store import Session
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.sealing import Vault

FAILURES = 3  # in a row: then somebody else may hold the number
NOT_ARRIVED = (Outbound.UNDELIVERED.value, Outbound.FAILED.value)
CREDENTIALS_REST = timedelta(minutes=1)  # then sending tries again by itself; a mended account needs no restart


def set_off(session: Session, message: OutboxMessage, told: CarrierCode, now: datetime) -> None:
    """Flag the number, pause the sender, or let all sending rest (carriers/twilio_codes.py says which)."""
    if message.kind == Kind.CRISIS_REPLY.value and told.effect is not Effect.CREDENTIALS:
        _could_not_answer(session, message)
    if told.effect is Effect.NUMBER_BAD:
        _flag_number(session, message, told, now)
    elif told.effect is Effect.SENDER_PAUSED:
        _pause_sender(session, message, told, now)
    elif told.effect is Effect.CREDENTIALS:
        _rest(session, message, told, now)


def count_failures(session: Session, message: OutboxMessage) -> None:
    """Three texts in a row that did not arrive: the number is asked once more before anything else goes there."""
    ended = notes_due.last_ends(session, message.agency_id, message.to_bidx, FAILURES)
    if len(ended) == FAILURES and all(_did_not_arrive(state, code) for state, code in ended):
        consents.ask_again(session, message.agency_id, message.to_bidx, "failing")


def _did_not_arrive(state: str, code: int | None) -> bool:
    """True where it was the number's own doing: a sender that is blocked says nothing about who reads the phone."""
    ours = code is not None and meaning(code).effect in (Effect.SENDER_PAUSED, Effect.CREDENTIALS)
    return state in NOT_ARRIVED and not ours


def stop_consent(session: Session, vault: Vault, message: OutboxMessage, now: datetime) -> None:
    """The person's own network holds a stop (21610): consent ends here too, and an open alert says to call."""
    if message.kind != Kind.STAFF_ALERT.value:
        consents.lock(session, message.agency_id, message.to_bidx)  # a STOP by text may be coming in this moment
        consents.change(
            session, vault, agency_id=message.agency_id, to_bidx=message.to_bidx, to=Consent.STOPPED, at=now,
            how="carrier", family_id=message.family_id, member_id=message.member_id,
        )  # fmt: skip
        consents.carrier_holds_stop(session, message.agency_id, message.to_bidx)
        suppress_waiting(session, message.agency_id, message.to_bidx, now)
    _could_not_answer(session, message)


def _could_not_answer(session: Session, message: OutboxMessage) -> None:
    """Staff who look at the open alert read: call now."""
    alert = alerts.open_for_number(session, message.agency_id, message.to_bidx)
    if alert is not None:
        alert.cannot_answer = True


def _rest(session: Session, message: OutboxMessage, told: CarrierCode, now: datetime) -> None:
    if pauses.begin(session, pauses.CREDENTIALS, told.sentence, now, now + CREDENTIALS_REST):
        audit.write(session, message.agency_id, "sending_paused", now, detail=told.sentence)


def _pause_sender(session: Session, message: OutboxMessage, told: CarrierCode, now: datetime) -> None:
    """Every further text of this sender would fail too: it rests until a person has put things right."""
    if pauses.begin(session, pauses.sender_key(message.agency_id), told.sentence, now, None):
        audit.write(session, message.agency_id, "sender_paused", now, detail=f"{told.code}: {told.sentence}")
        alerts.add_task(
            session, message.agency_id, "sender", told.sentence, now, once_key=f"sender:{now.isoformat()}",
            message_id=message.id,
        )  # fmt: skip


def _flag_number(session: Session, message: OutboxMessage, told: CarrierCode, now: datetime) -> None:
    member = None if message.member_id is None else session.get(Member, message.member_id)
    if member is None:
        return
    member.number_bad_why = told.sentence[:120]
    alerts.add_task(
        session, message.agency_id, "number", told.sentence, now, once_key=f"number:{member.id}:{told.code}",
        family_id=message.family_id, member_id=member.id, message_id=message.id,
    )  # fmt: skip
