"""Store: what the simulated carrier has carried: the texts on the phones page. Used with the simulated carrier only."""

from datetime import datetime

from sqlalchemy import Index, exists, func, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, own_key
from foster_bond.store.families import Member
from foster_bond.store.sealing import Place, Vault
from foster_bond.store.staff import Staff


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


def of_phone(session: Session, agency_id: str, phone_bidx: str, limit: int) -> list[SimulatedText]:
    """The newest texts between an agency and one phone, both ways, oldest first."""
    query = select(SimulatedText).where(
        col(SimulatedText.agency_id) == agency_id, col(SimulatedText.phone_bidx) == phone_bidx
    )
    query = query.order_by(col(SimulatedText.at).desc(), col(SimulatedText.id).desc()).limit(limit)
    return list(session.execute(query).scalars())[::-1]


def unknown_phones(session: Session, agency_id: str) -> list[str]:
    """The look-up keys of phones that texted with an agency and are neither a member's nor a colleague's."""
    phone = col(SimulatedText.phone_bidx)
    members = exists().where(col(Member.agency_id) == agency_id, col(Member.to_bidx) == phone)
    colleagues = exists().where(col(Staff.agency_id) == agency_id, col(Staff.phone_bidx) == phone)
    query = select(phone).where(col(SimulatedText.agency_id) == agency_id, ~members, ~colleagues)
    query = query.group_by(phone).order_by(func.max(col(SimulatedText.at)))
    return list(session.execute(query).scalars())


def arrived_after(session: Session, row_id: str, limit: int) -> list[SimulatedText]:
    """Texts from us that arrived on any phone after this one, in order; an empty id begins at the first."""
    query = select(SimulatedText).where(col(SimulatedText.id) > row_id, col(SimulatedText.outgoing).is_(True))
    return list(session.execute(query.order_by(col(SimulatedText.id)).limit(limit)).scalars())


def words_of(session: Session, vault: Vault, row: SimulatedText) -> str:
    return vault.open(session, row.body, Place("simulated_texts", "body", row.id))


def phone_of(session: Session, vault: Vault, row: SimulatedText) -> str:
    return vault.open(session, row.phone, Place("simulated_texts", "phone", row.id))
