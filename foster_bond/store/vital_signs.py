"""Store: how the whole house is doing, over all agencies: counts, ages and the database's own clock."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from foster_bond.rules.states import FINAL_OUTBOUND, Outbound
from foster_bond.store import installation, outbox_claims, pauses
from foster_bond.store.alerts import UNTAKEN_STATES, Alert
from foster_bond.store.inbound import InboundText
from foster_bond.store.outbox import OutboxMessage, stands
from foster_bond.store.outbox_rows import OPEN
from foster_bond.store.pauses import SenderPace
from foster_bond.store.sealing import Installation

# Ended texts are not counted: there are millions, and what an operator watches is what has not ended.
OPEN_OUTBOUND = tuple(state.value for state in Outbound if state not in FINAL_OUTBOUND)


def outbox_by_state(session: Session) -> Mapping[str, int]:
    """How many texts stand in each state that is not an end."""
    query = select(col(OutboxMessage.state), func.count()).where(text(OPEN)).group_by(col(OutboxMessage.state))
    return dict.fromkeys(OPEN_OUTBOUND, 0) | dict(session.execute(query).all())


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the text that has waited longest could have left."""
    query = select(func.min(col(OutboxMessage.next_try_at))).where(
        stands(Outbound.SCHEDULED), col(OutboxMessage.next_try_at) <= now
    )
    return session.execute(query).scalar()


def unanswered_since(session: Session, real: datetime) -> int:
    """How many texts left before this instant of the machine's own clock and are in doubt still."""
    query = select(func.count()).where(stands(Outbound.UNKNOWN), col(OutboxMessage.claimed_real) < real)
    return int(session.execute(query).scalar_one())


def late_agencies(session: Session, now: datetime, promise: timedelta) -> int:
    """How many agencies have a text that could have left longer ago than promised, and no pause or pace holds it.

    A sender that its pace holds up has just been looked at and has used up what it may send.
    """
    here = installation.this(session)
    if here is not None and here.mode != installation.LIVE:
        return 0  # a restored copy is silent on purpose
    resting = pauses.in_force(session, now)
    if pauses.CREDENTIALS in resting:
        return 0
    late = [one.id for one in outbox_claims.agencies_with_due(session, now - promise)]
    paced = session.execute(
        select(col(SenderPace.agency_id)).where(
            col(SenderPace.agency_id).in_(late), col(SenderPace.at) > now - promise, col(SenderPace.segments) < 1
        )
    )
    held = set(paced.scalars())
    return sum(1 for agency_id in late if agency_id not in held and pauses.sender_key(agency_id) not in resting)


def inbound_count(session: Session) -> int:
    """How many texts have ever come in."""
    return int(session.execute(select(func.count()).select_from(InboundText)).scalar_one())


def untaken_alerts(session: Session) -> int:
    """How many cries for help nobody has taken yet."""
    query = select(func.count()).select_from(Alert).where(col(Alert.state).in_(UNTAKEN_STATES))
    return int(session.execute(query).scalar_one())


def database_clock(session: Session) -> datetime:
    """The instant by the database's own clock."""
    if session.get_bind().dialect.name == "sqlite":
        said = session.execute(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")).scalar_one()
        return datetime.fromisoformat(said).replace(tzinfo=UTC)
    found: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found.astimezone(UTC)


def touch(session: Session) -> None:
    """Write without changing anything, so that a database that only reads says so."""
    session.execute(update(Installation).values(mode=Installation.mode).execution_options(synchronize_session=False))
    session.rollback()
