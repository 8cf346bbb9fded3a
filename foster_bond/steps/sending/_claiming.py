"""What the sending steps share: claim due texts, each by its own compare-and-set, with the gate asked once more."""

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from foster_bond.clock import Clock
from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import MANNERS, PROMPT_LIKE, Kind
from foster_bond.rules.retry import Bucket, Pace, allowance, spend, wait_for
from foster_bond.rules.send_gate import Drop, Go, Hold
from foster_bond.rules.states import Outbound
from foster_bond.steps.sending import _gate as gate
from foster_bond.store import agencies, outbox, outbox_claims, pauses
from foster_bond.store.agencies import Agency, number_of
from foster_bond.store.ids import new_id
from foster_bond.store.number_facts import facts_of, hours_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import Held
from foster_bond.store.outbox_claims import Due
from foster_bond.store.sealing import Installation, Place, SealBroken

UNPACED = 1e9  # segments: no share is larger
NO_SENDER = "The agency has no number to send from."
ERASED = "The family's record has been erased."
HELD_AGAIN = timedelta(minutes=1)  # a text held without an end in sight is asked again this often, in its window
LONGEST_VALIDITY = timedelta(hours=4)  # Twilio's own queue limit; nothing of ours is worth reading later than that
LEAST_VALIDITY = timedelta(seconds=1)  # the carrier's least
IDLE = timedelta(seconds=1)  # a sender that rested this long has saved nothing up
STEPPED_BACK = timedelta(minutes=1)  # a pace further in the future than this was written before a clock went back
NOT_SOONER = timedelta(milliseconds=50)  # half of what the pace's bucket saves up: rounds stay few, the rate is kept
LOCKED_ELSEWHERE = timedelta(milliseconds=20)  # how long another clock holds an agency's pace


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text in the hands of this process until its lease ends. `token` proves it. `at` is the machine's own time."""

    id: str
    agency_id: str
    kind: Kind
    token: str
    ref: str
    to: str
    body: str
    sender: str
    validity: timedelta
    at: datetime


@dataclass(frozen=True, slots=True)
class Senders:
    """Who sends for an agency: its own number, or for the first agency what the settings name."""

    first_agency: str | None
    service: str | None = None  # a messaging service goes before a number
    number: str | None = None

    def of(self, agency: Agency, own_number: str | None) -> str | None:
        first = agency.id == self.first_agency
        return (self.service if first else None) or own_number or (self.number if first else None)


@dataclass(slots=True)
class Round:
    """What one round of claiming came to. `again_in`: when to ask again for what is due; None = nothing is."""

    taken: list[Claimed] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    again_in: timedelta | None = None

    @property
    def changed(self) -> int:
        """How many texts this round has moved or put aside."""
        return len(self.taken) + self.tally.total()

    def look_again(self, wait: timedelta) -> None:
        self.again_in = wait if self.again_in is None else min(self.again_in, wait)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every step of one round of claiming needs."""

    session: Session
    store: Store
    senders: Senders
    now: datetime
    real: datetime
    lease: timedelta
    paced: bool
    round: Round


def claim(
    store: Store, senders: Senders, clock: Clock, *, lease: timedelta, room: int, rotation: int = 0, paced: bool = True
) -> Round:
    """At most `room` texts, committed as `sending` before any socket opens, and how many were held or dropped.

    Agencies take turns, so that one agency's thousands do not delay another's few.
    """
    found = Round()
    with store.write() as session:
        desk = _Desk(session, store, senders, clock.now(), clock.real(), lease, paced, found)
        if _resting(desk):
            return found
        waiting = outbox_claims.agencies_with_due(session, desk.now)
        start = rotation % len(waiting) if waiting else 0
        turn = waiting[start:] + waiting[:start]
        for left, agency_id in zip(range(len(turn), 0, -1), turn, strict=True):
            share = -(-(room - len(found.taken)) // left)
            if share < 1:
                found.look_again(timedelta())
                break
            _claim_of(desk, agencies.by_id(session, agency_id), share)
    return found


def _resting(desk: _Desk) -> bool:
    installation = desk.session.get(Installation, 1)
    if installation is not None and installation.mode != "live":
        return True
    return pauses.CREDENTIALS in pauses.in_force(desk.session, desk.now)


def _claim_of(desk: _Desk, agency: Agency, share: int) -> None:
    """One agency's share, at its sender's pace. What is urgent waits for neither pace nor pause, but is counted."""
    paused = pauses.sender_key(agency.id) in pauses.in_force(desk.session, desk.now)
    try:
        bucket = _bucket(desk, agency) if desk.paced else Bucket(UNPACED, desk.now)
    except pauses.TakenElsewhere:  # another clock is claiming for this agency at this moment
        desk.round.look_again(LOCKED_ELSEWHERE)
        return
    ordinary = 0 if paused or bucket.segments < 1 else math.ceil(bucket.segments)
    found = outbox_claims.due(desk.session, agency.id, desk.now, limit=share, ordinary=ordinary)
    before = desk.round.changed
    ready = _judged(desk, agency, found)
    within, bucket = _within_pace(ready, bucket)
    _take(desk, agency, within)
    if desk.paced:
        pauses.keep_pace(desk.session, agency.id, bucket.segments, bucket.at)
    if desk.paced and not paused and bucket.segments < 1:
        desk.round.look_again(max(wait_for(Pace(agency.texts_per_second), bucket), NOT_SOONER))
    elif len(found) == share:
        desk.round.look_again(timedelta() if desk.round.changed > before else NOT_SOONER)


def _bucket(desk: _Desk, agency: Agency) -> Bucket:
    """The agency's pace now, its row locked. Raises: TakenElsewhere."""
    row, now = pauses.pace_of(desk.session, agency.id), desk.now
    if row is None or row.at - now > STEPPED_BACK:
        return Bucket(1, now)
    filled = allowance(Pace(agency.texts_per_second), Bucket(row.segments, row.at), now)
    # What is saved up makes good a late wake-up; after a rest it would only break the set rate.
    return filled if now - row.at < IDLE else Bucket(min(filled.segments, 1), filled.at)


