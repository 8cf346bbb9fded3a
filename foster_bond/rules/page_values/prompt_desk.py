"""Rules: what the prompt desk shows: one prompt with its words, its versions, and what is being typed."""

from dataclasses import dataclass, field

from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState, When
from foster_bond.rules.page_values.prompts import PromptCard
from foster_bond.rules.prompt_lints import Finding


@dataclass(frozen=True, slots=True)
class TextLook:
    """One text as a phone and a bill would see it. `pieces`: the text cut at signs that force UCS-2."""

    language: str
    text: str  # with plain signs, as it would be kept
    shown: str  # with a child word in it, as it stands on a phone
    encoding: str = "GSM-7"
    units: int = 0
    room: int = 160  # units of the parts it takes
    parts: int = 1
    signs: tuple[str, ...] = ()  # that force UCS-2
    pieces: tuple[tuple[str, bool], ...] = ()
    changes: tuple[str, ...] = ()  # which signs were made plain
    problems: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    cost: str = ""  # of one sending; empty where the agency has not said what a segment costs


@dataclass(frozen=True, slots=True)
class Looks:
    """Every language of what is typed or kept, and whether something stands open in it."""

    texts: tuple[TextLook, ...]
    reason: str = ""
    sender: str = ""  # the name on the phone

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(one for text in self.texts for one in text.findings)


@dataclass(frozen=True, slots=True)
class Signed:
    """A clinician's signature under a version, and who wrote it down."""

    name: str
    credential: str
    on: str
    written_by: str = ""
    written: When | None = None


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version: `state` is waits, holds or held; `changes` what differs from the one before, by language."""

    number: int
    state: str
    made: When
    by: str  # empty: the shipped library, or whoever runs the command
    signed: Signed | None = None
    reason: str = ""
    changes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    altered: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()  # technique, target, reply, roles: was, is


@dataclass(frozen=True, slots=True)
class Used:
    """A programme that asks the prompt, or falls back on it, and the schedules that ask from it now."""

    programme_id: str
    name: str
    instead: bool = False  # only in place of a prompt that is held
    alone: bool = False  # the programme asks nothing else
    schedules: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptDeskPage:
    """One prompt. `mark` is what a form must bring back; `waiting` are newer words without a signature."""

    card: PromptCard
    state: str  # draft | approved | retired
    source: str  # library | pack | desk
    looks: Looks
    mark: str
    may_write: bool
    signed: Signed | None = None
    waiting: VersionShown | None = None
    waiting_looks: Looks | None = None
    versions: tuple[VersionShown, ...] = ()
    used: tuple[Used, ...] = ()
    flow: str = ""  # the guided activity it is a step of
    pair: str = ""  # the pair it is a side of
    thermometer: bool = False  # the ladder knows its answers as the own rating of a week
    fixed: bool = False  # the service says the shipped words as an answer of its own, too
    written: int = 0  # texts of it that are written and have not left
    retired: When | None = None
    retired_by: str = ""
    today: str = ""
    form: FormState = NOTHING_TYPED


@dataclass(frozen=True, slots=True)
class PromptEditor:
    """A prompt to fill in. `prompt_id` empty: a new one, whose form brings `mark` as its id."""

    prompt_id: str
    key: str
    mark: str
    next_version: int
    looks: Looks
    techniques: tuple[str, ...]
    targets: tuple[str, ...]
    replies: tuple[str, ...]
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    in_force: bool = False  # families get an approved version meanwhile
    form: FormState = field(default=NOTHING_TYPED)
