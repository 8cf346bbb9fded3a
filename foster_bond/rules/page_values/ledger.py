"""Rules: what a person's page shows: everything this number ever agreed to or stopped, and what may be recorded."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One change of consent."""

    event_id: str
    before: str  # none | pending | active | hold | stopped
    after: str
    when: When
    how: str
    words: str = ""  # exactly as they were written or said; for a recorded consent, the wording of the form
    words_hidden: bool = False  # said in another family that this viewer does not hold
    wording: str = ""  # versions of our own fixed texts
    language: str = ""
    given_on: str = ""  # the day on which a recorded consent was given
    by: str = ""  # the person of the staff who wrote it down
    family_name: str = ""  # named where the number belongs to several families and the viewer holds this one
    evidence: str = "record"  # text | record
    scan_id: str = ""


@dataclass(frozen=True, slots=True)
class OpenHold:
    """An unclear wish that waits for a person."""

    words: str
    said: When
    decide_by: When


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """The question whether they still want the texts."""

    why: str  # silent | number | failing
    asked: When | None  # None: it leaves at the next polite hour
    until: When | None


@dataclass(frozen=True, slots=True)
class ClearanceLine:
    """One thing that must be confirmed before anybody asks this person anything."""

    kind: str  # contact | custody | assent | who_reads
    on: str = ""  # the day it was confirmed for; empty: still to be confirmed
    by: str = ""
    when: When | None = None  # when it was written down
    may_take_back: bool = False


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One person, one number, the whole ledger."""

    member_id: str
    family_id: str
    name: str
    family_name: str
    role: str
    language: str
    number: str
    state: str
    agency: str
    since: When | None = None
    how: str = ""
    wording: str = ""  # what was agreed to last
    rows: tuple[LedgerRow, ...] = ()
    other_homes: int = 0  # further families of this number
    carrier_stopped: bool = False
    not_theirs: bool = False  # somebody who has this phone said so, and it is still this person's number
    hold: OpenHold | None = None
    question: OpenQuestion | None = None
    may_ask: bool = False
    may_record: bool = False
    may_stop: bool = False
    why_not: str = ""  # why nothing can be recorded
    today: str = ""  # the family's own date, for the form
    printed: When | None = None
    form: FormState = NOTHING_TYPED
    stop_form: FormState = NOTHING_TYPED
    clearances: tuple[ClearanceLine, ...] = ()  # empty: their role needs none
