"""Rules: what stands around every page, and the few small values that many pages share.

Words that come from a list (a state, a role, a technique) travel as their stored value; the templates say them in
the reader's language. Sentences that only a rule can make (why a text is held) travel as words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class When:
    """A moment as people say it, with the instant behind it."""

    words: str  # "Tue 3 Nov, 7:00 pm in Denver", in the family's zone
    iso: str  # the UTC instant, "2026-11-04T02:00:00Z"; shown on hover and to machines


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to pick from."""

    value: str
    words: str
    chosen: bool = False
    count: int | None = None  # shown behind the words where it helps to choose
    role: str = ""  # of a person who is shown by their reference only
    language: str = ""


@dataclass(frozen=True, slots=True)
class FormState:
    """What was typed and what was wrong with it, so that a form keeps the one and says the other beside the field."""

    values: Mapping[str, str] = field(default_factory=dict)  # field name -> what was typed; never a password
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field name -> plain sentences
    problem: str = ""  # what is wrong with the form as a whole

    @property
    def first_error(self) -> str:
        """The name of the first field with an error, or an empty text; it gets the focus."""
        return next(iter(self.errors), "")


NOTHING_TYPED = FormState()


@dataclass(frozen=True, slots=True)
class NavLink:
    """One place to go; the web hands in only those that this person may enter."""

    room: str  # families, alerts, tasks, unplaced, schedules, prompts, people, delivery, agency, audit, phones
    href: str
    current: bool = False
    count: int = 0  # shown as a number when above zero
    loud: bool = False  # it counts alarms, not what is only to be read
    more: bool = False  # kept in the menu "More"


@dataclass(frozen=True, slots=True)
class AlertBanner:
    """The one loud thing: the oldest open alert that nobody has taken."""

    alert_id: str
    category: str  # the alert's stored category
    family_name: str  # empty when the number belongs to no family
    family_id: str  # empty when the viewer may not open the family, or there is none
    raised: When
    minutes: int  # since it was raised
    next_told: str  # "Tom is told in 3 minutes", or empty
    others: int = 0  # further open alerts that nobody has taken
    may_take: bool = True
    drill: bool = False  # a marked test: nobody is in need


@dataclass(frozen=True, slots=True)
class Flash:
    """One sentence about what was just done."""

    words: str
    kind: str = "done"  # done | problem


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of a page. A signed-out page has no person and no links."""

    person: str = ""  # first name of who is signed in
    role: str = ""  # caseworker | supervisor | lead | admin
    agency: str = ""
    nav: tuple[NavLink, ...] = ()
    pulse_seconds: int | None = None  # since the clock last ticked; None = it never has
    pulse_late: bool = False  # older than the promise (30 s): said in words, not only shown
    simulated: bool = False  # no text leaves this machine
    banner: AlertBanner | None = None
    unwatched: bool = False  # no one of the rota can be reached at this hour
    stopped: tuple[str, ...] = ()  # colleagues whose phone has sent STOP
    mailed: bool = True  # whether mail reaches them instead
    flashes: tuple[Flash, ...] = ()
    language: str = "en"
    live: bool = True  # poll for pulse and banner; off on pages that are read once
