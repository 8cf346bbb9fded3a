"""Store → prompts page: what may be asked, by technique, in every language it has."""

from dataclasses import replace
from datetime import datetime

from foster_bond.library import LANGUAGES, TECHNIQUES
from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.prompts import PromptGroup, PromptsPage
from foster_bond.steps.reading._prompt_cards import YEAR, card_of
from foster_bond.store import agencies, prompt_facts, prompts, staff
from foster_bond.store import prompt_versions as versions
from foster_bond.store.open_store import Store


def read_prompts(store: Store, viewer: Viewer, now: datetime) -> PromptsPage:
    """The prompts of the viewer's agency, easier ones first within each technique."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        rows = prompts.prompts_of(session, agency.id)
        asked = prompt_facts.asked(session, agency.id, now - YEAR)
        answered = prompt_facts.answered(session, agency.id, now - YEAR)
        used = prompt_facts.used_in(session, agency.id)
        waits = versions.waiting(session, agency.id)
        names = {one.id: one.name for one in staff.of_agency(session, agency.id)}
    cards = [
        replace(
            card_of(row, viewer, agency, names, asked.get(key, 0), answered.get(key, 0), used.get(key, ()), now),
            waits=row.id in waits,
        )
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
        may_write=viewer.runs_schedules,
    )
