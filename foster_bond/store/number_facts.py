"""Store: what the gate looks at, read for many numbers at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.local_time import local_day
from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.public_holidays import kept_on
from foster_bond.rules.send_gate import Caps, Used
from foster_bond.rules.states import Consent, Outbound
from foster_bond.store.agencies import Agency
from foster_bond.store.alerts import OPEN_STATES, Alert
from foster_bond.store.consents import NumberConsent
from foster_bond.store.families import Family, Member
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
    reconfirming: bool = False
    paused_until: datetime | None = None  # the latest pause of anybody with this number
    texts_a_week: int | None = None  # the fewest that anybody with this number asked for
    zones: frozenset[str] = frozenset()  # where anybody with this number lives
    used: Used = field(default_factory=Used)


def facts_of(
    session: Session, numbers: Iterable[Number], now: datetime, *, leaving: bool, without: frozenset[str] = frozenset()
) -> Mapping[Number, NumberFacts]:
    """The facts of these numbers, in a constant number of queries.

    `leaving`: count towards the caps only what has been claimed, as at the moment of sending; else all that is written.
    """
    wanted = set(numbers)
    agencies, bidxs = sorted({agency_id for agency_id, _ in wanted}), sorted({bidx for _, bidx in wanted})
    consents = _consents(session, agencies, bidxs)
    alerted = _alerted(session, agencies, bidxs)
    prompts, nudges = _used(session, agencies, bidxs, now, leaving, without)
    shared = _shared(session, agencies, bidxs)
    found = {}
    for number in wanted:
        state, since, welcomed_at, why = consents.get(number, (Consent.NONE.value, None, None, None))
        found[number] = NumberFacts(
            consent=Consent(state),
            since=since,
            welcomed_at=welcomed_at,
            open_alert=number in alerted,
            reconfirming=why is not None,
            **shared.get(number, {}),
            used=Used(prompts=tuple(prompts[number]), nudges=tuple(nudges[number])),
        )
    return found


def _consents(
    session: Session, agencies: list[str], bidxs: list[str]
) -> dict[Number, tuple[str, datetime | None, datetime | None, str | None]]:
    rows = session.execute(_CONSENTS, {"agencies": agencies, "numbers": bidxs})
    return {(row[0], row[1]): (row[2], row[3], row[4], row[5]) for row in rows}


def _shared(session: Session, agencies: list[str], bidxs: list[str]) -> dict[Number, dict[str, Any]]:
    """What the people who share a number asked for, and where they live: it counts for the number, in every family."""
    found: dict[Number, dict[str, Any]] = {}
    for agency_id, bidx, zone, paused_until, wished in session.execute(
        _TWINS, {"agencies": agencies, "numbers": bidxs}
    ):
        one = found.setdefault((agency_id, bidx), {"zones": frozenset(), "paused_until": None, "texts_a_week": None})
        one["zones"] |= {zone}
        one["paused_until"] = max((at for at in (one["paused_until"], paused_until) if at is not None), default=None)
        one["texts_a_week"] = min((n for n in (one["texts_a_week"], wished) if n is not None), default=None)
    return found


def _alerted(session: Session, agencies: list[str], bidxs: list[str]) -> set[Number]:
    """Numbers whose family has an open alert, whoever of the family wrote."""
    rows = session.execute(_ALERTS, {"agencies": agencies}).all()
    found = {(row[0], row[1]) for row in rows}
    families = sorted({row[2] for row in rows if row[2] is not None})
    if families:
        theirs = session.execute(_THEIR_NUMBERS, {"agencies": agencies, "numbers": bidxs, "families": families})
        found |= {(row[0], row[1]) for row in theirs}
    return found


def _used(
    session: Session, agencies: list[str], bidxs: list[str], now: datetime, leaving: bool, without: frozenset[str]
) -> tuple[dict[Number, list[date]], dict[Number, list[date]]]:
    asked = {"agencies": agencies, "numbers": bidxs, "since": now - LOOK_BACK}
    prompts: dict[Number, list[date]] = defaultdict(list)
    nudges: dict[Number, list[date]] = defaultdict(list)
    rows = session.execute(_LEFT if leaving else _WRITTEN, asked).all()
    replaced = {row[8] for row in rows if row[8] is not None}  # sent again: the second counts in place of the first
    for message_id, agency_id, bidx, kind, due_at, claimed_at, zone, state, _ in rows:
        waits = leaving and state == Outbound.SCHEDULED.value
        if message_id not in without and message_id not in replaced and not waits:
            days = nudges if kind == Kind.NUDGE.value else prompts
            days[agency_id, bidx].append(local_day(claimed_at or due_at, zone))
    return prompts, nudges


# Built once: to put such a statement together costs more than to run it.
_AGENCIES: Any = bindparam("agencies", expanding=True)
_NUMBERS: Any = bindparam("numbers", expanding=True)

_CONSENTS = select(
    col(NumberConsent.agency_id), col(NumberConsent.to_bidx), col(NumberConsent.state), col(NumberConsent.since),
    col(NumberConsent.welcomed_at), col(NumberConsent.reconfirm_why),
).where(col(NumberConsent.agency_id).in_(_AGENCIES), col(NumberConsent.to_bidx).in_(_NUMBERS))  # fmt: skip

_ALERTS = select(col(Alert.agency_id), col(Alert.from_bidx), col(Alert.family_id)).where(
    col(Alert.agency_id).in_(_AGENCIES), col(Alert.priority) == "now", col(Alert.state).in_(OPEN_STATES)
)

_TWINS = (
    select(
        col(Member.agency_id), col(Member.to_bidx), func.coalesce(col(Member.zone), col(Family.zone)),
        col(Member.paused_until), col(Member.texts_a_week),
    )
    .join(Family, (col(Family.agency_id) == col(Member.agency_id)) & (col(Family.id) == col(Member.family_id)))
    .where(
        col(Member.agency_id).in_(_AGENCIES), col(Member.to_bidx).in_(_NUMBERS), col(Member.left_at).is_(None),
        col(Family.closed_at).is_(None),
    )
)  # fmt: skip

_THEIR_NUMBERS = select(col(Member.agency_id), col(Member.to_bidx)).where(
    col(Member.agency_id).in_(_AGENCIES),
    col(Member.to_bidx).in_(_NUMBERS),
    col(Member.family_id).in_(bindparam("families", expanding=True)),
)


def _asked_lately(*more: ColumnElement[bool]) -> Any:
    return select(
        col(OutboxMessage.id), col(OutboxMessage.agency_id), col(OutboxMessage.to_bidx), col(OutboxMessage.kind),
        col(OutboxMessage.due_at), col(OutboxMessage.claimed_at), col(OutboxMessage.zone), col(OutboxMessage.state),
        col(OutboxMessage.again_of),
    ).where(
        col(OutboxMessage.agency_id).in_(_AGENCIES),
        col(OutboxMessage.to_bidx).in_(_NUMBERS),
        col(OutboxMessage.created_at) > bindparam("since"),
        col(OutboxMessage.kind).in_(USED_KINDS),
        col(OutboxMessage.state).not_in(NEVER_LEFT),
        *more,
    )  # fmt: skip


_WRITTEN = _asked_lately()
# What still waits counts for nothing at the moment of sending, but what it is sent again for has to be known.
_LEFT = _asked_lately(
    or_(col(OutboxMessage.state) != Outbound.SCHEDULED.value, col(OutboxMessage.again_of).is_not(None))
)


def hours_of(agency: Agency, zones: frozenset[str] = frozenset()) -> PoliteHours:
    """The agency's polite hours; they have to hold in all of these zones where a number is at home in several."""
    also_in = zones if len(zones) > 1 else frozenset()
    return _hours(agency.polite_from, agency.polite_until, agency.polite_sunday_from, also_in)


@lru_cache(maxsize=1024)
def _hours(start: time, end: time, sunday_start: time | None, also_in: frozenset[str]) -> PoliteHours:
    return PoliteHours(start, end, sunday_start, also_in=also_in)


def latest(*instants: datetime | None) -> datetime | None:
    """The last of these instants, those that are none left out."""
    return max((at for at in instants if at is not None), default=None)


def caps_with(agency: Agency, *wished: int | None) -> Caps:
    """The agency's caps, lowered to the fewest texts a week that somebody wished for."""
    texts = min([agency.texts_a_week, *(fewest for fewest in wished if fewest is not None)])
    return _caps(agency.prompts_a_day, min(agency.prompts_a_week, texts), texts)


_caps = lru_cache(maxsize=1024)(Caps)


def closed_day(agency: Agency, at: datetime, zone: str) -> str | None:
    """The name of the agency's own closed day or of the public holiday it keeps on that local day, if it is one."""
    if not agency.closed_days and not agency.holidays:
        return None
    day = local_day(at, zone)
    written = day.isoformat()
    own = next((row.get("name") or "a day off" for row in agency.closed_days if row.get("date") == written), None)
    return own or kept_on(agency.country, agency.state, agency.holidays, day)
