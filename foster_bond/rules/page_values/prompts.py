"""Rules: what the prompts page shows: the library, by technique, in both languages."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import When


@dataclass(frozen=True, slots=True)
class PromptText:
    """The text in one language."""

    language: str
    text: str
    parts: int
    septets: int


@dataclass(frozen=True, slots=True)
class PromptCard:
    """One prompt of the library."""

    prompt_id: str
    key: str  # "C1"
    technique: str
    level: int  # 0..5
    target: str  # self, child, moment …
    reply: str  # text, word, 1-5 …
    roles: tuple[str, ...]  # for whom
    texts: tuple[PromptText, ...]
    version: int = 1
    on: bool = True
    off_why: str = ""
    approved_by: str = ""
    approved_at: When | None = None
    asked: int = 0
    answered: int = 0
    used_in: tuple[str, ...] = ()  # names of the programmes that ask it
    waits: bool = False  # newer words wait beside it for a signature


@dataclass(frozen=True, slots=True)
class PromptGroup:
    """The prompts of one technique."""

    technique: str
    prompts: tuple[PromptCard, ...]


@dataclass(frozen=True, slots=True)
class PromptsPage:
    """What may be asked."""

    groups: tuple[PromptGroup, ...]
    total: int
    on: int
    languages: tuple[str, ...]
    may_write: bool = False
