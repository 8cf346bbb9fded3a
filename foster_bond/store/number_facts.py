"""Store: what the gate looks at, read for many numbers at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.local_time import local_day
from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.send_gate import Caps, Used
from foster_bond.rules.states import Consent, Outbound
from foster_bond.store.agencies import Agency
from foster_bond.store.alerts import OPEN_STATES, Alert
from foster_bond.store.consents import NumberConsent
from foster_bond.store.families import Member
from foster_bond.store.outbox import OutboxMessage

USED_KINDS = (Kind.PROMPT.value, Kind.AGAIN.value, Kind.NUDGE.value)
LOOK_BACK = timedelta(days=9)  # seven local days, whatever the zone
# Nothing of these ever reached anyone, nor will.
NEVER_LEFT = (Outbound.CANCELLED.value, Outbound.SUPPRESSED.value, Outbound.EXPIRED.value, Outbound.FAILED.value)

Number = tuple[str, str]  # agency and blind index


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """One number of one agency, as the gate sees it."""

    consent: Consent = Consent.NONE
    since: datetime | None = None
    welcomed_at: datetime | None = None
    open_alert: bool = False
    used: Used = field(default_factory=Used)


def facts_of(
    session: Session, numbers: Iterable[Number], now: datetime, *, leaving: bool, without: frozenset[str] = frozenset()
) -> Mapping[Number, NumberFacts]:
    """The facts of these numbers, in a constant number of queries.

    `leaving`: count towards the caps only what has been claimed, as at the moment of sending; else all that is written.
    """
    by_agency: dict[str, set[str]] = defaultdict(set)
    for agency_id, number in numbers:
        by_agency[agency_id].add(number)
    found: dict[Number, NumberFacts] = {}
    for agency_id, group in by_agency.items():
        found |= _of_agency(session, agency_id, sorted(group), now, leaving, without)
    return found


def _of_agency(
    session: Session, agency_id: str, numbers: list[str], now: datetime, leaving: bool, without: frozenset[str]
) -> dict[Number, NumberFacts]:
    consents = {
        row.to_bidx: row
        for row in session.execute(
            select(NumberConsent).where(
                col(NumberConsent.agency_id) == agency_id, col(NumberConsent.to_bidx).in_(numbers)
            )
        ).scalars()
    }
    alerted = _alerted(session, agency_id, numbers)
    prompts, nudges = _used(session, agency_id, numbers, now, leaving, without)
    found = {}
    for number in numbers:
        row = consents.get(number)
        found[agency_id, number] = NumberFacts(
            consent=Consent.NONE if row is None else Consent(row.state),
            since=None if row is None else row.since,
            welcomed_at=None if row is None else row.welcomed_at,
            open_alert=number in alerted,
            used=Used(prompts=tuple(prompts[number]), nudges=tuple(nudges[number])),
        )
    return found


def _alerted(session: Session, agency_id: str, numbers: list[str]) -> set[str]:
    """Numbers whose family has an open alert, whoever of the family wrote."""
    families = select(col(Alert.family_id)).where(
        col(Alert.agency_id) == agency_id, col(Alert.priority) == "now", col(Alert.state).in_(OPEN_STATES)
    )
    query = select(col(Member.to_bidx)).where(
        col(Member.agency_id) == agency_id, col(Member.to_bidx).in_(numbers), col(Member.family_id).in_(families)
    )
    own = select(col(Alert.from_bidx)).where(
        col(Alert.agency_id) == agency_id,
        col(Alert.from_bidx).in_(numbers),
        col(Alert.priority) == "now",
        col(Alert.state).in_(OPEN_STATES),
    )
    return set(session.execute(query).scalars()) | set(session.execute(own).scalars())


def _used(
    session: Session, agency_id: str, numbers: list[str], now: datetime, leaving: bool, without: frozenset[str]
) -> tuple[dict[str, list[date]], dict[str, list[date]]]:
    dead = (*NEVER_LEFT, Outbound.SCHEDULED.value) if leaving else NEVER_LEFT
    query = select(
        col(OutboxMessage.id), col(OutboxMessage.to_bidx), col(OutboxMessage.kind), col(OutboxMessage.due_at),
        col(OutboxMessage.claimed_at), col(OutboxMessage.zone),
    ).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.to_bidx).in_(numbers),
        col(OutboxMessage.created_at) > now - LOOK_BACK,
        col(OutboxMessage.kind).in_(USED_KINDS),
        col(OutboxMessage.state).not_in(dead),
    )  # fmt: skip
    prompts: dict[str, list[date]] = defaultdict(list)
    nudges: dict[str, list[date]] = defaultdict(list)
    for message_id, number, kind, due_at, claimed_at, zone in session.execute(query):
        if message_id not in without:
            days = nudges if kind == Kind.NUDGE.value else prompts
            days[number].append(local_day(claimed_at or due_at, zone))
    return prompts, nudges


def hours_of(agency: Agency) -> PoliteHours:
    """The agency's polite hours."""
    return PoliteHours(agency.polite_from, agency.polite_until, agency.polite_sunday_from)


def caps_of(agency: Agency, member: Member | None) -> Caps:
    """The agency's caps, lowered to what the member asked for."""
    return caps_with(agency, None if member is None else member.texts_a_week)


def caps_with(agency: Agency, wished: int | None) -> Caps:
    """The agency's caps, lowered to the texts a week that somebody wished for."""
    texts = agency.texts_a_week if wished is None else min(agency.texts_a_week, wished)
    return Caps(agency.prompts_a_day, min(agency.prompts_a_week, texts), texts)


def closed_day(agency: Agency, at: datetime, zone: str) -> str | None:
    """The name of the agency's holiday on that local day, if it is one."""
    day = local_day(at, zone).isoformat()
    return next((row.get("name") or "a holiday" for row in agency.closed_days if row.get("date") == day), None)
