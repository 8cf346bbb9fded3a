"""Rules: what the practice page shows: where each person stands on the ladder, what holds it, and who decided what."""

from dataclasses import dataclass

from foster_bond.rules.ladder_view import Room
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When


@dataclass(frozen=True, slots=True)
class RungLine:
    """One rung for one person."""

    level: int
    technique: str
    whys: tuple[str, ...]  # what holds its prompts; empty: they may go out
    here: bool = False  # the highest that is open


@dataclass(frozen=True, slots=True)
class NextPrompt:
    """What goes out next to a person, as it looks now."""

    when: When
    text: str
    language: str
    technique: str
    level: int
    held: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """A worker's choice for somebody's next prompt."""

    override_id: str
    member_name: str
    text: str
    language: str
    technique: str
    level: int
    instead: str  # the technique of what the rules would have chosen; empty: they had chosen nothing
    passes: tuple[str, ...]
    reason: str
    by: str
    when: When
    end: str = ""  # used | taken_back | fell; empty: it stands
    ended: When | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class PromptOption:
    """A prompt that may be chosen."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """The prompts of one rung."""

    level: int
    technique: str
    options: tuple[PromptOption, ...]


@dataclass(frozen=True, slots=True)
class PersonOnLadder:
    """One person of the family."""

    member_id: str
    name: str
    role: str
    technique: str  # of the highest rung that is open to them now; empty: an alert holds them all
    rungs: tuple[RungLine, ...]  # the highest first
    next: NextPrompt | None
    standing: OverrideLine | None
    groups: tuple[OptionGroup, ...]
    room: Room  # for challenging, among the prompts of the next four weeks
    form: FormState = NOTHING_TYPED


@dataclass(frozen=True, slots=True)
class SwitchLine:
    """Relationship prompts were switched on or off."""

    is_on: bool
    by: str
    when: When
    reason: str


@dataclass(frozen=True, slots=True)
class PracticePage:
    """The ladder of one family."""

    family_id: str
    name: str
    people: tuple[PersonOnLadder, ...]
    switches: tuple[SwitchLine, ...]  # the newest first
    past: tuple[OverrideLine, ...]
    form: FormState = NOTHING_TYPED
    closed: bool = False  # the placement is over: nobody is asked anything

    @property
    def is_on(self) -> bool:
        """Whether relationship prompts are switched on."""
        return bool(self.switches) and self.switches[0].is_on
