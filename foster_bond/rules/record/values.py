"""Rules of the record: everything that happened with one family, told once, before any file is made of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EntryKind(StrEnum):
    """What one line of the record tells."""

    TEXT_OUT = "text_out"
    TEXT_IN = "text_in"
    NOT_SENT = "not_sent"  # a planned text that did not leave, and why
    CONSENT = "consent"
    ALERT = "alert"
    CALL = "call"
    NOTE = "note"
    PLACEMENT = "placement"
    DEPARTURE = "departure"
    HAND_OVER = "hand_over"
    VIEWED = "viewed"
    EXPORTED = "exported"


class Kept(StrEnum):
    """Why the words of an entry are not in the file."""

    REMOVED = "removed"  # the family took them back
    TEEN = "teen"  # a teen wrote them, who was not named for this file
    ERASED = "erased"  # their key is gone


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a text's log."""

    state: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record. Instants are aware UTC."""

    id: str
    kind: EntryKind
    at: datetime
    words: str = ""
    kept_back: Kept | None = None
    language: str = ""
    by: str = ""  # the member of staff, "the clock" or "the operator"
    what: str = ""  # which sort of text, keyword, alert, placement event or act
    prompt_id: str = ""
    technique: str = ""
    level: int | None = None
    asked: str = ""  # the prompt that a reply answers, as it was sent
    asked_at: datetime | None = None
    guess: bool = False  # the prompt asked them to imagine another mind
    rating: int | None = None
    marks: tuple[str, ...] = ()  # late, recovered, moved by a person, with a picture ...
    state: str = ""  # where a text, an alert or a consent came to stand
    state_before: str = ""
    state_at: datetime | None = None
    why: str = ""
    parts: int | None = None  # segments of a text out
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One member and their own lines, the oldest first."""

    id: str
    ref: str
    name: str
    role: str
    language: str
    phone_end: str
    consent: str
    consent_since: datetime | None
    left_at: datetime | None
    words_in: bool  # False: a teen who was not named; their own words are kept back
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One family's record as it stood at `made_at`."""

    agency: str
    family_id: str
    family_ref: str
    family_name: str
    zone: str
    worker: str
    opened_at: datetime
    closed_at: datetime | None
    made_at: datetime
    made_by: str
    language: str  # of the file's own words: "en", "es"
    people: tuple[Person, ...]
    household: tuple[tuple[str, str], ...] = ()  # everybody's name and reference, also where few were asked for
    family: tuple[Entry, ...] = ()  # what is about the family and nobody in particular
    seen: tuple[Entry, ...] = ()  # who opened it and what was taken out
    whole: bool = True  # False: one or several members were asked for
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a worker chose for the summary, with the prompt beside them."""

    who: str
    said_at: datetime
    words: str
    asked: str = ""  # empty: nobody asked
    asked_at: datetime | None = None
    guess: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Summary:
    """The page for a court or a visit: chosen quotes and nothing that judges them."""

    agency: str
    family_ref: str
    family_name: str
    zone: str
    made_at: datetime
    made_by: str
    language: str
    purpose: str  # "court" | "visit"
    since: datetime | None
    until: datetime | None
    quotes: tuple[Quote, ...] = field(default=())
    note: str = ""  # what the worker wrote above them
    redacted: bool = False
