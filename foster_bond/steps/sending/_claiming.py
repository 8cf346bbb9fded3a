"""What the sending steps share: claim due texts, each by its own compare-and-set, with the gate asked once more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import MANNERS, PROMPT_LIKE, Kind
from foster_bond.rules.retry import Bucket, Pace, allowance, spend
from foster_bond.rules.send_gate import Ask, Drop, Hold, Verdict, judge
from foster_bond.rules.states import Outbound
from foster_bond.store import outbox, outbox_claims, pauses
from foster_bond.store.agencies import Agency, number_of
from foster_bond.store.ids import new_id
from foster_bond.store.number_facts import NumberFacts, caps_of, closed_day, facts_of, hours_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.outbox_claims import Candidate
from foster_bond.store.sealing import Installation

NO_SENDER = "The agency has no number to send from."
HELD_AGAIN = timedelta(minutes=1)  # a text held without an end in sight is asked again this often, in its window
LONGEST_VALIDITY = timedelta(hours=4)  # Twilio's own queue limit; nothing of ours is worth reading later than that
URGENT_RANK = 2  # alerts, crisis answers and keyword answers do not wait for the pace
STEPPED_BACK = timedelta(minutes=1)  # a pace further in the future than this was written before a clock went back


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text in the hands of this process until its lease ends. `token` proves it."""

    id: str
    agency_id: str
    kind: Kind
    token: str
    ref: str
    to: str
    body: str
    sender: str
    validity: timedelta
    attempt: int


@dataclass(frozen=True, slots=True)
class Senders:
    """Which sender each agency uses: its own number, or for the first agency the messaging service of the settings."""

    service: str | None
    first_agency: str | None

    def of(self, agency: Agency, own_number: str | None) -> str | None:
        return self.service if self.service and agency.id == self.first_agency else own_number


def claim(
    store: Store, senders: Senders, now: datetime, real: datetime, *, lease: timedelta, room: int, rotation: int = 0
) -> tuple[list[Claimed], dict[str, int]]:
    """At most `room` texts, committed as `sending` before any socket opens, and how many were held or dropped.

    Agencies take turns, so that one agency's thousands do not delay another's few.
    """
    tally = {"held": 0, "suppressed": 0, "expired": 0}
    with store.write() as session:
        if _resting(session, now):
            return [], tally
        agencies = outbox_claims.agencies_with_due(session, now)
        start = rotation % len(agencies) if agencies else 0
        turn = agencies[start:] + agencies[:start]
        claimed: list[Claimed] = []
        for left, agency_id in zip(range(len(turn), 0, -1), turn, strict=True):
            share = -(-(room - len(claimed)) // left)
            if share > 0:
                claimed += _claim_of(session, store, senders, agency_id, now, real, lease, share, tally)
        return claimed, tally


def _resting(session: Session, now: datetime) -> bool:
    installation = session.get(Installation, 1)
    if installation is not None and installation.mode != "live":
        return True
    return pauses.CREDENTIALS in pauses.in_force(session, now)


def _claim_of(
    session: Session, store: Store, senders: Senders, agency_id: str, now: datetime, real: datetime,
    lease: timedelta, share: int, tally: dict[str, int],
) -> list[Claimed]:  # fmt: skip
    agency = session.get(Agency, agency_id)
    assert agency is not None
    paused = pauses.in_force(session, now).get(pauses.sender_key(agency_id))
    try:
        bucket = _bucket(session, agency, now)
    except pauses.TakenElsewhere:  # another clock is claiming for this agency at this moment
        return []
    found = outbox_claims.due(session, agency_id, now, share)
    facts = facts_of(session, {(agency_id, one.message.to_bidx) for one in found}, now, leaving=True)
    busy: set[str] = set()
    claimed: list[Claimed] = []
    for one in found:
        urgent = one.message.rank <= URGENT_RANK
        if not urgent and (paused is not None or bucket.segments < 1):
            continue
        verdict = _verdict(agency, one, facts[agency_id, one.message.to_bidx], busy, now)
        if isinstance(verdict, Hold | Drop):
            _put_back(session, one.message, verdict, now, tally)
            continue
        taken = _take(session, store, senders, agency, one, now, real, lease)
        if taken is not None:
            claimed.append(taken)
            bucket = spend(bucket, one.message.parts)
            if taken.kind in PROMPT_LIKE:
                busy.add(one.message.to_bidx)
    pauses.keep_pace(session, agency_id, bucket.segments, bucket.at)
    return claimed


def _bucket(session: Session, agency: Agency, now: datetime) -> Bucket:
    """The agency's pace now, its row locked. Raises: TakenElsewhere."""
    pace = Pace(agency.texts_per_second)
    row = pauses.pace_of(session, agency.id)
    if row is None:
        return Bucket(pace.burst, now)
    at = row.at if row.at - now <= STEPPED_BACK else now
    return allowance(pace, Bucket(row.segments, at), now)


def _verdict(agency: Agency, one: Candidate, facts: NumberFacts, busy: Iterable[str], now: datetime) -> Verdict:
    message, kind = one.message, Kind(one.message.kind)
    if kind in PROMPT_LIKE and message.to_bidx in busy:
        return Hold("Another text to this number is on its way.", now + timedelta(seconds=2))
    return judge(
        Ask(
            kind=kind,
            at=now,
            zone=message.zone,
            hours=hours_of(agency),
            consent=facts.consent,
            not_before=message.not_before,
            not_after=message.not_after,
            paused_until=None if one.member is None else one.member.paused_until,
            family_open=one.family is None or one.family.closed_at is None,
            open_alert=facts.open_alert,
            closed_day=closed_day(agency, now, message.zone),
            answers_at=one.answers_at,
            answers_yes=one.answers_yes,
            welcomed_at=facts.welcomed_at,
            caps=caps_of(agency, one.member),
            used=facts.used,
        )
    )


def _put_back(
    session: Session, message: OutboxMessage, verdict: Hold | Drop, now: datetime, tally: dict[str, int]
) -> None:
    if isinstance(verdict, Drop):
        after = Outbound.EXPIRED if verdict.expired else Outbound.SUPPRESSED
        outbox.move(session, message.id, message.agency_id, Outbound.SCHEDULED, after, now, why=verdict.why)
        tally[after.value] += 1
        return
    again = now + HELD_AGAIN if verdict.until is None else max(verdict.until, now + timedelta(seconds=1))
    message.next_try_at = min(again, message.not_after)
    message.reason = verdict.why
    tally["held"] += 1


def _take(
    session: Session, store: Store, senders: Senders, agency: Agency, one: Candidate, now: datetime, real: datetime,
    lease: timedelta,
) -> Claimed | None:  # fmt: skip
    message, vault = one.message, store.vault
    sender = senders.of(agency, number_of(session, vault, agency, "sender"))
    if sender is None:
        message.next_try_at, message.reason = (
            min(now + HELD_AGAIN, message.not_after),
            NO_SENDER,
        )
        return None
    token = new_id()
    closes = message.not_after
    if MANNERS[Kind(message.kind)].polite and not one.answers_yes:
        closes = min(closes, polite_hours.closes_at(hours_of(agency), now, message.zone))
    if not outbox_claims.take(session, message, token=token, now=now, real=real, lease=lease):
        return None
    return Claimed(
        id=message.id, agency_id=message.agency_id, kind=Kind(message.kind), token=token, ref=message.ref,
        to=outbox.number_of(session, vault, message), body=outbox.body_of(session, vault, message), sender=sender,
        validity=min(closes - now, LONGEST_VALIDITY), attempt=message.attempts + 1,
    )  # fmt: skip
