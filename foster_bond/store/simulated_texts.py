"""Store: what the simulated carrier has carried: the texts on the phones page. Used with the simulated carrier only."""

from sqlalchemy import Index, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, own_key


class SimulatedText(Owned, table=True):
    """One text on a simulated phone, in either direction, sealed under the agency's key like any other."""

    __tablename__ = "simulated_texts"
    __table_args__ = own_key(
        Index("uq_simulated_sid", "sid", unique=True),
        Index("ix_simulated_number", "agency_id", "phone_bidx", "at"),
        Index("ix_simulated_open", "reported"),
    )
    sid: str = Field(max_length=40)
    outgoing: bool  # True: from us to the phone
    phone_bidx: str = Field(max_length=32)
    phone: bytes
    body: bytes
    callback_url: str | None = Field(default=None, max_length=300)
    status: str = Field(max_length=20)
    error_code: int | None = None
    reported: bool = False  # its receipts have been posted
    media_count: int = 0
    at: Instant


def by_sid(session: Session, sid: str) -> SimulatedText | None:
    return session.execute(select(SimulatedText).where(col(SimulatedText.sid) == sid)).scalar_one_or_none()
