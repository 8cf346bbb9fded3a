"""Store: what a number sent a moment ago, which the next text may go on from."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from foster_bond.store.inbound import InboundText
from foster_bond.store.prepared import Prepared
from foster_bond.store.sealing import Place, Vault

MOST = 4
_LATELY = Prepared(
    select(col(InboundText.id), col(InboundText.body))
    .where(
        col(InboundText.agency_id) == bindparam("agency"), col(InboundText.from_bidx) == bindparam("number"),
        col(InboundText.received_at) > bindparam("since"), col(InboundText.kind) != "reaction",
    )
    .order_by(col(InboundText.received_at).desc(), col(InboundText.id).desc())
    .limit(MOST)
)  # fmt: skip


def said_lately(session: Session, vault: Vault, agency_id: str, bidx: str, since: datetime) -> list[str]:
    """The last few texts of one number since then, the oldest first; taps on our own words left out."""
    newest = _LATELY.rows(session, {"agency": agency_id, "number": bidx, "since": since})
    return [vault.open(session, body, Place("inbound_texts", "body", row_id)) for row_id, body in reversed(newest)]
