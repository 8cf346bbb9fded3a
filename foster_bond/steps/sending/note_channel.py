"""sender → channels: whether the carrier takes texts, for `/readyz` and the page that says so."""

from collections.abc import Mapping
from datetime import datetime

from foster_bond.store import channels
from foster_bond.store.open_store import Store


def note_texts(store: Store, tally: Mapping[str, int], now: datetime) -> None:
    """Note one run of the sender: a carrier that took one text works, one that left all of them unanswered does not."""
    took = bool(tally.get("accepted"))
    if not took and not (tally.get("unknown") or tally.get("later")):
        return  # nothing was tried, or the carrier answered and refused this one text
    with store.write() as session:
        channels.note(session, channels.TEXT, now, took=took, why=None if took else "The carrier does not answer.")
