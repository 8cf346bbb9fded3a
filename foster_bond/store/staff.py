"""Store: staff, their server-side sessions, and how often a sign-in was tried."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.rules.access import Role
from foster_bond.store.base import Instant, Owned, link, one_of, own_key


class Staff(Owned, table=True):
    """A person who works at the agency. An e-mail address signs in to one agency only."""

    __tablename__ = "staff"
    __table_args__ = own_key(one_of("role", Role))
    email: str = Field(unique=True, max_length=254)  # stored lower-case
    name: str = Field(max_length=120)
    role: str = Field(max_length=20)
    password_hash: str | None = Field(default=None, max_length=200)
    language: str = Field(default="en", max_length=2)
    phone: bytes | None = None
    phone_bidx: str | None = Field(default=None, max_length=32, index=True)
    on_call: bool = False
    created_at: Instant
    disabled_at: Instant | None = None
    keys_off: bool = False  # single-key shortcuts switched off (WCAG 2.1.4)


class StaffSession(Owned, table=True):
    """One sign-in. The cookie holds the token, the row its SHA-256."""

    __tablename__ = "staff_sessions"
    __table_args__ = own_key(link("staff_id", "staff"))
    staff_id: str = Field(max_length=36, index=True)
    token_hash: str = Field(max_length=64, unique=True)
    created_at: Instant
    active_at: Instant
    ended_at: Instant | None = None


class OneTimeLink(Owned, table=True):
    """A link that lets a member of staff set a password, once."""

    __tablename__ = "one_time_links"
    __table_args__ = own_key(link("staff_id", "staff"))
    staff_id: str = Field(max_length=36, index=True)
    token_hash: str = Field(max_length=64, unique=True)
    made_at: Instant
    expires_at: Instant
    used_at: Instant | None = None


class SignInAttempt(SQLModel, table=True):
    """How many sign-ins failed for one account or one source within its window."""

    __tablename__ = "sign_in_attempts"
    key: str = Field(primary_key=True, max_length=80)  # "account:<hash>" or "source:<hash>": no address in clear
    failed: int
    since: Instant


def by_email(session: Session, email: str) -> Staff | None:
    return session.execute(select(Staff).where(col(Staff.email) == email.strip().lower())).scalar_one_or_none()


def find(session: Session, agency_id: str, staff_id: str) -> Staff | None:
    query = select(Staff).where(col(Staff.agency_id) == agency_id, col(Staff.id) == staff_id)
    return session.execute(query).scalar_one_or_none()


def of_agency(session: Session, agency_id: str) -> list[Staff]:
    query = select(Staff).where(col(Staff.agency_id) == agency_id).order_by(col(Staff.name), col(Staff.id))
    return list(session.execute(query).scalars())


def on_call_now(session: Session, agency_id: str) -> list[Staff]:
    """Who is told of an alert besides the family's own caseworker."""
    query = select(Staff).where(
        col(Staff.agency_id) == agency_id, col(Staff.on_call).is_(True), col(Staff.disabled_at).is_(None)
    )
    return list(session.execute(query.order_by(col(Staff.id))).scalars())


def by_phone(session: Session, agency_id: str, phone_bidx: str) -> Staff | None:
    query = select(Staff).where(
        col(Staff.agency_id) == agency_id, col(Staff.phone_bidx) == phone_bidx, col(Staff.disabled_at).is_(None)
    )
    return session.execute(query.order_by(col(Staff.id)).limit(1)).scalar_one_or_none()


def session_by_token(session: Session, token_hash: str) -> tuple[StaffSession, Staff] | None:
    query = (
        select(StaffSession, Staff)
        .join(Staff, col(Staff.id) == col(StaffSession.staff_id))
        .where(col(StaffSession.token_hash) == token_hash, col(StaffSession.ended_at).is_(None))
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def end_sessions(session: Session, agency_id: str, staff_id: str, at: datetime) -> int:
    """Close every open session of one person; how many there were."""
    done = session.execute(
        update(StaffSession)
        .where(
            col(StaffSession.agency_id) == agency_id,
            col(StaffSession.staff_id) == staff_id,
            col(StaffSession.ended_at).is_(None),
        )
        .values(ended_at=at)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE always answers with a CursorResult


def forget_attempts(session: Session, key: str) -> None:
    session.execute(delete(SignInAttempt).where(col(SignInAttempt.key) == key))
