"""What the reading steps share: one prompt as a card, with why it is off."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from foster_bond.library import LANGUAGES
from foster_bond.rules.access import Viewer
from foster_bond.rules.message_text import child_word
from foster_bond.rules.page_values.prompts import PromptCard, PromptText
from foster_bond.rules.segments import measure
from foster_bond.rules.spoken_time import when
from foster_bond.store.agencies import Agency
from foster_bond.store.prompts import Prompt, PromptState

RELATIONSHIP = 5
YEAR = timedelta(days=365)
_OFF = {
    PromptState.DRAFT.value: "It waits for a clinician's signature.",
    PromptState.RETIRED.value: "It has been retired.",
}
SWITCHED = "Relationship patterns are switched on family by family, by a named worker."


def card_of(
    row: Prompt, viewer: Viewer, agency: Agency, names: Mapping[str, str], asked: int, answered: int,
    used: tuple[str, ...], now: datetime,
) -> PromptCard:  # fmt: skip
    """The prompt as the list of prompts shows it."""
    why = _OFF.get(row.state, SWITCHED if row.level >= RELATIONSHIP else "")
    return PromptCard(
        prompt_id=row.id,
        key=row.key,
        technique=row.technique,
        level=row.level,
        target=row.target,
        reply=row.reply,
        roles=tuple(row.roles),
        texts=tuple(_text(language, row.texts[language]) for language in LANGUAGES if language in row.texts),
        version=row.version,
        on=not why,
        off_why=why,
        approved_by=names.get(row.approved_by or "", ""),
        approved_at=(
            None
            if row.approved_at is None
            else when(row.approved_at, agency.zone, language=viewer.language, place=False, now=now)
        ),
        asked=asked,
        answered=min(answered, asked),
        used_in=used,
    )


def _text(language: str, words: str) -> PromptText:
    shown = child_word(words, language)
    size = measure(shown)
    return PromptText(language=language, text=shown, parts=size.parts, septets=size.units)
