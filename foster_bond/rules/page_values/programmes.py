"""Rules: what the programmes pages show: what each is for, what it promises, and its table."""

from dataclasses import dataclass, field

from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState
from foster_bond.rules.page_values.prompt_desk import Signed


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """One programme in the list."""

    programme_id: str
    key: str
    name: str
    kind: str  # ladder | ordered
    intent: str
    dose: str
    reviewed: bool
    questions: int
    schedules: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One question of a week. `when`: before, after, later (a visit); first, second (a shared moment)."""

    roles: tuple[str, ...]
    key: str
    prompt_id: str
    text: str
    technique: str
    level: int
    state: str  # approved | draft | retired | missing
    when: str = ""
    instead: str = ""  # the key of what is asked when it is held
    carers: bool = False  # for both kinds of carer


@dataclass(frozen=True, slots=True)
class Week:
    """One week, or without a number the questions of a programme that has no table."""

    number: int
    cells: tuple[Cell, ...]
    plain: str = ""
    moment: str = ""
    only_if: str = ""


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """One programme. `facts`: what its readers must know, in the order they need it; empty for one without any."""

    programme_id: str
    key: str
    name: str
    kind: str
    version: int
    shipped: bool
    roles: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]  # intent, dose, timing, gates, held, limits, evidence
    weeks: tuple[Week, ...]
    schedules: tuple[Choice, ...] = ()
    review: Signed | None = None
    may_start: bool = False
    language: str = "en"
    today: str = ""
    form: FormState = field(default=NOTHING_TYPED)


@dataclass(frozen=True, slots=True)
class ProgrammesPage:
    """Every programme of the agency."""

    rows: tuple[ProgrammeRow, ...]
    may_write: bool = False
