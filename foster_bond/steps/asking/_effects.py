"""What the asking steps share: what a change does to the coming texts, seen by foreseeing them before and after."""

from collections.abc import Callable
from datetime import datetime, timedelta

from foster_bond.rules.effect_words import Fate, effect_of, effect_words, fates
from foster_bond.steps.asking._previewing import LookAhead
from foster_bond.store import agencies, families
from foster_bond.store.open_store import Store

AHEAD = timedelta(weeks=2)
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
    before = _foreseen(store, agency_id, family_id, now)
    change()
    return effect_words(effect_of(before, _foreseen(store, agency_id, family_id, now)))


def _foreseen(store: Store, agency_id: str, family_id: str | None, now: datetime) -> dict[str, Fate]:
    with store.read() as session:
        agency = agencies.by_id(session, agency_id)
        return fates(LookAhead(session, store, agency, now, now + AHEAD).of(family_id))
