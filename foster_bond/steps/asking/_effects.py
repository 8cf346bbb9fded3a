"""What the asking steps share: what a change does to the coming texts, seen by foreseeing them before and after."""

from collections.abc import Callable
from datetime import datetime

from foster_bond.rules.effect_words import effect_of, effect_words, fates
from foster_bond.steps.asking.preview_schedule import preview
from foster_bond.store import families
from foster_bond.store.open_store import Store

WEEKS = 2
MOST_FAMILIES = 300  # a larger agency's weeks take longer to foresee than anybody waits for a form
TOO_MANY = "It holds for every text from the next one on."


def with_effect(
    store: Store, *, agency_id: str, family_id: str | None, now: datetime, change: Callable[[], object]
) -> str:
    """Make the change and say what it did to the texts of the next two weeks, of one family or of the agency."""
    if family_id is None:
        with store.read() as session:
            many = families.open_count(session, agency_id) > MOST_FAMILIES
        if many:
            change()
            return TOO_MANY
    before = fates(preview(store, agency_id=agency_id, family_ref=family_id, weeks=WEEKS, now=now))
    change()
    after = fates(preview(store, agency_id=agency_id, family_ref=family_id, weeks=WEEKS, now=now))
    return effect_words(effect_of(before, after))
