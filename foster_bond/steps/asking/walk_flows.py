"""flow → outbox: the step of a guided activity that is due is asked past the gate; a silent one ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.errors import InvalidInput
from foster_bond.library.flows import Flow, Step
from foster_bond.rules import polite_hours
from foster_bond.rules.blackout import holds_until
from foster_bond.rules.flow import Did, Ending, Event, FlowState, Turn, take
from foster_bond.rules.kinds import Kind
from foster_bond.rules.ladder_gates import barred_near_a_date, why_not
from foster_bond.rules.ladder_state import LadderPast, LadderState, PromptFacts, after_sent, from_json, to_json
from foster_bond.rules.local_time import local_day
from foster_bond.rules.message_text import child_word
from foster_bond.rules.segments import measure
from foster_bond.rules.send_gate import Ask, Drop, Go, Hold, judge
from foster_bond.rules.states import Consent, Outbound
from foster_bond.steps.walking import around, flow_of, keep, standing_of
from foster_bond.store import agencies, flow_runs, ladder_rows, outbox, prompts
from foster_bond.store.agencies import Agency
from foster_bond.store.families import MemberRole, member_phone
from foster_bond.store.family_calendars import calendars_of
from foster_bond.store.flow_runs import DueRun
from foster_bond.store.ladder_rows import LadderRow
from foster_bond.store.number_facts import NEVER_LEFT, NumberFacts, caps_with, closed_day, facts_of, hours_of, latest
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Prompt, PromptState
from foster_bond.store.sealing import SealBroken

BATCH = 50
SOON = timedelta(minutes=10)  # a person or the family may lift what holds it
LATER = timedelta(hours=1)  # the ladder's rules open by the day
NOT_LEFT_YET = (Outbound.SCHEDULED.value,)


@dataclass(frozen=True, slots=True)
class Walk:
    """One run with everything that a look at it needs."""

    session: Session
    store: Store
    one: DueRun
    agency: Agency
    facts: NumberFacts
    held: LadderRow
    now: datetime

    @property
    def flow(self) -> Flow:
        return flow_of(self.one.run)

    @property
    def step(self) -> Step:
        return self.flow.step(self.one.run.step)

    @property
    def zone(self) -> str:
        return self.one.member.zone or self.one.family.zone

    @property
    def past(self) -> LadderPast:
        return from_json(self.held.past)

    def keep(self, turn: Turn, look_at: datetime | None = None) -> None:
        keep(self.session, self.one.run, turn, self.now, look_at=look_at)

    def take(self, event: Event) -> Turn:
        """Where an event takes this run."""
        near = around(self.session, self.agency, self.one.run, self.past, self.zone, self.now)
        return take(self.flow, standing_of(self.one.run), event, near, self.now)


def walk_flows(store: Store, now: datetime) -> dict[str, int]:
    """How many steps were asked, how many activities ended, how many wait."""
    tally = {"asked": 0, "ended": 0, "waiting": 0}
    while _batch(store, now, tally) == BATCH:
        pass
    return tally


def _batch(store: Store, now: datetime, tally: dict[str, int]) -> int:
    with store.write() as session:
        due = flow_runs.due(session, now, BATCH)
        facts = facts_of(session, [(one.run.agency_id, one.run.to_bidx) for one in due], now, leaving=False)
        for one in due:
            run = one.run
            agency = agencies.by_id(session, run.agency_id)
            held = ladder_rows.hold(session, run.agency_id, run.member_id)
            tally[_look(Walk(session, store, one, agency, facts[run.agency_id, run.to_bidx], held, now))] += 1
        return len(due)


def _look(walk: Walk) -> str:
    over = _over(walk)
    if over is not None:
        walk.keep(walk.take(Event(Did.END, why=over)))
        return "ended"
    run = walk.one.run
    if run.state == FlowState.ASKED.value:
        return _await(walk)
    turn = walk.take(Event(Did.LOOK))
    walk.keep(turn)
    if not turn.standing.open:
        return "ended"
    due = turn.standing.due_at
    if turn.standing.state is not FlowState.DUE or due is None or due > walk.now:
        return "waiting"
    return _ask(walk)


def _over(walk: Walk) -> Ending | None:
    """What ends an activity from outside it."""
    member, family, facts = walk.one.member, walk.one.family, walk.facts
    if facts.consent is Consent.STOPPED:
        return Ending.STOP
    if member.left_at is not None or family.closed_at is not None:
        return Ending.GONE
    if facts.open_alert:
        return Ending.ALERT
    paused = latest(member.paused_until, facts.paused_until)
    return Ending.PAUSE if paused is not None and paused > walk.now else None


def _await(walk: Walk) -> str:
    """A text that never left is tried again or waits for GO; else time tells."""
    message = flow_runs.last_message(walk.session, walk.one.run)
    if message is not None and message.state in NEVER_LEFT:
        walk.keep(walk.take(Event(Did.LOST, until=_next_morning(walk))))
        return "waiting"
    seen = message is not None and message.state not in NOT_LEFT_YET
    turn = walk.take(Event(Did.LOOK, seen=seen))
    walk.keep(turn)
    return "waiting" if turn.standing.open else "ended"


def _ask(walk: Walk) -> str:
    """Write the step that is due, or wait for what holds it."""
    prompt = prompts.prompts_of(walk.session, walk.agency.id).get(walk.step.prompt)
    text = None if prompt is None or prompt.state != PromptState.APPROVED.value else _text(walk, prompt)
    if prompt is None or text is None:
        return _wait(walk, walk.now + LATER)
    until = _not_before(walk, prompt)
    if until is not None:
        return _wait(walk, until)
    verdict = judge(_question(walk, prompt))
    if isinstance(verdict, Go):
        return _write(walk, prompt, text)
    if isinstance(verdict, Drop) and not verdict.expired:
        walk.keep(walk.take(Event(Did.END, why=Ending.GONE)))
        return "ended"
    if not walk.step.begins:  # what answers somebody is not kept for the morning: GO takes it up again
        walk.keep(walk.take(Event(Did.LOST)))
        return "waiting"
    until = verdict.until if isinstance(verdict, Hold) else _next_morning(walk)
    return _wait(walk, until or walk.now + SOON)


def _wait(walk: Walk, until: datetime) -> str:
    run = walk.one.run
    run.look_at = min(max(until, walk.now + timedelta(seconds=1)), run.expires_at)
    walk.session.flush()
    return "waiting"


def _not_before(walk: Walk, prompt: Prompt) -> datetime | None:
    """Until when the flow's own guards and the ladder keep a step that we begin with; None: they do not."""
    if not walk.step.begins:
        return None
    if _latest_start(walk) <= walk.now:
        return _next_morning(walk)
    state = LadderState(
        enrolled_on=walk.held.began_on or local_day(walk.held.created_at, walk.zone), zone=walk.zone, past=walk.past,
        minor=walk.held.role == MemberRole.TEEN.value, l5_on=walk.held.l5_on,
        blackouts=calendars_of(walk.session, {(walk.agency.id, walk.one.family.id)}, walk.now)[
            walk.agency.id, walk.one.family.id
        ].stretches(walk.zone, walk.now),
    )  # fmt: skip
    return None if why_not(_facts(prompt), state, walk.now) is None else walk.now + LATER


