"""Rules: what the family page shows: a timeline of moments, and beside it what comes next and who is here."""

from dataclasses import dataclass

from foster_bond.rules.page_values.calendar import DateLine
from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState, When
from foster_bond.rules.page_values.moments import (
    AlertMoment,
    Asked,
    CallMoment,
    CarefulLook,
    ConsentMoment,
    Delivery,
    FixedAnswer,
    HoldMoment,
    Moment,
    MovedHere,
    NoteMoment,
    PairMoment,
    PairSide,
    Part,
    Place,
    PlacementMoment,
    Reader,
    Reflection,
    SaidMoment,
    SentMoment,
    VisitMoment,
    Week,
)
from foster_bond.rules.page_values.opening import Opening
from foster_bond.rules.page_values.writing import Other, Writing
from foster_bond.rules.timeline_filter import EVERYTHING, Filter

__all__ = [
    "AlertMoment",
    "Asked",
    "CallMoment",
    "CarefulLook",
    "ComingUp",
    "ConsentMoment",
    "Delivery",
    "FamilyPage",
    "FixedAnswer",
    "HoldMoment",
    "MemberCard",
    "Moment",
    "MovedHere",
    "NoteMoment",
    "PairMoment",
    "PairSide",
    "Part",
    "Place",
    "PlacementMoment",
    "Reader",
    "Reflection",
    "SaidMoment",
    "SentMoment",
    "VisitMoment",
    "Week",
    "WeekBar",
]


@dataclass(frozen=True, slots=True)
class ComingUp:
    """One planned text."""

    when: When
    member_name: str
    technique: str
    text: str
    held: bool = False
    why: str = ""
    until: When | None = None
    by: str = ""  # who of staff wrote it
    take_back_id: str = ""  # given while the viewer may take it back
    depends: bool = False  # another question may come, by what is answered until then


@dataclass(frozen=True, slots=True)
class MemberCard:
    """One person of the family."""

    member_id: str
    name: str
    role: str  # foster_parent, kin_carer, teen, birth_parent, other
    language: str
    consent: str  # none | pending | active | hold | stopped
    consent_since: When | None = None
    consent_how: str = ""  # text | recorded | import | staff | carrier
    hour: str = ""  # "7 pm", their own hour
    phone_end: str = ""  # the last four digits
    paused_until: When | None = None
    trouble: str = ""  # what is wrong with the number, in a sentence
    facts: tuple[str, ...] = ()  # short clauses: "less often since 4 Nov", "shares a phone with Ben"


@dataclass(frozen=True, slots=True)
class WeekBar:
    """One week of asked and answered."""

    words: str  # "week of 9 November"
    asked: int
    answered: int
    month: str = ""  # set on the first week of a month: "Nov"


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """One family: the answer in a sentence, the timeline, and what stands beside it."""

    family_id: str
    name: str
    member_names: tuple[str, ...]
    caring_for: str  # "a teen", or empty
    since: str  # "nine weeks now", or empty
    local_now: When  # the time where they live
    weeks: tuple[Week, ...]
    coming_up: tuple[ComingUp, ...]
    members: tuple[MemberCard, ...]
    bars: tuple[WeekBar, ...]
    worker: str = ""  # whose family it is
    opening: Opening | None = None  # None: what a poll brings back, which has no head
    pinned: frozenset[str] | None = None  # the moments pinned for the next visit; None: the viewer may not pin
    filters: tuple[Choice, ...] = ()  # by person; empty = no tool bar
    seen: str = ""  # cursor of the newest moment shown; the poll asks for what came after
    earlier: str = ""  # cursor of the next page; empty = this is the beginning
    at_newest: bool = True  # False on an earlier page, which does not poll
    may_note: bool = False
    note_form: FormState = NOTHING_TYPED
    note_key: str = ""  # sent with the form, so that a second press writes nothing twice
    member: str = ""  # whose moments alone are shown; empty = everybody's
    only: Filter = EVERYTHING  # what the timeline is narrowed to
    techniques: tuple[str, ...] = ()  # to choose from
    found: str = ""  # the moment that the address named
    writing: Writing | None = None  # a text to the family in the making
    others: tuple[Other, ...] = ()  # colleagues who have this page open
    dates: tuple[DateLine, ...] = ()  # what is marked on the family's calendar and is not over
    rests: str = ""  # why nothing of ours goes there now; empty where the placement stands
    may_plan: bool = False  # the family is the viewer's own: they may change its texts and its dates
