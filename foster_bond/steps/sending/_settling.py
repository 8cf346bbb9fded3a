"""What the sending steps share: write down what the carrier answered, and what that sets off."""

from datetime import datetime, timedelta

from foster_bond.carriers.carrier import Accepted, CredentialsRefused, Later, Outcome, Refused, Unknown
from foster_bond.carriers.twilio_codes import CarrierCode, Effect, meaning
from foster_bond.rules import retry
from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import AlertState, Consent, Outbound
from foster_bond.steps.sending._claiming import Claimed
from foster_bond.store import alerts, audit, consents, outbox, outbox_claims, pauses
from foster_bond.store.alerts import Alert
from foster_bond.store.families import Member
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

CREDENTIALS_REST = timedelta(minutes=1)  # then one text tries again; a mended account needs no restart
NOBODY_ANSWERED = "The carrier did not answer; it will be asked before anything is sent again."


def settle(
    session: Session, store: Store, claimed: Claimed, outcome: Outcome, now: datetime, real: datetime, grace: timedelta
) -> str:
    """What became of one claimed text, as the word that the tally counts."""
    message = session.get(OutboxMessage, claimed.id, populate_existing=True)
    assert message is not None
    if isinstance(outcome, Accepted):
        return accept(session, message, outcome.sid, outcome.status, now)
    if message.state != Outbound.SENDING.value or message.token != claimed.token:
        return "overtaken"  # a callback or the end of the lease settled it first
    if isinstance(outcome, Refused):
        return refuse(session, store, message, outcome.code, now, said=outcome.message)
    if isinstance(outcome, Unknown):
        return _unknown(session, message, now, real + grace, outcome.why)
    return _later(session, message, outcome, now)


def accept(session: Session, message: OutboxMessage, sid: str, status: str, now: datetime) -> str:
    """The carrier has it, whether its answer, a callback or a look-up told us."""
    state = Outbound(message.state)
    if message.carrier_sid == sid:
        return "accepted"
    if state not in (Outbound.SENDING, Outbound.UNKNOWN, Outbound.UNRESOLVED) or _taken(session, sid):
        return _impossible(session, message, now, sid)
    moved = outbox.move(
        session, message.id, message.agency_id, state, Outbound.ACCEPTED, now,
        carrier_sid=sid, carrier_status=status, accepted_at=now, token=None, lease_until=None, look_up_at=None,
        reason=None,
    )  # fmt: skip
    if not moved:
        return "overtaken"
    session.refresh(message)
    _once_accepted(session, message, now)
    return "accepted"


def _taken(session: Session, sid: str) -> bool:
    return outbox.by_sid(session, sid) is not None


def _impossible(session: Session, message: OutboxMessage, now: datetime, sid: str) -> str:
    """An id that is another text's: the answer cannot be believed, so the carrier has to be asked."""
    if message.state == Outbound.SENDING.value:
        return _unknown(session, message, now, now, "The carrier answered with another text's id.")
    audit.write(session, message.agency_id, "carrier_id_clash", now, subject=("message", message.id), detail=sid[:40])
    return "overtaken"


def _once_accepted(session: Session, message: OutboxMessage, now: datetime) -> None:
    kind = Kind(message.kind)
    if kind is Kind.WELCOME:
        _welcomed(session, message)
    if kind is Kind.STAFF_ALERT and message.alert_id is not None:
        alert = session.get(Alert, message.alert_id, populate_existing=True)
        if alert is not None and alert.state == AlertState.RAISED.value:
            alerts.move(session, alert, AlertState.NOTIFIED, now)
    alerts.close_tasks_about(session, message.id, now, "The carrier has it after all.")


def _welcomed(session: Session, message: OutboxMessage) -> None:
    if not outbox_claims.welcome_waits(session, message.agency_id, message.to_bidx):
        consents.welcomed(session, message.agency_id, message.to_bidx)


def _unknown(session: Session, message: OutboxMessage, now: datetime, look_up_at: datetime, why: str) -> str:
    outbox.move(
        session, message.id, message.agency_id, Outbound.SENDING, Outbound.UNKNOWN, now,
        why=f"{NOBODY_ANSWERED} ({why})"[:300], token=None, lease_until=None, look_up_at=look_up_at,
    )  # fmt: skip
    return "unknown"


def _later(session: Session, message: OutboxMessage, outcome: Later | CredentialsRefused, now: datetime) -> str:
    if isinstance(outcome, CredentialsRefused):
        why = meaning(20003).sentence
        pauses.begin(session, pauses.CREDENTIALS, why, now, now + CREDENTIALS_REST)
        again = now + CREDENTIALS_REST
    else:
        why = f"The carrier asked us to wait. ({outcome.why})"
        again = retry.next_try(message.backoffs + 1, message.id, now, outcome.retry_after)
    outbox.move(
        session, message.id, message.agency_id, Outbound.SENDING, Outbound.SCHEDULED, now, why=why[:300],
        token=None, lease_until=None, claimed_at=None, claimed_real=None, attempts=message.attempts - 1,
        backoffs=message.backoffs + 1, next_try_at=min(again, message.not_after),
    )  # fmt: skip
    return "later"


def refuse(
    session: Session, store: Store, message: OutboxMessage, code: int | None, now: datetime, *, said: str = ""
) -> str:
    """A permanent refusal, at the send: suppressed where the person's network stopped us, else failed."""
    told = meaning(code)
    after = Outbound.SUPPRESSED if told.effect is Effect.STOP_CONSENT else Outbound.FAILED
    outbox.move(
        session, message.id, message.agency_id, Outbound.SENDING, after, now, why=told.sentence[:300],
        error_code=code, token=None, lease_until=None,
    )  # fmt: skip
    set_off(session, store, message, told, now)
    return after.value


def set_off(session: Session, store: Store, message: OutboxMessage, told: CarrierCode, now: datetime) -> None:
    """What a carrier's error number means beyond this one text (carriers/twilio_codes.py)."""
    if told.effect is Effect.STOP_CONSENT:
        _stop(session, store, message, now)
    elif told.effect is Effect.NUMBER_BAD:
        _flag_number(session, message, told, now)
    elif told.effect is Effect.SENDER_PAUSED:
        pauses.begin(session, pauses.sender_key(message.agency_id), told.sentence, now, None)
    elif told.effect is Effect.CREDENTIALS:
        pauses.begin(session, pauses.CREDENTIALS, told.sentence, now, now + CREDENTIALS_REST)


def _stop(session: Session, store: Store, message: OutboxMessage, now: datetime) -> None:
    """The person's own network holds a stop (21610): consent ends here too, and an open alert says to call."""
    if message.kind != Kind.STAFF_ALERT.value:
        consents.change(
            session, store.vault, agency_id=message.agency_id, to_bidx=message.to_bidx, to=Consent.STOPPED, at=now,
            how="carrier", evidence_id=message.id, family_id=message.family_id, member_id=message.member_id,
        )  # fmt: skip
        consents.carrier_holds_stop(session, message.agency_id, message.to_bidx)
    alert = alerts.open_for_number(session, message.agency_id, message.to_bidx)
    if alert is not None:
        alert.cannot_answer = True


def _flag_number(session: Session, message: OutboxMessage, told: CarrierCode, now: datetime) -> None:
    if message.member_id is None:
        return
    member = session.get(Member, message.member_id)
    if member is None:
        return
    member.number_bad_why = told.sentence[:120]
    alerts.add_task(
        session, message.agency_id, "number", told.sentence, now, once_key=f"number:{member.id}:{told.code}",
        family_id=message.family_id, member_id=member.id, message_id=message.id,
    )  # fmt: skip
