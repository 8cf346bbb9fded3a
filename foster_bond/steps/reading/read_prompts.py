"""Store → prompts page: what may be asked, by technique, in every language it has."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from foster_bond.library import LANGUAGES, TECHNIQUES
from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.prompts import PromptCard, PromptGroup, PromptsPage, PromptText
from foster_bond.rules.segments import measure
from foster_bond.rules.spoken_time import when
from foster_bond.store import agencies, prompt_facts, prompts, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Store
from foster_bond.store.prompts import Prompt, PromptState

RELATIONSHIP = 5
YEAR = timedelta(days=365)
_OFF = {
    PromptState.DRAFT.value: "It waits for approval.",
    PromptState.RETIRED.value: "It has been retired.",
}
SWITCHED = "Relationship patterns are switched on family by family, by a named worker."


def read_prompts(store: Store, viewer: Viewer, now: datetime) -> PromptsPage:
    """The prompts of the viewer's agency, easier ones first within each technique."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        rows = prompts.prompts_of(session, agency.id)
        asked = prompt_facts.asked(session, agency.id, now - YEAR)
        answered = prompt_facts.answered(session, agency.id, now - YEAR)
        used = prompt_facts.used_in(session, agency.id)
        names = {one.id: one.name for one in staff.of_agency(session, agency.id)}
    cards = [
        _card(row, viewer, agency, names, asked.get(key, 0), answered.get(key, 0), used.get(key, ()), now)
        for key, row in rows.items()
    ]
    cards.sort(key=lambda card: (card.level, len(card.key), card.key))
    techniques = [*TECHNIQUES, *sorted({card.technique for card in cards} - set(TECHNIQUES))]
    groups = [PromptGroup(one, tuple(card for card in cards if card.technique == one)) for one in techniques]
    return PromptsPage(
        groups=tuple(group for group in groups if group.prompts),
        total=len(cards),
        on=sum(card.on for card in cards),
        languages=LANGUAGES,
    )


def _card(
    row: Prompt, viewer: Viewer, agency: Agency, names: Mapping[str, str], asked: int, answered: int,
    used: tuple[str, ...], now: datetime,
) -> PromptCard:  # fmt: skip
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
    size = measure(words)
    return PromptText(language=language, text=words, parts=size.parts, septets=size.units)
