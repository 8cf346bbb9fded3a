"""Store → the agency's consent page: the words of an opt-in, and how many numbers have stopped."""

from foster_bond.errors import NotAllowed
from foster_bond.library import system_texts
from foster_bond.rules.access import Viewer
from foster_bond.rules.consent_wording import OPT_IN, version_of
from foster_bond.rules.message_text import system_text_id
from foster_bond.rules.page_values.opt_outs import ConsentPage, Preview, WordingRow
from foster_bond.store import agencies, consents
from foster_bond.store.open_store import Store


def read_opt_outs_page(
    store: Store, viewer: Viewer, *, preview: Preview | None = None, problems: tuple[str, ...] = ()
) -> ConsentPage:
    """The page for admins and programme leads. Raises: NotAllowed."""
    if not viewer.runs_schedules:
        raise NotAllowed("opt-outs")
    with store.read() as session:
        country = agencies.by_id(session, viewer.agency_id).country
        stopped = len(consents.stopped_of(session, viewer.agency_id))
    wording = tuple(
        WordingRow(version_of(name, country), language, words)
        for name in OPT_IN
        for language, words in sorted(system_texts()[system_text_id(name, country=country)].texts.items())
    )
    return ConsentPage(wording=wording, stopped=stopped, preview=preview, problems=problems)
