"""Store: what an inbound text is read against: who has this number, what is open, how often they wrote."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import String, bindparam, exists, func, literal, select, update
from sqlmodel import Session, col

from foster_bond.rules.filing import LATE_FITS_FOR
from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Consent, Outbound
from foster_bond.store.alerts import OPEN_STATES, Alert
from foster_bond.store.consents import NumberConsent
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.flow_runs import FlowRun
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prepared import Prepared
from foster_bond.store.prompts import Prompt, Schedule
from foster_bond.store.staff import Staff

HANDED_OVER = tuple(
    state.value
    for state in (
        Outbound.SENDING, Outbound.UNKNOWN, Outbound.UNRESOLVED, Outbound.ACCEPTED, Outbound.SENT, Outbound.DELIVERED,
        Outbound.UNDELIVERED,
    )
)  # fmt: skip
LOOK_BACK = timedelta(days=30)  # a reply later than that starts a reflection of its own
MOST_PROMPTS = 10


class AskedPrompt(NamedTuple):
    """A prompt that went to this number, with its reflection if it has one."""

    occurrence_id: str
    prompt_key: str
    member_id: str
    family_id: str
    sent_at: datetime
    closes_after_s: int
    reply: str | None
    reflection_id: str | None
    answered_at: datetime | None


class Person(NamedTuple):
    """A member who has this number, as they stood when the text was read."""

    id: str
    agency_id: str
    family_id: str
    name: bytes
    role: str
    language: str
    zone: str | None
    shared_phone: bool
    texts_a_week: int | None
    number_bad_why: str | None
    left_at: datetime | None


class Home(NamedTuple):
    """The family of such a member."""

    id: str
    zone: str
    caseworker_id: str | None


def lock_number(session: Session, agency_id: str, bidx: str) -> None:
    """One text of a number at a time: on PostgreSQL a lock to the end of the transaction; SQLite writes one by one."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _LOCK.rows(session, {"key": f"number:{agency_id}:{bidx}"})


# The statements of the road that every text takes are built once: building one costs more than running it.
_LOCK = Prepared(select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("key", type_=String), 0))))
ASKED = (
    select(
        col(Occurrence.id), col(Occurrence.prompt_key), col(Occurrence.member_id), col(Occurrence.family_id),
        func.coalesce(col(OutboxMessage.accepted_at), col(OutboxMessage.claimed_at)),
        col(Schedule.closes_after_s), col(Prompt.reply), col(Reflection.id), col(Reflection.last_at),
    )
    .join(Occurrence, col(Occurrence.id) == col(OutboxMessage.occurrence_id))
    .join(Enrolment, col(Enrolment.id) == col(Occurrence.enrolment_id))
    .join(Schedule, col(Schedule.id) == col(Enrolment.schedule_id))
    .outerjoin(
        Prompt, (col(Prompt.agency_id) == bindparam("agency")) & (col(Prompt.key) == col(Occurrence.prompt_key))
    )
    .outerjoin(Reflection, col(Reflection.occurrence_id) == col(Occurrence.id))
    .where(
        col(OutboxMessage.agency_id) == bindparam("agency"),
        col(OutboxMessage.kind) == Kind.PROMPT.value,
        col(OutboxMessage.state).in_([literal(state) for state in HANDED_OVER]),
    )
    .order_by(col(OutboxMessage.claimed_at).desc(), col(OutboxMessage.id).desc())
)  # fmt: skip
"""Every prompt of an agency that left, the newest first: whoever asks says of whom and of when."""
_ASKED = Prepared(
    ASKED.where(
        col(OutboxMessage.to_bidx) == bindparam("number"),
        col(OutboxMessage.created_at) > bindparam("since"),
        col(OutboxMessage.claimed_at) <= bindparam("now"),
        col(Occurrence.answer_closed_at).is_(None),
    ).limit(MOST_PROMPTS)
)
_WHO = Prepared(
    select(
        # Of a closed family everybody has left: where a number has another home, its texts are filed there.
        *(getattr(Member, name) for name in Person._fields[:-1]),
        func.coalesce(col(Member.left_at), col(Family.closed_at)),
        col(Family.id),
        col(Family.zone),
        col(Family.caseworker_id),
    )
    .join(Family, (col(Family.agency_id) == col(Member.agency_id)) & (col(Family.id) == col(Member.family_id)))
    .where(col(Member.agency_id) == bindparam("agency"), col(Member.to_bidx) == bindparam("number"))
    .order_by(col(Member.created_at), col(Member.id))
)
_LAST_SAID = Prepared(
    select(col(Reflection.id), col(Reflection.occurrence_id), col(Reflection.last_at))
    .where(col(Reflection.agency_id) == bindparam("agency"), col(Reflection.member_id) == bindparam("member"))
    .order_by(col(Reflection.last_at).desc(), col(Reflection.id).desc())
    .limit(1)
)
_STANDING = Prepared(select(
    select(col(NumberConsent.state))
    .where(col(NumberConsent.agency_id) == bindparam("agency"), col(NumberConsent.to_bidx) == bindparam("number"))
    .scalar_subquery(),
    exists().where(
        col(NumberConsent.agency_id) == bindparam("agency"), col(NumberConsent.to_bidx) == bindparam("number"),
        col(NumberConsent.reconfirm_asked_at).is_not(None),
    ),
    select(col(Staff.id))
    .where(
        col(Staff.agency_id) == bindparam("agency"), col(Staff.phone_bidx) == bindparam("number"),
        col(Staff.disabled_at).is_(None),
    )
    .order_by(col(Staff.id)).limit(1).scalar_subquery(),
    exists().where(
        col(Alert.agency_id) == bindparam("agency"), col(Alert.from_bidx) == bindparam("number"),
        col(Alert.priority) == "now", col(Alert.state).in_([literal(state) for state in OPEN_STATES]),
    ),
    select(func.count()).select_from(InboundText)
    .where(
        col(InboundText.agency_id) == bindparam("agency"), col(InboundText.from_bidx) == bindparam("number"),
        col(InboundText.received_at) > bindparam("since"),
    )
    .scalar_subquery(),
    exists().where(
        col(FlowRun.agency_id) == bindparam("agency"), col(FlowRun.to_bidx) == bindparam("number"),
        col(FlowRun.last_at) > bindparam("walked_since"),
    ),
))  # fmt: skip


