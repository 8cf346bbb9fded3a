"""Rules: what the numbers page and the duties page show."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number that our texts name."""

    name: str
    what: str
    number: str  # as our texts say it; empty: not set, and in no text
    ours: str = ""  # what we ship, where it is a public line
    own: bool = False  # the agency's own value stands in its place
    texts: int = 0  # how many fixed texts say it
    duties: bool = False  # staff read it beside an alert
    checked: When | None = None  # None: never, or not since it was changed
    checked_by: str = ""
    due: bool = False
    form: FormState = NOTHING_TYPED


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """Every number that a text of ours names, and when somebody called it."""

    lines: tuple[NumberRow, ...]  # the agency's own
    public: tuple[NumberRow, ...]
    due: int
    may_check: bool
    may_change: bool


@dataclass(frozen=True, slots=True)
class DutyRow:
    """What staff have to do about one kind of alert."""

    category: str
    words: str
    ours: bool  # nobody here has written other words


@dataclass(frozen=True, slots=True)
class DutiesPage:
    """The words that stand beside an alert."""

    rows: tuple[DutyRow, ...]
    may_change: bool
    longest: int
    form: FormState = NOTHING_TYPED
