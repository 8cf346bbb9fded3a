"""Rules: what the agency's consent page shows: the words of an opt-in with their versions, and lists of opt-outs."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState


@dataclass(frozen=True, slots=True)
class WordingRow:
    """One fixed text of an opt-in in one language."""

    version: str  # "W0 3f2a91c0", as the ledger names it
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list would do, before anything is done."""

    content: str
    stopped: int
    before: int
    unknown: int


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """How people agree, and who has stopped."""

    wording: tuple[WordingRow, ...]
    stopped: int
    preview: Preview | None = None
    problems: tuple[str, ...] = ()
    form: FormState = NOTHING_TYPED
