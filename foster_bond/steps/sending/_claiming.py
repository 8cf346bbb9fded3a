"""What the sending steps share: claim due texts, each by its own compare-and-set, with the gate asked once more."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from foster_bond.clock import Clock
from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import MANNERS, PROMPT_LIKE, Kind
from foster_bond.rules.send_gate import Drop, Go, Hold
from foster_bond.rules.states import Outbound
from foster_bond.steps.sending import _gate as gate
from foster_bond.steps.sending._pacing import NOT_SOONER, Turn, turns_of
from foster_bond.store import alert_calls, outbox, outbox_claims, pauses, staff
from foster_bond.store.agencies import Agency, number_of
from foster_bond.store.ids import new_id
from foster_bond.store.number_facts import Number, facts_of, hours_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import Held
from foster_bond.store.outbox_claims import Due
from foster_bond.store.sealing import Installation, Place, SealBroken

NO_SENDER = "The agency has no number to send from."
ERASED = "The family's record has been erased."
OVERTAKEN = "Somebody had taken the alert before this left."
DISABLED = "This person was disabled after it was written."
JUST_ENDING = "Polite hours are just ending."
HELD_AGAIN = timedelta(minutes=1)  # a text held without an end in sight is asked again this often, in its window
LONGEST_VALIDITY = timedelta(hours=4)  # Twilio's own queue limit; nothing of ours is worth reading later than that
LEAST_VALIDITY = timedelta(seconds=1)  # the carrier's least
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

    def look_again(self, wait: timedelta | None) -> None:
        if wait is not None:
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
    round: Round
    zones: dict[Number, frozenset[str]] = field(default_factory=dict)  # of the numbers of this round


def claim(
    store: Store, senders: Senders, clock: Clock, *, lease: timedelta, room: int, rotation: int = 0, paced: bool = True
) -> Round:
    """At most `room` texts, committed as `sending` before any socket opens, and how many were held or dropped.

    Agencies take turns, so that one agency's thousands do not delay another's few.
    """
    found = Round()
    with store.write() as session:
        desk = _Desk(session, store, senders, clock.now(), clock.real(), lease, found)
        turns = _share_out(desk, _turns(desk, rotation, paced), room)
        ready = _judged(desk, turns)
        _take(desk, [(turn.agency, turn.within_pace(ready[turn.agency.id])) for turn in turns])
        for turn in turns:
            turn.close(session)
            found.look_again(turn.wait())
            if turn.wait() is None and len(turn.found) == turn.share:
                found.look_again(timedelta() if found.changed else NOT_SOONER)
    return found


def _turns(desk: _Desk, rotation: int, paced: bool) -> list[Turn]:
    """The agencies that have something due, in this round's order; none while all sending rests."""
    in_force = pauses.in_force(desk.session, desk.now)
    installation = desk.session.get(Installation, 1)
    if pauses.CREDENTIALS in in_force or (installation is not None and installation.mode != "live"):
        return []
    waiting = outbox_claims.agencies_with_due(desk.session, desk.now)
    start = rotation % len(waiting) if waiting else 0
    turns = turns_of(desk.session, waiting[start:] + waiting[:start], in_force, desk.now, paced=paced)
    if len(turns) < len(waiting):
        desk.round.look_again(LOCKED_ELSEWHERE)
    return turns


