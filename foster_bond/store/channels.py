"""Store: the ways to reach staff (text, mail): whether each is set up, and when it last took or refused something."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.store.base import Instant

TEXT, MAIL = "text", "mail"
EVIDENCE_LASTS = timedelta(minutes=10)  # a failure older than that, with nothing tried since, proves nothing any more
NOTED_EVERY = timedelta(seconds=10)  # one row for everybody: write it rarely


class Channel(SQLModel, table=True):
    """One channel of this installation."""

    __tablename__ = "channels"
    key: str = Field(primary_key=True, max_length=10)
    is_set_up: bool = False
    took_at: Instant | None = None
    failed_at: Instant | None = None
    why: str | None = Field(default=None, max_length=200)

    def fails(self, now: datetime) -> bool:
        """True where the last thing tried in the last minutes did not get through."""
        if self.failed_at is None or now - self.failed_at > EVIDENCE_LASTS:
            return False
        return self.took_at is None or self.took_at < self.failed_at


def everything(session: Session) -> dict[str, Channel]:
    return {row.key: row for row in session.execute(select(Channel)).scalars()}


def is_set_up(session: Session, key: str) -> bool:
    """True where this channel may carry something."""
    query = select(col(Channel.is_set_up)).where(col(Channel.key) == key)
    return bool(session.execute(query).scalar_one_or_none())


def set_up(session: Session, key: str, is_there: bool) -> None:
    """Note whether this installation has the channel."""
    row = session.get(Channel, key)
    if row is None:
        session.add(Channel(key=key, is_set_up=is_there))
    elif row.is_set_up != is_there:
        row.is_set_up = is_there


def note(session: Session, key: str, now: datetime, *, took: bool, why: str | None = None) -> None:
    """Note that the channel took something, or that it took nothing of what was tried."""
    row = session.get(Channel, key) or Channel(key=key, is_set_up=True)
    session.add(row)
    before, turned = (row.took_at, row.fails(now)) if took else (row.failed_at, not row.fails(now))
    if before is not None and not turned and timedelta() <= now - before < NOTED_EVERY:
        return
    if took:
        row.took_at, row.why = now, None
    else:
        row.failed_at, row.why = now, None if why is None else why[:200]
