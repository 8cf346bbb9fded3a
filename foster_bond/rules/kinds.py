"""Rules of the river: the kinds of text that we send, and what each may do (design.md section 5, the gate)."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Why a text leaves."""

    PROMPT = "prompt"  # a reflection prompt of a schedule
    NUDGE = "nudge"  # its one reminder
    AGAIN = "again"  # a person chose "send again" after an unresolved send
    FLOW_STEP = "flow_step"  # the next step of a guided activity, after an answer
    CONSENT_ASK = "consent_ask"  # W0, once ever per number
    WELCOME = "welcome"  # W1 and W2
    KEYWORD_REPLY = "keyword_reply"  # the fixed answer to STOP, START, HELP, BASE ...
    ACK = "ack"  # "we got your note", once per reflection
    CRISIS_REPLY = "crisis_reply"  # the fixed answer to a cry for help, once per open alert
    STAFF_REPLY = "staff_reply"  # a caseworker writes
    STAFF_ALERT = "staff_alert"  # to staff, never to a family


@dataclass(frozen=True, slots=True)
class Manners:
    """What one kind needs: `consent` active or not, `polite` hours or not, whether it uses the caps, and its rank."""

    consent: bool
    polite: bool
    caps: bool
    rank: int  # 0 leaves first


MANNERS = {
    Kind.PROMPT: Manners(consent=True, polite=True, caps=True, rank=6),
    Kind.NUDGE: Manners(consent=True, polite=True, caps=True, rank=8),
    Kind.AGAIN: Manners(consent=True, polite=True, caps=True, rank=6),
    Kind.FLOW_STEP: Manners(consent=True, polite=True, caps=False, rank=4),
    Kind.CONSENT_ASK: Manners(consent=False, polite=True, caps=False, rank=5),
    Kind.WELCOME: Manners(consent=True, polite=True, caps=False, rank=3),
    Kind.KEYWORD_REPLY: Manners(consent=False, polite=False, caps=False, rank=2),
    Kind.ACK: Manners(consent=True, polite=True, caps=False, rank=7),
    Kind.CRISIS_REPLY: Manners(consent=False, polite=False, caps=False, rank=1),
    Kind.STAFF_REPLY: Manners(consent=True, polite=True, caps=False, rank=5),
    Kind.STAFF_ALERT: Manners(consent=False, polite=False, caps=False, rank=0),
}

# Fixed texts that leave as a NUDGE without a question of their own: consent, polite hours and the weekly cap hold.
NOTES = frozenset({"N1", "N2"})

# The closing note and aftercare: the last texts of a placement, which leave when it is over and they alone.
FAREWELLS = frozenset({"N3", "N4"})

# One at a time per recipient in sending/unknown, so that a look-up at the carrier is unambiguous.
PROMPT_LIKE = frozenset({Kind.PROMPT, Kind.NUDGE, Kind.AGAIN, Kind.FLOW_STEP})
