"""Store: who was called for which alert, and by which text or mail: one notice may speak for many alerts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CompoundSelect, Index, Select, and_, case, func, or_, select, update
from sqlmodel import Field, Session, col

from foster_bond.rules.kinds import MANNERS, Kind
from foster_bond.rules.states import AlertState, Outbound
from foster_bond.store import mails
from foster_bond.store.alerts import OPEN_STATES, UNTAKEN_STATES, Alert
from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.mails import Mail
from foster_bond.store.outbox import stands
from foster_bond.store.outbox_rows import OutboxMessage


class AlertCall(Owned, table=True):
    """One person called for one alert, once."""

    __tablename__ = "alert_calls"
    __table_args__ = own_key(
        link("alert_id", "alerts"),
        link("staff_id", "staff"),
        link("message_id", "outbox_messages"),
        link("mail_id", "mails"),
        Index("ix_alert_calls_alert", "agency_id", "alert_id"),
        Index("ix_alert_calls_person", "agency_id", "staff_id"),
        Index("ix_alert_calls_text", "message_id"),
        Index("ix_alert_calls_mail", "mail_id"),
    )
    alert_id: str = Field(max_length=36)
    staff_id: str = Field(max_length=36)
    message_id: str | None = Field(default=None, max_length=36)
    mail_id: str | None = Field(default=None, max_length=36)
    handed_over: bool = False  # a colleague gave it to them
    at: Instant


class Told(NamedTuple):
    """How one person was called for one alert over one channel. `accepted_at` None: not yet, or never."""

    alert_id: str
    staff_id: str
    channel: str  # text | email
    state: str
    called_at: datetime
    accepted_at: datetime | None


def add(
    session: Session, alert: Alert, staff_id: str, now: datetime, *, message_id: str | None = None,
    mail_id: str | None = None, handed_over: bool = False,
) -> None:  # fmt: skip
    """Write down that this person is called for this alert."""
    session.add(
        AlertCall(id=new_id(), agency_id=alert.agency_id, alert_id=alert.id, staff_id=staff_id, message_id=message_id,
                  mail_id=mail_id, handed_over=handed_over, at=now)
    )  # fmt: skip


def tell_by_text(session: Session, message_id: str, at: datetime) -> None:
    """The carrier took this text: every alert it speaks for has been told."""
    called = select(col(AlertCall.alert_id)).where(col(AlertCall.message_id) == message_id)
    written_for = select(col(OutboxMessage.alert_id)).where(
        col(OutboxMessage.id) == message_id, col(OutboxMessage.alert_id).is_not(None)
    )
    _tell(session, called.union(written_for), at)


def tell_by_mail(session: Session, mail_id: str, at: datetime) -> None:
    """A mail server took this mail: every alert it speaks for has been told."""
    _tell(session, select(col(AlertCall.alert_id)).where(col(AlertCall.mail_id) == mail_id), at)


def _tell(session: Session, alert_ids: Select[str] | CompoundSelect[str], at: datetime) -> None:
    session.execute(
        update(Alert)
        .where(col(Alert.id).in_(alert_ids), col(Alert.first_notified_at).is_(None))
        .values(
            first_notified_at=at,
            state=case(
                (col(Alert.state) == AlertState.RAISED.value, AlertState.NOTIFIED.value), else_=col(Alert.state)
            ),
        )
        .execution_options(synchronize_session=False)
    )


def told_lately(session: Session, agency_id: str, group_id: str, since: datetime) -> list[AlertCall]:
    """The calls of one trouble that a channel has accepted since then."""
    query = (
        select(AlertCall)
        .join(Alert, col(Alert.id) == col(AlertCall.alert_id))
        .outerjoin(OutboxMessage, col(OutboxMessage.id) == col(AlertCall.message_id))
        .outerjoin(Mail, col(Mail.id) == col(AlertCall.mail_id))
        .where(
            col(AlertCall.agency_id) == agency_id,
            col(Alert.group_id) == group_id,
            or_(col(OutboxMessage.accepted_at) > since, col(Mail.accepted_at) > since),
        )
    )
    return list({(one.staff_id, one.message_id, one.mail_id): one for one in session.execute(query).scalars()}.values())


def untaken_of(session: Session, agency_id: str, staff_id: str) -> list[Alert]:
    """Every text, oldest first, of the open troubles that this person was called for and nobody has taken yet."""
    groups = select(col(Alert.group_id)).join(AlertCall, col(AlertCall.alert_id) == col(Alert.id)).where(
        col(AlertCall.agency_id) == agency_id, col(AlertCall.staff_id) == staff_id
    )  # fmt: skip
    query = select(Alert).where(
        col(Alert.agency_id) == agency_id,
        col(Alert.group_id).in_(groups),
        col(Alert.state).in_(OPEN_STATES),
        col(Alert.acknowledged_at).is_(None),
    )
    return list(session.execute(query.order_by(col(Alert.raised_at), col(Alert.id))).scalars())


def told(session: Session, agency_id: str, alert_ids: Sequence[str]) -> list[Told]:
    """Who was called for these alerts, and over which channel, in order; without calls that were overtaken."""
    return sorted([*_by_text(session, agency_id, alert_ids), *_by_mail(session, agency_id, alert_ids)],
                  key=lambda one: (one.called_at, one.channel))  # fmt: skip


def _by_text(session: Session, agency_id: str, alert_ids: Sequence[str]) -> list[Told]:
    query = (
        select(col(AlertCall.alert_id), col(AlertCall.staff_id), col(OutboxMessage.state), col(AlertCall.at),
               col(OutboxMessage.accepted_at))
        .join(OutboxMessage, col(OutboxMessage.id) == col(AlertCall.message_id))
        .where(col(AlertCall.agency_id) == agency_id, col(AlertCall.alert_id).in_(alert_ids), ~_OVERTAKEN_TEXT)
    )  # fmt: skip
    return [Told(row[0], row[1], "text", row[2], row[3], row[4]) for row in session.execute(query)]


def _by_mail(session: Session, agency_id: str, alert_ids: Sequence[str]) -> list[Told]:
    query = (
        select(col(AlertCall.alert_id), col(AlertCall.staff_id), col(Mail.state), col(AlertCall.at),
               col(Mail.accepted_at))
        .join(Mail, col(Mail.id) == col(AlertCall.mail_id))
        .where(col(AlertCall.agency_id) == agency_id, col(AlertCall.alert_id).in_(alert_ids), ~col(Mail.overtaken))
    )  # fmt: skip
    return [Told(row[0], row[1], "email", row[2], row[3], row[4]) for row in session.execute(query)]


def told_over(
    session: Session, agency_id: str, troubles: Mapping[str, Alert]
) -> tuple[dict[str, Alert], dict[str, Alert]]:
    """Whom these troubles have reached by text, and whom by mail, each with one of them; a real one before a drill.

    `troubles`: by group, one alert of each. A call that is on its way counts.
    """
    texted = or_(col(OutboxMessage.accepted_at).is_not(None), col(OutboxMessage.state).in_(_ON_ITS_WAY))
    mailed = or_(col(Mail.accepted_at).is_not(None), col(Mail.state) == mails.SENDING)
    query = (
        select(col(AlertCall.staff_id), col(Alert.group_id), texted, mailed)
        .join(Alert, col(Alert.id) == col(AlertCall.alert_id))
        .outerjoin(OutboxMessage, col(OutboxMessage.id) == col(AlertCall.message_id))
        .outerjoin(Mail, col(Mail.id) == col(AlertCall.mail_id))
        .where(col(AlertCall.agency_id) == agency_id, col(Alert.group_id).in_(list(troubles)))
    )
    called = [(row[0], troubles[row[1]], row[2], row[3]) for row in session.execute(query)]
    called.sort(key=lambda one: (not one[1].drill, one[1].id))  # the last one stays
    return {one[0]: one[1] for one in called if one[2]}, {one[0]: one[1] for one in called if one[3]}


_ON_ITS_WAY = (Outbound.SENDING.value, Outbound.UNKNOWN.value, Outbound.UNRESOLVED.value)
# A call that was overtaken gave its key back (steps/sending/_claiming.py); one that a person let go has its own still.
_OVERTAKEN_TEXT = and_(col(OutboxMessage.state) == Outbound.CANCELLED.value, col(OutboxMessage.once_key).is_(None))


def overtaken_texts(session: Session, message_ids: Sequence[str]) -> frozenset[str]:
    """Which of these texts call for alerts only that somebody has taken, or closed."""
    through = select(col(AlertCall.message_id), col(AlertCall.alert_id)).where(
        col(AlertCall.message_id).in_(message_ids)
    )
    written_for = select(col(OutboxMessage.id), col(OutboxMessage.alert_id)).where(
        col(OutboxMessage.id).in_(message_ids), col(OutboxMessage.alert_id).is_not(None)
    )
    return _overtaken(session, through.union(written_for))


def overtaken_mails(session: Session, mail_ids: Sequence[str]) -> frozenset[str]:
    """Which of these mails call for alerts only that somebody has taken, or closed."""
    query = select(col(AlertCall.mail_id), col(AlertCall.alert_id)).where(col(AlertCall.mail_id).in_(mail_ids))
    return _overtaken(session, query)


def _overtaken(session: Session, pairs: Select[str | None, str] | CompoundSelect[str | None, str]) -> frozenset[str]:
    calls = pairs.subquery()
    notice, alert_id = calls.c
    waits = case((col(Alert.state).in_(UNTAKEN_STATES), 1), else_=0)
    query = select(notice).join(Alert, col(Alert.id) == alert_id).group_by(notice).having(func.max(waits) == 0)
    return frozenset(session.execute(query).scalars())


def waiting_text(session: Session, agency_id: str, staff_id: str, *, drill: bool) -> str | None:
    """A call to this person that has not left yet, held until this transaction ends: it can speak for more alerts."""
    marked = col(OutboxMessage.text_id).startswith("DRILL-")
    query = select(col(OutboxMessage.id)).where(
        stands(Outbound.SCHEDULED),
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.rank) == MANNERS[Kind.STAFF_ALERT].rank,
        col(OutboxMessage.kind) == Kind.STAFF_ALERT.value,
        col(OutboxMessage.staff_id) == staff_id,
        col(OutboxMessage.alert_id).is_not(None),  # not "somebody has taken it"
        marked if drill else ~marked,
    )
    return session.execute(query.limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()


def by_once_key(session: Session, agency_id: str, once_key: str) -> str | None:
    """The text that was written under this key."""
    query = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.once_key) == once_key
    )
    return session.execute(query).scalar_one_or_none()
