"""Store: what a number sent a moment ago, which the next text may go on from."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from foster_bond.store.inbound import InboundText, said
from foster_bond.store.sealing import Vault

MOST = 4


def said_lately(session: Session, vault: Vault, agency_id: str, bidx: str, since: datetime) -> list[str]:
    """The last few texts of one number since then, the oldest first; taps on our own words left out."""
    query = select(InboundText).where(
        col(InboundText.agency_id) == agency_id, col(InboundText.from_bidx) == bidx,
        col(InboundText.received_at) > since, col(InboundText.kind) != "reaction",
    )  # fmt: skip
    newest = query.order_by(col(InboundText.received_at).desc(), col(InboundText.id).desc()).limit(MOST)
    return [said(session, vault, text) for text in reversed(list(session.execute(newest).scalars()))]