def _facts(prompt: Prompt) -> PromptFacts:
    return PromptFacts(prompt.key, prompt.level, prompt.target, prompt.technique, prompt.reply)


def _latest_start(walk: Walk) -> datetime:
    """From when on today a first step would not leave the evening it needs."""
    first = walk.step.id == walk.flow.steps[0].id
    quiet = timedelta(hours=walk.flow.quiet_end_h if first else 0)
    return polite_hours.closes_at(hours_of(walk.agency, walk.facts.zones), walk.now, walk.zone) - quiet


def _next_morning(walk: Walk) -> datetime:
    hours = hours_of(walk.agency, walk.facts.zones)
    closing = polite_hours.closes_at(hours, walk.now, walk.zone)
    return polite_hours.next_open(hours, closing, walk.zone)


def _text(walk: Walk, prompt: Prompt) -> str | None:
    text = prompt.texts.get(walk.one.member.language)
    try:
        return None if text is None else child_word(text, walk.one.member.language, walk.one.member.child_word)
    except InvalidInput:
        return None


def _question(walk: Walk, prompt: Prompt) -> Ask:
    facts, member, now = walk.facts, walk.one.member, walk.now
    calendar = calendars_of(walk.session, {(walk.agency.id, walk.one.family.id)}, now)[
        walk.agency.id, walk.one.family.id
    ]
    near = calendar.near(walk.zone, now) if barred_near_a_date(_facts(prompt)) else None
    return Ask(
        kind=Kind.PROMPT if walk.step.begins else Kind.FLOW_STEP,
        at=now,
        zone=walk.zone,
        hours=hours_of(walk.agency, facts.zones),
        consent=facts.consent,
        not_before=now,
        not_after=_not_after(walk),
        paused_until=latest(member.paused_until, facts.paused_until),
        rests=calendar.rests(walk.zone, now),
        blackout_until=None if near is None else holds_until(calendar.stretches(walk.zone, now), now),
        open_alert=facts.open_alert,
        reconfirming=facts.reconfirming,
        closed_day=closed_day(walk.agency, now, walk.zone),
        welcomed_at=facts.welcomed_at,
        caps=caps_with(walk.agency, member.texts_a_week, facts.texts_a_week),
        used=facts.used,
    )


def _not_after(walk: Walk) -> datetime:
    return min(_latest_start(walk), walk.one.run.expires_at)


def _write(walk: Walk, prompt: Prompt, text: str) -> str:
    run, member, session = walk.one.run, walk.one.member, walk.session
    try:
        to = member_phone(session, walk.store.vault, member)
    except SealBroken:  # erased: no batch of others may fail with it
        walk.keep(walk.take(Event(Did.END, why=Ending.GONE)))
        return "ended"
    step = flow_runs.take_note(session, run, flow_runs.new_step(run, walk.step.id, prompt.key, walk.now))
    message = outbox.compose(
        session, walk.store.vault, agency_id=run.agency_id, family_id=run.family_id, member_id=member.id,
        kind=Kind.PROMPT if walk.step.begins else Kind.FLOW_STEP, to=to, to_bidx=run.to_bidx, body=text, now=walk.now,
        due_at=walk.now, not_after=_not_after(walk), zone=walk.zone, once_key=f"flow:{step.id}",
        prompt_key=prompt.key, text_id=prompt.key, language=member.language, parts=measure(text).parts,
    )  # fmt: skip
    step.message_id = None if message is None else message.id
    past = after_sent(walk.past, _facts(prompt), walk.now)
    ladder_rows.keep(session, walk.held, to_json(past), walk.held.level)
    turn = walk.take(Event(Did.WROTE))
    walk.keep(turn, look_at=min(_not_after(walk) + timedelta(minutes=1), turn.standing.look_at))
    return "asked"
