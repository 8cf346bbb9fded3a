"""Rules: what a search shows: words that were found, each with its day and the moment that it stands in."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import When
from foster_bond.rules.word_search import Piece


@dataclass(frozen=True, slots=True)
class Hit:
    """One text, note or visit with the words in it."""

    family_id: str
    family_name: str
    moment_id: str
    kind: str  # said | written (by staff to the family) | note | visit
    who: str
    pieces: tuple[Piece, ...]
    when: When


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of a search."""

    words: str
    hits: tuple[Hit, ...] = ()
    asked: bool = False  # something was looked for
    family_id: str = ""  # in this family alone; empty: in all that the viewer holds
    family_name: str = ""
    families: int = 0
    further: str = ""  # the cursor of what lies further back
    until: When | None = None  # how far back was looked
