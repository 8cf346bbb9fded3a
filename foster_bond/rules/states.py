"""Rules of the river: every state is a commented word, and only the moves in these tables exist."""

from collections.abc import Mapping
from enum import StrEnum


class Outbound(StrEnum):
    """Where a text out stands."""

    SCHEDULED = "scheduled"  # written down, waits for its moment
    SENDING = "sending"  # claimed by one sender; the socket may be open
    UNKNOWN = "unknown"  # handed over without a readable answer: ask the carrier, never re-send from here
    UNRESOLVED = "unresolved"  # the carrier could not tell either: a person decides
    ACCEPTED = "accepted"  # the carrier has it and gave it an id
    SENT = "sent"  # on its way to the phone
    DELIVERED = "delivered"  # the phone has it
    UNDELIVERED = "undelivered"  # the network gave up
    FAILED = "failed"  # the carrier refused it for good
    CANCELLED = "cancelled"  # taken back by a person or overtaken before it left
    SUPPRESSED = "suppressed"  # the gate said no: consent, alert, caps
    EXPIRED = "expired"  # its window closed before it could leave


class Consent(StrEnum):
    """What a number has agreed to, per agency."""

    NONE = "none"  # never asked, never agreed
    PENDING = "pending"  # asked by text, no answer yet
    ACTIVE = "active"  # agreed
    HOLD = "hold"  # may have meant stop: nothing leaves until a person decides
    STOPPED = "stopped"  # stopped; only START from the number or fresh recorded consent opens it


class AlertState(StrEnum):
    """How far a cry for help has come."""

    RAISED = "raised"  # stored; nobody has been told yet
    NOTIFIED = "notified"  # a channel accepted the notice to at least one person
    ACKNOWLEDGED = "acknowledged"  # a person has taken it
    RESOLVED = "resolved"  # closed with an outcome


class OccurrenceState(StrEnum):
    """Where a planned slot stands."""

    PLANNED = "planned"  # a slot in the future, or held with a reason
    WRITTEN = "written"  # its outbox message exists; that row tells the rest
    SKIPPED = "skipped"  # a person skipped it
    DROPPED = "dropped"  # a rule left it out for good, with the reason
    EXPIRED = "expired"  # its window passed unsent


class EnrolmentState(StrEnum):
    """Whether a member takes part in a schedule."""

    ACTIVE = "active"
    PAUSED = "paused"  # by a person; the texts' own pause lives on the member
    ENDED = "ended"  # every slot has been used
    LEFT = "left"  # the member or the family left


S = Outbound
OUTBOUND_MOVES: Mapping[Outbound | None, frozenset[Outbound]] = {
    None: frozenset({S.SCHEDULED}),
    S.SCHEDULED: frozenset({S.SENDING, S.CANCELLED, S.SUPPRESSED, S.EXPIRED}),
    S.SENDING: frozenset({S.ACCEPTED, S.SCHEDULED, S.FAILED, S.UNKNOWN, S.SUPPRESSED}),
    S.UNKNOWN: frozenset({S.ACCEPTED, S.SCHEDULED, S.UNRESOLVED}),
    S.UNRESOLVED: frozenset({S.ACCEPTED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.SENT, S.DELIVERED, S.UNDELIVERED, S.FAILED}),
    S.SENT: frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED}),
    S.UNDELIVERED: frozenset({S.DELIVERED}),  # a late receipt may correct the network's giving up
    S.DELIVERED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
    S.SUPPRESSED: frozenset(),
    S.EXPIRED: frozenset(),
}

C = Consent
CONSENT_MOVES: Mapping[Consent, frozenset[Consent]] = {
    C.NONE: frozenset({C.PENDING, C.ACTIVE, C.STOPPED, C.HOLD}),
    C.PENDING: frozenset({C.ACTIVE, C.STOPPED, C.HOLD}),
    C.ACTIVE: frozenset({C.HOLD, C.STOPPED}),
    C.HOLD: frozenset({C.ACTIVE, C.STOPPED}),
    C.STOPPED: frozenset({C.ACTIVE}),
}

A = AlertState
ALERT_MOVES: Mapping[AlertState, frozenset[AlertState]] = {
    A.RAISED: frozenset({A.NOTIFIED, A.ACKNOWLEDGED, A.RESOLVED}),
    A.NOTIFIED: frozenset({A.ACKNOWLEDGED, A.RESOLVED}),
    A.ACKNOWLEDGED: frozenset({A.RESOLVED, A.NOTIFIED}),  # handed over: it calls again until somebody takes it
    A.RESOLVED: frozenset(),
}

O = OccurrenceState  # noqa: E741  read as a word beside S, C, A in this file only
OCCURRENCE_MOVES: Mapping[OccurrenceState, frozenset[OccurrenceState]] = {
    O.PLANNED: frozenset({O.WRITTEN, O.SKIPPED, O.DROPPED, O.EXPIRED}),
    O.SKIPPED: frozenset({O.PLANNED}),
    O.WRITTEN: frozenset({O.PLANNED}),  # its text was taken back before it left: it is decided anew
    O.DROPPED: frozenset(),
    O.EXPIRED: frozenset(),
}

E = EnrolmentState
ENROLMENT_MOVES: Mapping[EnrolmentState, frozenset[EnrolmentState]] = {
    E.ACTIVE: frozenset({E.PAUSED, E.ENDED, E.LEFT}),
    E.PAUSED: frozenset({E.ACTIVE, E.ENDED, E.LEFT}),
    E.ENDED: frozenset({E.ACTIVE}),
    E.LEFT: frozenset({E.ACTIVE}),
}

FINAL_OUTBOUND = frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED, S.CANCELLED, S.SUPPRESSED, S.EXPIRED})


class NoSuchMove(Exception):
    """A move that the table does not have: a defect in the caller, never the user's doing."""


def may_move(before: Outbound | None, after: Outbound) -> bool:
    """True where the table of outbound moves holds this one."""
    return after in OUTBOUND_MOVES[before]
