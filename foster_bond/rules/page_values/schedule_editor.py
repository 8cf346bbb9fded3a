"""Rules: what the schedule editor shows: the sentence to fill in, the plan beside it, and what saving would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState, When
from foster_bond.rules.page_values.schedules import PlanSlot


@dataclass(frozen=True, slots=True)
class MarkedVisit:
    """A family visit on somebody's calendar. `asked`: whether this schedule asks about it."""

    day: str
    cancelled: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class PlanOf:
    """What one person will get. `picked` empty: there is nobody to show it for.

    `why_none`: why nothing comes: not_asked · later (on `next_day`) · over · done · no_visit.
    `visits`: where it follows the family's visits, those that are marked in the coming weeks; else None.
    """

    picked: str = ""
    slots: tuple[PlanSlot, ...] = ()
    parts: int = 0
    cost: str = ""  # in the agency's currency; empty where the agency has not said what a segment costs
    why_none: str = ""
    next_day: str = ""
    visits: tuple[MarkedVisit, ...] | None = None
    problems: tuple[str, ...] = ()  # what is off in the sentence, so that nothing can be shown


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One text that saving would move, add or cancel; one of the two moments may be missing."""

    kind: str  # moved | added | cancelled
    who: str
    before: When | None
    after: When | None
    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class DryRun:
    """What saving would do, before anything changes. `rows` are the first of them, `more` how many are not shown."""

    moved: int
    families: int
    added: int
    cancelled: int
    weeks: int
    rows: tuple[ChangeRow, ...] = ()
    more: int = 0
    digest: str = ""
    notes: tuple[str, ...] = ()
    unapproved: tuple[str, ...] = ()
    people: int = 0
    ends: bool = False  # it is about ending the schedule, not about saving words


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a schedule that was kept."""

    number: int
    when: When
    by: str  # empty: whoever runs the command


@dataclass(frozen=True, slots=True)
class Editor:
    """One schedule as a sentence to fill in. `schedule_id` empty: a new one. `words` say each pick of the sentence."""

    schedule_id: str
    name: str
    state: str  # new | draft | active | paused | ended
    version: int
    since: When | None
    people: int
    families: int
    mark: str
    words: Mapping[str, str]
    programmes: tuple[Choice, ...]
    questions: tuple[Choice, ...]
    roles: tuple[str, ...]
    members: tuple[Choice, ...]
    picked_id: str = ""
    form: FormState = NOTHING_TYPED
    plan: PlanOf = field(default_factory=PlanOf)
    dry: DryRun | None = None
    draft_when: When | None = None
    draft_by: str = ""
    draft_shown: bool = False
    versions: tuple[VersionRow, ...] = ()
    week_cap: int = 0

    @property
    def next_version(self) -> int:
        """The number that saving would give it."""
        return self.version if self.state in ("new", "draft") else self.version + 1
