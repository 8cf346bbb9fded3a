"""sender → channels: whether the carrier takes texts, for `/readyz` and the page that says so."""

from collections.abc import Mapping
from datetime import datetime

from foster_bond.store import channels
from foster_bond.store.open_store import Store


def note_texts(store: Store, tally: Mapping[str, int], now: datetime) -> None:
    """Note one run of the sender: a carrier that took one text works, one that left all of them unanswered does not."""
    took = bool(tally.get("accepted"))
    silent = tally.get("unknown", 0) + tally.get("later", 0) - tally.get("not_the_carrier", 0)
    if not took and silent < 1:
        return  # nothing was tried, the carrier answered and refused this one text, or the fault was our own
    with store.write() as session:
        channels.note(session, channels.TEXT, now, took=took, why=None if took else "The carrier does not answer.")
