"""Store: what the simulated carrier has carried: the texts on the phones page. Used with the simulated carrier only."""

from datetime import datetime

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


def to_phone(session: Session, phone_indexes: list[str], limit: int) -> list[SimulatedText]:
    """Our texts to one phone, newest first; a phone has one index per agency."""
    query = select(SimulatedText).where(
        col(SimulatedText.phone_bidx).in_(phone_indexes), col(SimulatedText.outgoing).is_(True)
    )
    query = query.order_by(col(SimulatedText.at).desc(), col(SimulatedText.id).desc())
    return list(session.execute(query.limit(limit)).scalars())


def unreported(session: Session, limit: int) -> list[SimulatedText]:
    """Our texts whose receipts have not all been posted, oldest first."""
    query = select(SimulatedText).where(col(SimulatedText.reported).is_(False), col(SimulatedText.outgoing).is_(True))
    return list(session.execute(query.order_by(col(SimulatedText.at), col(SimulatedText.id)).limit(limit)).scalars())


def received(session: Session, agency_id: str, since: datetime) -> list[SimulatedText]:
    """Texts to an agency's number at or after `since`, oldest first."""
    query = select(SimulatedText).where(
        col(SimulatedText.agency_id) == agency_id,
        col(SimulatedText.outgoing).is_(False),
        col(SimulatedText.at) >= since,
    )
    return list(session.execute(query.order_by(col(SimulatedText.at), col(SimulatedText.id))).scalars())


def last_from(session: Session, phone_indexes: list[str]) -> SimulatedText | None:
    """The newest text from one phone."""
    query = select(SimulatedText).where(
        col(SimulatedText.phone_bidx).in_(phone_indexes), col(SimulatedText.outgoing).is_(False)
    )
    query = query.order_by(col(SimulatedText.at).desc(), col(SimulatedText.id).desc())
    return session.execute(query.limit(1)).scalar_one_or_none()
