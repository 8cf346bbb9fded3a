"""Steps, shared floor: a number has stopped, or carries on → what waits for it, and the question about it, end."""

from datetime import datetime

from foster_bond.rules.kinds import MANNERS, Kind
from foster_bond.rules.states import Outbound
from foster_bond.store import alerts, outbox
from foster_bond.store.session import Session

STOPPED = "This number has stopped all texts."
_SILENCED = [kind for kind in Kind if MANNERS[kind].consent or kind in (Kind.CONSENT_ASK, Kind.KEYWORD_REPLY)]
_STILL_SAID = frozenset({"STOP", "X3", "X3-U", "WRONG-NUMBER", "HELP"})  # a stop is confirmed, HELP always answered


def suppress_waiting(session: Session, agency_id: str, to_bidx: str, now: datetime, why: str = STOPPED) -> None:
    """Take back what has not left: a stopped number hears nothing but what answers its stop, HELP or a crisis."""
    for message in outbox.waiting_for(session, agency_id, to_bidx, _SILENCED):
        if message.text_id in _STILL_SAID:
            continue
        outbox.move(session, message.id, message.agency_id, Outbound.SCHEDULED, Outbound.SUPPRESSED, now, why=why)


def hold_key(to_bidx: str, inbound_id: str) -> str:
    """What makes the task of one unclear text one task."""
    return f"hold:{to_bidx}:{inbound_id}"


def number_in(once_key: str) -> str:
    """The number that such a task is about."""
    return once_key.partition(":")[2].partition(":")[0]


def settle_hold(
    session: Session, agency_id: str, to_bidx: str, now: datetime, outcome: str, *, by: str | None = None
) -> None:
    """End the tasks that asked a person whether this number meant to stop."""
    alerts.close_tasks_keyed(session, agency_id, hold_key(to_bidx, ""), now, outcome, by=by)
