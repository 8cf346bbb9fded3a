"""Store: mails to staff: written with what they tell of, claimed, sent, settled. An alert's mail may arrive twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, Index, and_, or_, select, text, update
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.ids import new_id

WAITING, SENDING, SENT, FAILED, EXPIRED = "waiting", "sending", "sent", "failed", "expired"
STATES = (WAITING, SENDING, SENT, FAILED, EXPIRED)
KINDS = ("alert", "alert-again", "drill", "drill-again")
WORDS = (*KINDS, "alert-taken", "drill-taken")
_OPEN = "state IN ('waiting', 'sending')"


class Mail(Owned, table=True):
    """One mail to one member of staff. Its words are a template's; it names no family and no text."""

    __tablename__ = "mails"
    __table_args__ = own_key(
        link("staff_id", "staff"),
        one_of("state", STATES),
        one_of("kind", KINDS),
        Index("uq_mails_once", "agency_id", "once_key", unique=True),
        Index("ix_mails_due", "next_try_at", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_mails_person", "agency_id", "staff_id", "state"),
    )
    staff_id: str = Field(max_length=36)
    kind: str = Field(max_length=20)
    once_key: str | None = Field(default=None, max_length=160)
    state: str = Field(default=WAITING, max_length=10)
    why: str | None = Field(default=None, max_length=200)
    written_at: Instant
    not_after: Instant
    next_try_at: Instant
    tries: int = 0
    token: str | None = Field(default=None, max_length=36)
    lease_until: Instant | None = None
    accepted_at: Instant | None = None
    says_taken: bool = False  # it calls nobody: somebody has taken the alert
    overtaken: bool = False  # it called, and somebody had taken the alert before a server took it

    @property
    def words(self) -> str:
        """Which words it says."""
        return f"{self.kind.removesuffix('-again')}-taken" if self.says_taken else self.kind


def compose(
    session: Session, *, agency_id: str, staff_id: str, kind: str, now: datetime, not_after: datetime, once_key: str,
    says_taken: bool = False,
) -> str:  # fmt: skip
    """The id of the mail of that key: a new one, or the one that was written before."""
    known = select(col(Mail.id)).where(col(Mail.agency_id) == agency_id, col(Mail.once_key) == once_key)
    found = session.execute(known).scalar_one_or_none()
    if found is not None:
        return str(found)
    mail = Mail(
        id=new_id(), agency_id=agency_id, staff_id=staff_id, kind=kind, once_key=once_key, written_at=now,
        not_after=not_after, next_try_at=now, says_taken=says_taken,
    )  # fmt: skip
    session.add(mail)
    session.flush()
    return mail.id


def waiting_for(session: Session, agency_id: str, staff_id: str, kinds: Sequence[str]) -> str | None:
    """A mail to this person that has not left yet, held until this transaction ends."""
    query = select(col(Mail.id)).where(
        col(Mail.agency_id) == agency_id, col(Mail.staff_id) == staff_id, col(Mail.state) == WAITING,
        col(Mail.kind).in_(kinds), col(Mail.says_taken).is_(False),
    )  # fmt: skip
    return session.execute(query.limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()


def claim(session: Session, now: datetime, lease: timedelta, limit: int) -> list[Mail]:
    """Mails that are now this process's until the lease ends; a claim that outlived its lease is taken over."""
    due = or_(
        and_(col(Mail.state) == WAITING, col(Mail.next_try_at) <= now),
        and_(col(Mail.state) == SENDING, col(Mail.lease_until) <= now),
    )
    query = select(Mail).where(text(_OPEN), due, col(Mail.not_after) > now).order_by(col(Mail.written_at), col(Mail.id))
    rows = list(session.execute(query.limit(limit).with_for_update(skip_locked=True)).scalars())
    for row in rows:
        row.state, row.token, row.lease_until, row.tries = SENDING, new_id(), now + lease, row.tries + 1
    session.flush()
    return rows


def settle(session: Session, mail: Mail, state: str, now: datetime, *, why: str | None = None,
           again_at: datetime | None = None, overtaken: bool = False) -> bool:  # fmt: skip
    """True where this claim still held, and the mail now stands there."""
    values: dict[str, object] = {"state": state, "why": why and why[:200], "token": None, "lease_until": None}
    if overtaken:
        values |= {"overtaken": True, "once_key": None}  # the same call may be needed again
    if state == SENT:
        values["accepted_at"] = now
    if again_at is not None:
        values["next_try_at"] = again_at
    done = session.execute(
        update(Mail)
        .where(col(Mail.id) == mail.id, col(Mail.state) == SENDING, col(Mail.token) == mail.token)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(cast(CursorResult[object], done).rowcount)


def expire(session: Session, now: datetime) -> int:
    """End the mails whose time is over; how many."""
    done = session.execute(
        update(Mail)
        .where(text(_OPEN), col(Mail.not_after) <= now)
        .values(state=EXPIRED, why="No mail server took it in time.", token=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return int(cast(CursorResult[object], done).rowcount)


def taken(session: Session, agency_id: str, staff_id: str | None, limit: int) -> list[Mail]:
    """The newest mails that a server took, to one member of staff or to everybody of the agency."""
    query = select(Mail).where(col(Mail.agency_id) == agency_id, col(Mail.state) == SENT)
    if staff_id is not None:
        query = query.where(col(Mail.staff_id) == staff_id)
    query = query.order_by(col(Mail.accepted_at).desc(), col(Mail.id).desc()).limit(limit)
    return list(session.execute(query).scalars())
