"""What the sending steps share: write down what the carrier answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from foster_bond.carriers.carrier import Accepted, CredentialsRefused, Later, Outcome, Refused, Unknown
from foster_bond.carriers.twilio_codes import Effect, meaning
from foster_bond.clock import Clock
from foster_bond.rules import retry
from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Outbound
from foster_bond.steps.sending import _aftermath as aftermath
from foster_bond.steps.sending._claiming import Claimed
from foster_bond.store import alert_calls, alerts, audit, consents, outbox, outbox_claims
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import Answered, OutboxMessage

NOBODY_ANSWERED = "The carrier did not answer; it will be asked before anything is sent again."
ANOTHERS_ID = "The carrier answered with another text's id."
ARRIVED_ANYWAY = "The carrier reports that it has this text."
WITHOUT_MORE = frozenset(Kind) - {Kind.WELCOME, Kind.STAFF_ALERT}  # their acceptance sets nothing else off

Result = tuple[Claimed, Outcome]


def settle_all(store: Store, results: Sequence[Result], clock: Clock, grace: timedelta) -> list[str]:
    """What became of these claimed texts, in one transaction, as the words that a tally counts.

    Raises: Raced where an answer names an id that another text just took; settle each by itself then.
    """
    with store.write() as session:
        now, real = clock.now(), clock.real()
        plain = [
            Answered(claimed.id, claimed.token, outcome.sid, outcome.status)
            for claimed, outcome in results
            if isinstance(outcome, Accepted) and claimed.kind in WITHOUT_MORE
        ]
        done = outbox.accept_all(session, plain, now)
        words = ["accepted"] * len(done)
        for claimed, outcome in results:
            if claimed.id not in done:
                words.append(settle(session, store, claimed, outcome, now, real + grace))
        return words


def settle(
    session: Session, store: Store, claimed: Claimed, outcome: Outcome, now: datetime, look_up_at: datetime
) -> str:
    """What became of one claimed text, as the word that the tally counts."""
    message = outbox_claims.locked(session, claimed.id)
    assert message is not None
    if isinstance(outcome, Accepted) and outbox.by_sid(session, outcome.sid) is None:
        return accept(session, message, outcome.sid, outcome.status, now)
    if message.carrier_sid is not None and isinstance(outcome, Accepted):
        return "accepted" if message.carrier_sid == outcome.sid else "overtaken"
    if message.state != Outbound.SENDING.value or message.token != claimed.token:
        return "overtaken"  # a callback or the end of the lease settled it first
    if isinstance(outcome, Accepted):
        return _unknown(session, message, now, look_up_at, ANOTHERS_ID)
    if isinstance(outcome, Unknown):
        return _unknown(session, message, now, look_up_at, f"{NOBODY_ANSWERED} ({outcome.why})")
    if isinstance(outcome, Refused):
        return _refuse(session, store, message, outcome.code, now)
    return _later(session, message, outcome, now)


def accept(session: Session, message: OutboxMessage, sid: str, status: str, now: datetime) -> str:
    """The carrier has it, whether its answer, a callback or a look-up told us. No other text may have this id."""
    if message.state == Outbound.SCHEDULED.value:
        # It was taken for absent and waits for another try. Both moves are written, so that it never leaves again.
        _move(session, message, Outbound.SENDING, now, why=ARRIVED_ANYWAY, claimed_at=now)
    if Outbound(message.state) not in (Outbound.SENDING, Outbound.UNKNOWN, Outbound.UNRESOLVED):
        return _too_late(session, message, sid, now)
    _move(
        session, message, Outbound.ACCEPTED, now, carrier_sid=sid, carrier_status=status[:20], accepted_at=now,
        token=None, lease_until=None, look_up_at=None, reason=None,
    )  # fmt: skip
    _once_accepted(session, message, now)
    return "accepted"


def _move(
    session: Session, message: OutboxMessage, after: Outbound, now: datetime, *, why: str | None = None, **values: Any
) -> None:
    """Move a row that this transaction holds, and see it as it then stands."""
    before, why = Outbound(message.state), None if why is None else why[:300]
    moved = outbox.move(session, message.id, message.agency_id, before, after, now, why=why, **values)
    assert moved  # the row is locked, so nobody else can have moved it
    session.refresh(message)


def _too_late(session: Session, message: OutboxMessage, sid: str, now: datetime) -> str:
    """The text has ended here, or has another id. A first id is kept, so that both sides know it; nothing moves."""
    if message.carrier_sid is None:
        message.carrier_sid = sid
    audit.write(session, message.agency_id, "carrier_id_late", now, subject=("message", message.id), detail=sid)
    return "overtaken"


def _once_accepted(session: Session, message: OutboxMessage, now: datetime) -> None:
    if message.kind == Kind.WELCOME.value and not outbox_claims.welcome_waits(
        session, message.agency_id, message.to_bidx
    ):
        consents.welcomed(session, message.agency_id, message.to_bidx)
    if message.kind == Kind.STAFF_ALERT.value:
        alert_calls.tell_by_text(session, message.id, now)
    alerts.close_tasks_about(session, message.id, now, "The carrier has it after all.")


def _unknown(session: Session, message: OutboxMessage, now: datetime, look_up_at: datetime, why: str) -> str:
    _move(session, message, Outbound.UNKNOWN, now, why=why, token=None, lease_until=None, look_up_at=look_up_at)
    return "unknown"


def _later(session: Session, message: OutboxMessage, outcome: Later | CredentialsRefused, now: datetime) -> str:
    """It certainly did not leave: it waits again, and no attempt is counted."""
    if isinstance(outcome, CredentialsRefused):
        told = meaning(20003)
        aftermath.set_off(session, message, told, now)
        why, again = told.sentence, now + aftermath.CREDENTIALS_REST
    else:
        why = f"It has not left and will be tried again: {outcome.why}."
        again = retry.next_try(message.backoffs, message.id, now, outcome.retry_after)
    _move(
        session, message, Outbound.SCHEDULED, now, why=why, token=None, lease_until=None, claimed_at=None,
        claimed_real=None, attempts=message.attempts - 1, backoffs=message.backoffs + 1,
        next_try_at=min(again, message.not_after),
    )  # fmt: skip
    return "later"


def _refuse(session: Session, store: Store, message: OutboxMessage, code: int | None, now: datetime) -> str:
    """A permanent refusal: suppressed where the person's network stopped us, else failed."""
    told = meaning(code)
    after = Outbound.SUPPRESSED if told.effect is Effect.STOP_CONSENT else Outbound.FAILED
    _move(session, message, after, now, why=told.sentence, error_code=code, token=None, lease_until=None)
    if told.effect is Effect.STOP_CONSENT:
        aftermath.stop_consent(session, store.vault, message, now)
    aftermath.set_off(session, message, told, now)
    return after.value