def _within_pace(ready: list[Due], bucket: Bucket) -> tuple[list[Due], Bucket]:
    within = []
    for one in ready:
        if one.urgent or bucket.segments >= 1:
            bucket = spend(bucket, one.parts)
            within.append(one)
    return within, bucket


def _judged(desk: _Desk, agency: Agency, found: list[Due]) -> list[Due]:
    """Those that may leave now; the others are held or dropped, each with its reason."""
    numbers = {one.to_bidx for one in found}
    facts = facts_of(desk.session, {(agency.id, number) for number in numbers}, desk.now, leaving=True)
    busy = outbox_claims.busy_numbers(desk.session, agency.id, sorted(numbers))
    ready, held = [], []
    for one in found:
        verdict = gate.ask(agency, one, facts[agency.id, one.to_bidx], one.to_bidx in busy, desk.now)
        if isinstance(verdict, Go):
            ready.append(one)
            busy |= {one.to_bidx} if one.kind in PROMPT_LIKE else set()
        elif isinstance(verdict, Drop):
            _drop(desk, one, verdict)
        else:
            held.append(_held(one, verdict, desk.now))
    outbox.hold(desk.session, held)
    desk.round.tally["held"] += len(held)
    return ready


def _held(one: Due, hold: Hold, now: datetime) -> Held:
    again = now + HELD_AGAIN if hold.until is None else max(hold.until, now + timedelta(seconds=1))
    return Held(one.id, min(again, one.not_after), hold.why)


def _drop(desk: _Desk, one: Due, drop: Drop) -> None:
    after = Outbound.EXPIRED if drop.expired else Outbound.SUPPRESSED
    outbox.move(desk.session, one.id, one.agency_id, Outbound.SCHEDULED, after, desk.now, why=drop.why)
    desk.round.tally[after.value] += 1


def _take(desk: _Desk, agency: Agency, ready: list[Due]) -> None:
    sender = desk.senders.of(agency, number_of(desk.session, desk.store.vault, agency, "sender"))
    if sender is None:
        outbox.hold(desk.session, [_held(one, Hold(NO_SENDER), desk.now) for one in ready])
        desk.round.tally["held"] += len(ready)
        return
    families = sorted({one.family_id for one in ready if one.family_id is not None})
    desk.store.vault.warm_families(desk.session, agency.id, families)
    token = new_id()
    opened = [claimed for one in ready if (claimed := _opened(desk, agency, one, sender, token)) is not None]
    taken = outbox_claims.take_all(
        desk.session, [one.id for one in opened], token=token, now=desk.now, real=desk.real, lease=desk.lease
    )
    desk.round.taken += [one for one in opened if one.id in taken]


def _opened(desk: _Desk, agency: Agency, one: Due, sender: str, token: str) -> Claimed | None:
    """The text in the clear, as it will be handed over; None where it cannot leave after all."""
    closes = one.not_after
    if MANNERS[one.kind].polite and not (one.kind is Kind.WELCOME and one.answers_yes):
        closes = min(closes, polite_hours.closes_at(hours_of(agency), desk.now, one.zone))
    if closes - desk.now < LEAST_VALIDITY:
        outbox.hold(desk.session, [Held(one.id, closes, "Polite hours are just ending.")])
        desk.round.tally["held"] += 1
        return None
    try:
        to = desk.store.vault.open(desk.session, one.to_sealed, Place("outbox_messages", "to_sealed", one.id))
        body = desk.store.vault.open(desk.session, one.body, Place("outbox_messages", "body", one.id))
    except SealBroken:
        _drop(desk, one, Drop(ERASED))
        return None
    return Claimed(
        id=one.id, agency_id=one.agency_id, kind=one.kind, token=token, ref=one.ref, to=to, body=body, sender=sender,
        validity=min(closes - desk.now, LONGEST_VALIDITY), at=desk.real,
    )  # fmt: skip