class Standing(NamedTuple):
    """Where a number stands with an agency, and what stands open between them."""

    consent: Consent
    written_to: bool  # a number without any consent has never had a prompt of ours
    reconfirming: bool  # N1 has asked whether they still want the texts
    staff_id: str | None
    alert_open: bool
    texts: int  # how many came from it since a moment
    walks: bool  # a guided activity is under way, or was in the last weeks


def standing(session: Session, agency_id: str, bidx: str, since: datetime) -> Standing:
    """Consent, staff, open alert and the texts since then of one number, in one read."""
    values = {"agency": agency_id, "number": bidx, "since": since, "walked_since": since - LATE_FITS_FOR}
    ((state, asked, staff_id, alert_open, texts, walks),) = _STANDING.rows(session, values)
    consent = Consent(state or Consent.NONE)
    return Standing(consent, state is not None, bool(asked), staff_id, bool(alert_open), int(texts), bool(walks))


def everybody_with(session: Session, agency_id: str, bidx: str) -> list[tuple[Person, Home]]:
    """Everybody who shares this number in this agency, with their families; those who left last."""
    session.flush()
    width = len(Person._fields)
    rows = _WHO.rows(session, {"agency": agency_id, "number": bidx})
    known = [(Person._make(row[:width]), Home._make(row[width:])) for row in rows]
    return sorted(known, key=lambda one: one[0].left_at is not None)


def asked_prompts(session: Session, agency_id: str, to_bidx: str, now: datetime) -> list[AskedPrompt]:
    """The prompts of the last weeks that reached, or may have reached, this number; the newest first."""
    values = {"agency": agency_id, "number": to_bidx, "now": now, "since": now - LOOK_BACK}
    return [AskedPrompt._make(row) for row in _ASKED.rows(session, values)]


class LastSaid(NamedTuple):
    """A reflection, in short."""

    id: str
    occurrence_id: str | None
    last_at: datetime


def last_reflection(session: Session, agency_id: str, member_id: str) -> LastSaid | None:
    """The reflection that this member wrote to last."""
    rows = _LAST_SAID.rows(session, {"agency": agency_id, "member": member_id})
    return LastSaid._make(rows[0]) if rows else None


def reflection(session: Session, agency_id: str, reflection_id: str) -> Reflection:
    query = select(Reflection).where(col(Reflection.agency_id) == agency_id, col(Reflection.id) == reflection_id)
    found: Reflection = session.execute(query).scalar_one()
    return found


def close_by_wish(session: Session, agency_id: str, occurrence_id: str, at: datetime) -> None:
    """The person said SKIP: this question is open no longer."""
    session.execute(
        update(Occurrence)
        .where(col(Occurrence.agency_id) == agency_id, col(Occurrence.id) == occurrence_id)
        .values(answer_closed_at=at)
        .execution_options(synchronize_session="fetch")
    )
