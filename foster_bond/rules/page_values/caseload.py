"""Rules: what the home page shows: one row a family, sorted by need."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import Choice, When
from foster_bond.rules.page_values.opening import DueLine


@dataclass(frozen=True, slots=True)
class Need:
    """Why a family stands where it stands in the list."""

    kind: str  # alert | quiet | hard_day | trouble | new
    words: str  # "Nothing for 11 days; he usually writes twice a week."; may be empty


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One family at a glance."""

    family_id: str
    name: str
    member_names: tuple[str, ...]
    caring_for: str  # "a teen, 14", or empty
    needs: tuple[Need, ...]
    last_words: str  # the newest words, shortened by the step; empty = nothing yet
    last_who: str = ""
    last_when: When | None = None
    last_language: str = "en"
    strip: tuple[bool, ...] = ()  # the last prompts, oldest first: answered or not
    next_when: When | None = None
    next_technique: str = ""
    next_held: str = ""  # why nothing goes out, or what is held
    unread: int = 0
    worker: str = ""  # shown when the reader sees more than their own
    visit: DueLine | None = None  # a visit that should be thought of now


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """What one member of staff carries: counts of families and of what waits, never anybody's words."""

    staff_id: str  # empty: nobody holds these families
    name: str
    families: int
    untaken: int  # open alerts that nobody has taken
    alerts: int  # open alerts, taken ones too
    quiet: int
    hard_days: int
    visits: int  # due today or late
    tasks: int  # open


@dataclass(frozen=True, slots=True)
class CaseloadPage:
    """The families of a caseworker, or of the agency."""

    part_of_day: str  # morning | afternoon | evening
    scope: str  # mine | agency
    total: int
    needing: int  # rows with an alert, a quiet spell, a hard day or trouble with a number
    alerts: int
    quiet: int
    hard_days: int
    unread_families: int
    rows: tuple[FamilyRow, ...]
    sorts: tuple[Choice, ...] = ()  # workers | need | visit | unread | name
    search: str = ""  # what was typed into the search box
    may_import: bool = False  # the empty state may say how families come in
    left_out: int = 0  # families that did not fit on the page: search finds them
    visits: int = 0  # families whose visit is due today or late
    workers: tuple[WorkerRow, ...] = ()  # the view by worker, which shows no family
    worker: str = ""  # whose families alone are shown; empty = all that the reader holds
