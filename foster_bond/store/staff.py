"""Store: staff, their server-side sessions, and how often a sign-in was tried."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.rules.access import Role
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.sealing import Place, Vault


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


def who_left(session: Session, staff_ids: Collection[str]) -> frozenset[str]:
    """Which of these people have been disabled."""
    query = select(col(Staff.id)).where(col(Staff.id).in_(staff_ids), col(Staff.disabled_at).is_not(None))
    return frozenset(session.execute(query).scalars())


def of_agency(session: Session, agency_id: str) -> list[Staff]:
    query = select(Staff).where(col(Staff.agency_id) == agency_id).order_by(col(Staff.name), col(Staff.id))
    return list(session.execute(query).scalars())


def admins_left(session: Session, agency_id: str) -> int:
    """How many admins can still sign in."""
    query = select(func.count()).where(
        col(Staff.agency_id) == agency_id, col(Staff.role) == Role.ADMIN.value, col(Staff.disabled_at).is_(None)
    )
    return int(session.execute(query).scalar_one())


def give_phone(session: Session, vault: Vault, person: Staff, number: str | None) -> None:
    """Seal a person's number under the agency's key; None takes it away."""
    person.phone, person.phone_bidx = None, None
    if number is not None:
        place = Place("staff", "phone", person.id)
        person.phone = vault.seal(session, number, place, agency_id=person.agency_id, family_id=None)
        person.phone_bidx = vault.blind_index(person.agency_id, number)


def phone_of(session: Session, vault: Vault, person: Staff) -> str | None:
    """A person's number, E.164, or None where they gave none."""
    return vault.open(session, person.phone, Place("staff", "phone", person.id)) if person.phone else None


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


def touch_session(session: Session, token_hash: str, at: datetime) -> None:
    """Note that a person was active; an ended sign-in stays ended."""
    session.execute(
        update(StaffSession)
        .where(
            col(StaffSession.token_hash) == token_hash,
            col(StaffSession.ended_at).is_(None),
            col(StaffSession.active_at) < at,
        )
        .values(active_at=at)
    )


def carry_sessions(session: Session, idle_since: datetime, to: datetime) -> None:
    """Take every sign-in that is still good along to `to`, as when the demo's clock jumps."""
    session.execute(
        update(StaffSession)
        .where(
            col(StaffSession.ended_at).is_(None),
            col(StaffSession.active_at) > idle_since,
            col(StaffSession.active_at) < to,
        )
        .values(active_at=to)
    )


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


def link_by_token(session: Session, token_hash: str) -> tuple[OneTimeLink, Staff] | None:
    """An unused link and whom it lets in; the caller judges its age."""
    query = (
        select(OneTimeLink, Staff)
        .join(Staff, col(Staff.id) == col(OneTimeLink.staff_id))
        .where(col(OneTimeLink.token_hash) == token_hash, col(OneTimeLink.used_at).is_(None))
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def use_links(session: Session, agency_id: str, staff_id: str, at: datetime) -> int:
    """Use up every open link of one person; 0 where another request was first."""
    done = session.execute(
        update(OneTimeLink)
        .where(
            col(OneTimeLink.agency_id) == agency_id,
            col(OneTimeLink.staff_id) == staff_id,
            col(OneTimeLink.used_at).is_(None),
        )
        .values(used_at=at)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE always answers with a CursorResult


def count_attempt(session: Session, key: str, at: datetime, window: timedelta) -> SignInAttempt:
    """The attempts of this key with this one counted in; a window that is over begins anew. Two at once both count."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(SignInAttempt).values(key=key, failed=1, since=at)
    over = col(SignInAttempt.since) <= at - window
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "failed": case((over, 1), else_=col(SignInAttempt.failed) + 1),
            "since": case((over, at), else_=col(SignInAttempt.since)),
        },
    )
    session.execute(statement)
    query = select(SignInAttempt).where(col(SignInAttempt.key) == key).execution_options(populate_existing=True)
    row: SignInAttempt = session.execute(query).scalar_one()
    return row


def take_back_attempt(session: Session, key: str) -> None:
    """Count one attempt less: it was no failure."""
    session.execute(
        update(SignInAttempt)
        .where(col(SignInAttempt.key) == key, col(SignInAttempt.failed) > 0)
        .values(failed=col(SignInAttempt.failed) - 1)
    )


def forget_old_attempts(session: Session, before: datetime) -> int:
    """Delete counts whose window is long over; how many."""
    done = session.execute(delete(SignInAttempt).where(col(SignInAttempt.since) < before))
    return int(done.rowcount)  # type: ignore[attr-defined]  # a DELETE always answers with a CursorResult


def last_seen(session: Session, agency_id: str) -> dict[str, datetime]:
    """When each person of the agency was last active; who never was is missing from it."""
    query = select(col(StaffSession.staff_id), func.max(col(StaffSession.active_at))).where(
        col(StaffSession.agency_id) == agency_id
    )
    return dict(session.execute(query.group_by(col(StaffSession.staff_id))).all())


def invited(session: Session, agency_id: str, now: datetime) -> set[str]:
    """Who holds a link that still works."""
    query = select(col(OneTimeLink.staff_id)).where(
        col(OneTimeLink.agency_id) == agency_id,
        col(OneTimeLink.used_at).is_(None),
        col(OneTimeLink.expires_at) > now,
    )
    return set(session.execute(query).scalars())
