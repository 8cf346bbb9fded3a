"""Store: which copy of the database this is, and whether it may send."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import text, update
from sqlmodel import Session, col

from foster_bond.rules.states import Outbound
from foster_bond.store.ids import new_id
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.sealing import Installation

LIVE, RECOVERY = "live", "recovery"
_WHERE_IT_LIVES = (
    "SELECT (SELECT system_identifier FROM pg_control_system()) || ':' || oid "
    "FROM pg_database WHERE datname = current_database()"
)


def this(session: Session) -> Installation | None:
    """The installation's one row; None in a database that nobody has set up."""
    return session.get(Installation, 1)


def place_of(session: Session) -> str:
    """Where this database lives: PostgreSQL's cluster and database, or the SQLite file's inode."""
    bind = session.get_bind()
    if bind.dialect.name == "postgresql":
        return f"postgresql:{session.execute(text(_WHERE_IT_LIVES)).scalar_one()}"
    found = Path(bind.engine.url.database or "").stat()
    return f"sqlite:{found.st_ino}"  # not the device: its number may change when the machine starts anew


def settle_in(session: Session) -> str:
    """The mode after a look at where we are: a copy that finds itself elsewhere may not send yet."""
    row = this(session)
    if row is None:
        return LIVE
    here = place_of(session)
    if row.home is not None and row.home != here:
        row.mode, row.fence_id = RECOVERY, new_id()
    row.home = here
    return row.mode


def mark_restored(session: Session, taken_at: datetime) -> None:
    """This database has just been filled from a backup of that moment."""
    row = this(session)
    assert row is not None
    row.mode, row.fence_id, row.home, row.copied_from = RECOVERY, new_id(), place_of(session), taken_at


def go_live(session: Session) -> None:
    """What happened since the backup is known here: sending may begin."""
    row = this(session)
    assert row is not None
    row.mode = LIVE


def unanswered(session: Session) -> int:
    """How many sends of which we do not know whether they left."""
    query = text("SELECT count(*) FROM outbox_messages WHERE state IN ('sending', 'unknown')")
    return int(session.execute(query).scalar_one())


def lapse_every_claim(session: Session, real: datetime) -> None:
    """The processes that held these claims belong to the other copy: end their leases now."""
    session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.state) == Outbound.SENDING.value)
        .values(lease_until=real)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.state) == Outbound.UNKNOWN.value)
        .values(look_up_at=real)
        .execution_options(synchronize_session=False)
    )