def _share_out(desk: _Desk, turns: Sequence[Turn], room: int) -> list[Turn]:
    """Those agencies that get a share of the room, with what was found due for each."""
    for place, turn in enumerate(turns):
        turn.share = -(-room // (len(turns) - place))
        if turn.share < 1:
            desk.round.look_again(timedelta())
            return list(turns[:place])
        turn.found = outbox_claims.due(desk.session, turn.agency.id, desk.now, limit=turn.share, ordinary=turn.ordinary)
        room -= len(turn.found)
    return list(turns)


def _judged(desk: _Desk, turns: Sequence[Turn]) -> dict[str, list[Due]]:
    """Those that may leave now, by agency; the others are held or dropped, each with its reason."""
    numbers = {one.number for turn in turns for one in turn.found}
    ready: dict[str, list[Due]] = {turn.agency.id: [] for turn in turns}
    if not numbers:
        return ready
    facts = facts_of(desk.session, numbers, desk.now, leaving=True)
    desk.zones.update({number: known.zones for number, known in facts.items()})
    busy = outbox_claims.busy_numbers(desk.session, numbers)
    needless = _needless(desk, [one for turn in turns for one in turn.found if one.kind is Kind.STAFF_ALERT])
    around = gate.around(desk.session, (one for turn in turns for one in turn.found), desk.now)
    held: list[Held] = []
    for turn in turns:
        for one in turn.found:
            if one.id in needless:
                continue
            verdict = gate.ask(turn.agency, one, facts[one.number], one.number in busy, desk.now, around)
            if isinstance(verdict, Go):
                ready[turn.agency.id].append(one)
                busy |= {one.number} if one.kind in PROMPT_LIKE else set()
            elif isinstance(verdict, Drop):
                _drop(desk, one, verdict)
            else:
                held.append(_held(one, verdict, desk.now))
    _hold(desk, held)
    return ready


def _needless(desk: _Desk, calls: Sequence[Due]) -> frozenset[str]:
    """Texts to staff that nobody needs any more: they end here, and their keys are free for another call."""
    if not calls:
        return frozenset()
    gone = staff.who_left(desk.session, {one.staff_id for one in calls if one.staff_id is not None})
    left = {one.id for one in calls if one.staff_id in gone}
    overtaken = alert_calls.overtaken_texts(desk.session, [one.id for one in calls if one.id not in left])
    for after, why, ids in ((Outbound.SUPPRESSED, DISABLED, left), (Outbound.CANCELLED, OVERTAKEN, overtaken)):
        moved = outbox.move_all(desk.session, sorted(ids), Outbound.SCHEDULED, after, desk.now, why=why, once_key=None)
        desk.round.tally[after.value] += len(moved)
    return overtaken | left


def _hold(desk: _Desk, held: Sequence[Held]) -> None:
    outbox.hold(desk.session, held)
    desk.round.tally["held"] += len(held)


def _held(one: Due, hold: Hold, now: datetime) -> Held:
    again = now + HELD_AGAIN if hold.until is None else max(hold.until, now + timedelta(seconds=1))
    return Held(one.id, min(again, one.not_after), hold.why)


def _drop(desk: _Desk, one: Due, drop: Drop) -> None:
    after = Outbound.EXPIRED if drop.expired else Outbound.SUPPRESSED
    outbox.move(desk.session, one.id, one.agency_id, Outbound.SCHEDULED, after, desk.now, why=drop.why)
    desk.round.tally[after.value] += 1


def _take(desk: _Desk, leaving: Sequence[tuple[Agency, Sequence[Due]]]) -> None:
    """Claim all of these in one UPDATE that asks again; what it leaves out has changed since the gate looked."""
    token = new_id()
    opened = [claimed for agency, some in leaving if some for claimed in _opened(desk, agency, some, token)]
    if not opened:
        return
    taken = outbox_claims.take_all(
        desk.session, [one.id for one in opened], token=token, now=desk.now, real=desk.real, lease=desk.lease
    )
    desk.round.taken += [one for one in opened if one.id in taken]


def _opened(desk: _Desk, agency: Agency, some: Sequence[Due], token: str) -> list[Claimed]:
    """One agency's texts in the clear, as they will be handed over, without those that cannot leave after all."""
    vault = desk.store.vault
    sender = desk.senders.of(agency, number_of(desk.session, vault, agency, "sender"))
    if sender is None:
        _hold(desk, [_held(one, Hold(NO_SENDER), desk.now) for one in some])
        return []
    vault.warm_families(desk.session, agency.id, sorted({one.family_id for one in some if one.family_id is not None}))
    return [claimed for one in some if (claimed := _one_opened(desk, agency, one, sender, token)) is not None]


def _one_opened(desk: _Desk, agency: Agency, one: Due, sender: str, token: str) -> Claimed | None:
    closes = one.not_after
    if MANNERS[one.kind].polite and not (one.kind is Kind.WELCOME and one.answers_yes):
        closes = min(
            closes, polite_hours.closes_at(hours_of(agency, desk.zones[one.number] | {one.zone}), desk.now, one.zone)
        )
    if closes - desk.now < LEAST_VALIDITY:
        _hold(desk, [Held(one.id, closes, JUST_ENDING)])
        return None
    vault = desk.store.vault
    try:
        to = vault.open(desk.session, one.to_sealed, Place("outbox_messages", "to_sealed", one.id))
        body = vault.open(desk.session, one.body, Place("outbox_messages", "body", one.id))
    except SealBroken:
        _drop(desk, one, Drop(ERASED))
        return None
    return Claimed(
        id=one.id, agency_id=one.agency_id, kind=one.kind, token=token, ref=one.ref, to=to, body=body, sender=sender,
        validity=min(closes - desk.now, LONGEST_VALIDITY), at=desk.real,
    )  # fmt: skip
