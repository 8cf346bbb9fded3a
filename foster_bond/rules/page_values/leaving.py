"""Rules: what the pages about leaving, the record and hand-overs show."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState, When


@dataclass(frozen=True, slots=True)
class DepartureLine:
    """What has stopped, and what staff decided."""

    departure_id: str
    who: str  # empty: the whole placement
    why: str  # ended | moved | left | of_age
    when: When
    by: str
    decided: bool
    closing_note: bool
    aftercare: bool
    said: tuple[tuple[str, When | None], ...] = ()  # the notes that are written, by name, with when each left
    whom: tuple[str, ...] = ()  # who would get the closing note
    going_on: tuple[str, ...] = ()  # whose texts go on in another placement, so that none goes to them


@dataclass(frozen=True, slots=True)
class LeavingMember:
    """One person who is still texted."""

    member_id: str
    name: str
    role: str
    teen: bool
    turns_18: str  # 2027-04, or empty


@dataclass(frozen=True, slots=True)
class LeavingPage:
    """Who has left a family or which placement is over, and who may leave."""

    family_id: str
    name: str
    closed: bool
    departures: tuple[DepartureLine, ...]
    members: tuple[LeavingMember, ...]
    has_phone: bool  # the office line that both notes name
    form: FormState = NOTHING_TYPED


@dataclass(frozen=True, slots=True)
class TakenOut:
    """One file that left."""

    when: When
    by: str
    kind: str
    format: str
    whose: tuple[str, ...]
    redacted: bool
    digest: str


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One reply that may be quoted."""

    reflection_id: str
    who: str
    when: When
    words: str
    asked: str
    guess: bool
    language: str
    teen: bool


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What may be taken out of the house, and what was."""

    family_id: str
    name: str
    members: tuple[Choice, ...]  # by reference; `chosen` marks a teen
    taken: tuple[TakenOut, ...]
    form: FormState = NOTHING_TYPED


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """The replies of a stretch of days, to choose quotes from."""

    family_id: str
    name: str
    since: str
    until: str
    people: tuple[Choice, ...]
    quotes: tuple[QuoteLine, ...]
    form: FormState = NOTHING_TYPED


@dataclass(frozen=True, slots=True)
class FamilyToHand:
    """A family that may be handed over."""

    family_id: str
    name: str
    members: tuple[str, ...]
    unread: int
    open_items: int


@dataclass(frozen=True, slots=True)
class CoverLine:
    """Somebody stands in for somebody."""

    cover_id: str
    worker: str
    cover: str
    days: str
    now: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class HandOverPage:
    """Whose families may go to whom, and who stands in."""

    of: str  # the worker whose families are listed; empty: of nobody
    workers: tuple[Choice, ...]  # whose families may be shown; one: only their own
    families: tuple[FamilyToHand, ...]
    colleagues: tuple[Choice, ...]
    covers: tuple[CoverLine, ...]
    tells: bool
    may_set: bool
    may_arrange: bool
    form: FormState = NOTHING_TYPED
    cover_form: FormState = NOTHING_TYPED


@dataclass(frozen=True, slots=True)
class SheetFamily:
    """One family on the sheet for whoever takes over."""

    name: str
    zone_now: When
    members: tuple[tuple[str, str, str, str], ...]  # name, role, language, consent
    last: tuple[QuoteLine, ...]
    open: tuple[tuple[str, str], ...]  # alert or look and its category, task and why
    notes: tuple[tuple[str, When, str], ...]  # author, when, words
    rests: str
    before: tuple[tuple[str, When], ...]  # whose it was, until when


@dataclass(frozen=True, slots=True)
class SheetPage:
    """One page a family, to print and to put into somebody's hand."""

    worker: str
    made: When
    families: tuple[SheetFamily, ...]
