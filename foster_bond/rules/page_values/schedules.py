"""Rules: what the schedules pages show: the rhythm in a sentence, and what one person will get from it."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import Choice, When


@dataclass(frozen=True, slots=True)
class SentencePiece:
    """A piece of the sentence that says a schedule; `pick` marks what could be chosen otherwise."""

    words: str
    pick: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One schedule in the list."""

    schedule_id: str
    name: str
    sentence: tuple[SentencePiece, ...]
    state: str  # active | draft | paused | ended
    people: int
    families: int
    next_due: When | None = None
    version: int = 1
    draft_waits: bool = False  # somebody typed or loaded what nobody has put in force yet


@dataclass(frozen=True, slots=True)
class SchedulesPage:
    """All rhythms of the agency."""

    rows: tuple[ScheduleRow, ...]
    may_edit: bool = False


@dataclass(frozen=True, slots=True)
class PlanSlot:
    """One planned text."""

    when: When
    text: str
    technique: str
    level: int
    language: str = "en"
    note: str = ""  # why this one: "Support: her last rating was 2"
    outcome: str = "planned"  # planned | held | moved | dropped | expired | sent
    why: str = ""  # why it is held, moved or dropped
    parts: int | None = 1  # segments; None = nothing goes out
    until: When | None = None  # the last of several in a row on which there is nothing to ask
    times: int = 1


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One schedule, and its plan for one person."""

    schedule_id: str
    name: str
    sentence: tuple[SentencePiece, ...]
    state: str
    people: int
    families: int
    version: int
    since: When | None
    members: tuple[Choice, ...]  # whom to show the plan of, "Grace Okafor"
    picked: str  # the words of the chosen member; empty = nobody is enrolled
    slots: tuple[PlanSlot, ...]
    week_cap: int = 0  # texts a person and week, all schedules together; 0 = not said
    month_texts: int | None = None  # about so many texts a month
    month_parts: int | None = None
