"""Store: which numbers a note of the service is due to: one more question after long silence, the monthly reminder."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select
from sqlmodel import Session, col

from foster_bond.rules.states import Consent, Outbound
from foster_bond.store.consents import ConsentEvent, NumberConsent
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.outbox import OutboxMessage

NEVER_LEFT = (Outbound.CANCELLED.value, Outbound.SUPPRESSED.value, Outbound.EXPIRED.value)


@dataclass(frozen=True, slots=True)
class Noted:
    """A number and the person to whom its note is written: the first who is present in an open family."""

    stands: NumberConsent
    member: Member
    family: Family

    @property
    def zone(self) -> str:
        return self.member.zone or self.family.zone


def to_ask_again(session: Session, agency_id: str, *, quiet_since: datetime, limit: int) -> list[Noted]:
    """Active numbers that wait for N1: silent since that instant and for as long as our first text, or marked so."""
    number, silent = col(NumberConsent.to_bidx), col(InboundText.received_at) > quiet_since
    wrote = exists().where(col(InboundText.agency_id) == agency_id, col(InboundText.from_bidx) == number, silent)
    changed = exists().where(
        col(ConsentEvent.agency_id) == agency_id, col(ConsentEvent.to_bidx) == number,
        col(ConsentEvent.at) > quiet_since,
    )  # fmt: skip
    texted = exists().where(
        col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.to_bidx) == number,
        col(OutboxMessage.accepted_at) <= quiet_since,
    )  # fmt: skip
    quiet = and_(col(NumberConsent.since) <= quiet_since, ~wrote, ~changed, texted)
    query = _present(agency_id).where(
        col(NumberConsent.reconfirm_asked_at).is_(None),
        or_(col(NumberConsent.reconfirm_why).is_not(None), quiet),
    )
    return _first_of_each(session, query, limit)


def to_remind(session: Session, agency_id: str, *, active_since: datetime, month: str, limit: int) -> list[Noted]:
    """Active numbers that have had no N2 in this month and are not being asked whether they want the texts."""
    reminded = exists().where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.once_key) == "N2:" + month + ":" + col(NumberConsent.to_bidx),
    )
    query = _present(agency_id).where(
        col(NumberConsent.reconfirm_why).is_(None), col(NumberConsent.since) <= active_since, ~reminded
    )
    return _first_of_each(session, query, limit)


def asked_open(session: Session) -> list[tuple[NumberConsent, OutboxMessage | None]]:
    """Every number whose N1 has been written and has no answer yet, with that N1."""
    query = (
        select(NumberConsent, OutboxMessage)
        .outerjoin(OutboxMessage, col(OutboxMessage.id) == col(NumberConsent.reconfirm_message_id))
        .where(
            col(NumberConsent.state) == Consent.ACTIVE.value,
            col(NumberConsent.reconfirm_asked_at).is_not(None),
        )
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def told_lately(
    session: Session, agency_id: str, numbers: list[str], text_ids: tuple[str, ...], since: datetime
) -> set[str]:
    """Which of these numbers got, or are getting, one of these fixed texts since then."""
    query = select(col(OutboxMessage.to_bidx)).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.to_bidx).in_(numbers),
        col(OutboxMessage.text_id).in_(text_ids),
        col(OutboxMessage.created_at) > since,
        col(OutboxMessage.state).not_in(NEVER_LEFT),
    )
    return set(session.execute(query).scalars())


def last_ends(session: Session, agency_id: str, to_bidx: str, limit: int) -> list[tuple[str, int | None]]:
    """How the last texts to a number ended at the network, the newest first, each with the carrier's error number."""
    ends = [state.value for state in (Outbound.DELIVERED, Outbound.UNDELIVERED, Outbound.FAILED)]
    query = (
        select(col(OutboxMessage.state), col(OutboxMessage.error_code))
        .where(
            col(OutboxMessage.agency_id) == agency_id,
            col(OutboxMessage.to_bidx) == to_bidx,
            col(OutboxMessage.state).in_(ends),
        )
        .order_by(col(OutboxMessage.created_at).desc(), col(OutboxMessage.id).desc())
    )
    return [(row[0], row[1]) for row in session.execute(query.limit(limit))]


def _present(agency_id: str) -> Select[NumberConsent, Member, Family]:
    return (
        select(NumberConsent, Member, Family)
        .join(Member, and_(col(Member.agency_id) == agency_id, col(Member.to_bidx) == col(NumberConsent.to_bidx)))
        .join(Family, and_(col(Family.agency_id) == agency_id, col(Family.id) == col(Member.family_id)))
        .where(
            col(NumberConsent.agency_id) == agency_id,
            col(NumberConsent.state) == Consent.ACTIVE.value,
            col(Member.left_at).is_(None),
            col(Family.closed_at).is_(None),
        )
        .order_by(col(NumberConsent.id), col(Member.created_at), col(Member.id))
    )


def _first_of_each(session: Session, query: Select[NumberConsent, Member, Family], limit: int) -> list[Noted]:
    found: dict[str, Noted] = {}
    for row in session.execute(query.limit(limit)):
        found.setdefault(row[0].id, Noted(row[0], row[1], row[2]))
    return list(found.values())
