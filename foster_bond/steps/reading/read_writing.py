"""Store → family page, its small live parts: what a text costs as it is typed, and which colleagues are here."""

from datetime import datetime, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.writing import Cost, Other
from foster_bond.steps.reading._writing import LOOKING, cost_of, others_of
from foster_bond.store import agencies, looks, opened, staff
from foster_bond.store.open_store import Store

BEAT = timedelta(seconds=12)  # somebody's being here is written down at most this often


def weigh_reply(store: Store, viewer: Viewer, words: str) -> Cost | None:
    """What these words cost as a text; None for none."""
    with store.read() as session:
        return cost_of(words, agencies.by_id(session, viewer.agency_id))


def read_others(store: Store, viewer: Viewer, family_id: str, now: datetime) -> tuple[Other, ...]:
    """Colleagues who have the family's page open, and that this viewer has, too: both learn it. Raises: NotYours."""
    with store.read() as session:
        family = opened.opened(session, viewer, family_id)
        own = looks.of_person(session, viewer.agency_id, viewer.staff_id, family.id)
        rows = looks.others_here(session, viewer.agency_id, viewer.staff_id, family.id, now - LOOKING)
        names = {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)} if rows else {}
        found = others_of(rows, names, now)
    if own is not None and (own.here_at is None or now - own.here_at >= BEAT):
        with store.write() as session:
            looks.is_here(session, viewer.agency_id, viewer.staff_id, family.id, now)
    return found
