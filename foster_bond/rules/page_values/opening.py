"""Rules: how the family page opens: what was heard since the last visit, what is pinned for the next, what is due."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When
from foster_bond.rules.since_visit import Compared


@dataclass(frozen=True, slots=True)
class Behind:
    """A moment that a sentence rests on. `shown`: it stands on this very page; else `before` leads to its own."""

    moment_id: str
    words: str  # its day, or the number that was given
    when: When
    shown: bool = False
    before: str = ""  # the cursor of the page of the timeline that it stands on


@dataclass(frozen=True, slots=True)
class RatingsLine:
    """The last numbers that a person gave themselves."""

    kind: str  # thermometer | closeness | hard_moments
    last: tuple[Behind, ...]
    usual: int | None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What one person wrote and said since then."""

    name: str
    wrote: tuple[Behind, ...]
    compared: Compared | None
    usual: int | None
    ratings: tuple[RatingsLine, ...]
    hard: tuple[Behind, ...]
    wondered: tuple[Behind, ...]


@dataclass(frozen=True, slots=True)
class PinLine:
    """One moment to open the visit with."""

    behind: Behind
    what: str  # reflection | note | alert
    quote: str  # their words, or the note's; empty where they were taken back
    who: str
    language: str = "en"
    by: str = ""  # who pinned it
    mine: bool = False


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit, planned or made."""

    visit_id: str
    day: str  # "Tue 3 Nov"
    by: str  # who made it, or planned it; empty: nobody who still works here
    mine: bool
    note: str = ""
    days_ago: int = 0
    may_undo: bool = False


@dataclass(frozen=True, slots=True)
class DueLine:
    """A visit that should be thought of now."""

    kind: str  # planned | passed | monthly | overdue | first
    day: str
    today: bool = False


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """Something to do about the family on a day."""

    follow_up_id: str
    words: str
    day: str
    due: bool  # its day has come
    by: str = ""
    family_id: str = ""
    family_name: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was heard from one visit until the next one, or until now."""

    people: tuple[PersonLine, ...]
    asked: int
    answered: int
    last_words: Behind | None


@dataclass(frozen=True, slots=True)
class Opening:
    """The head of a family's page."""

    visit: VisitLine | None  # the last one; None: none is on record, and the last four weeks are read
    reading: Reading
    new: int = 0  # what the viewer has not seen yet
    pins: tuple[PinLine, ...] = ()
    planned: tuple[VisitLine, ...] = ()
    due: DueLine | None = None
    follow_ups: tuple[FollowUpLine, ...] = ()
    may_act: bool = False  # the family is the viewer's own, or their agency's
    today: str = ""  # what the day fields begin with
    visit_form: FormState = NOTHING_TYPED
    plan_form: FormState = NOTHING_TYPED
    follow_form: FormState = NOTHING_TYPED
    key: str = ""  # sent with each form, so that a second press writes nothing twice


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One visit of the history, with what had been heard before it and what it was opened with."""

    visit: VisitLine
    before: VisitLine | None  # the visit before it: what is read begins there
    reading: Reading
    pins: tuple[PinLine, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """The visits to a family: the forms, what is planned, and all that were made, the latest first."""

    family_id: str
    family_name: str
    visits: tuple[PastVisit, ...]
    planned: tuple[VisitLine, ...] = ()
    more: bool = False  # older ones are not shown
    may_act: bool = False
    today: str = ""
    visit_form: FormState = NOTHING_TYPED
    plan_form: FormState = NOTHING_TYPED
    follow_form: FormState = NOTHING_TYPED
    key: str = ""
