"""Rules, reflection → next step: where a guided activity stands, and where each event takes it. A flow is data.

Nothing here knows a store or a clock: state + event + now gives the new state, what to say, and when to look again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from foster_bond.library.flows import Flow, Step

SAID_AT_THE_END = "ACK"


class FlowState(StrEnum):
    """Where a run stands."""

    DUE = "due"  # a step is to be asked at `due_at`
    ASKED = "asked"  # it was asked, and an answer is awaited
    HELD = "held"  # BASE, a hard day or the night: GO goes on
    DONE = "done"  # to its end, or they said DONE
    EXPIRED = "expired"  # nobody answered in time
    STOPPED = "stopped"  # an alert, STOP, PAUSE, a worker


class Ending(StrEnum):
    """Why a run is over."""

    FINISHED = "finished"
    WORD = "word"  # DONE or SKIP
    SILENCE = "silence"
    ALERT = "alert"
    STOP = "stop"
    PAUSE = "pause"
    WORKER = "worker"  # a worker took it back
    GONE = "gone"  # they left, the placement ended or rests
    UNSENT = "unsent"  # it could not begin in time


F = FlowState
OPEN_STATES = frozenset({F.DUE, F.ASKED, F.HELD})
_ENDS = frozenset({F.DONE, F.EXPIRED, F.STOPPED})
MOVES: Mapping[FlowState, frozenset[FlowState]] = {
    F.DUE: frozenset({F.ASKED, F.HELD, *_ENDS}),
    F.ASKED: frozenset({F.DUE, F.HELD, *_ENDS}),
    F.HELD: frozenset({F.DUE, *_ENDS}),
    F.DONE: frozenset(),
    F.EXPIRED: frozenset(),
    F.STOPPED: frozenset(),
}


class Did(StrEnum):
    """What happened."""

    WROTE = "wrote"  # the text of the step that was due is written down
    LOST = "lost"  # that text never left: its window closed
    REPLY = "reply"  # words to the step `step`
    GO = "go"
    BASE = "base"
    DONE = "done"
    LATER = "later"  # ask this step once more at `until`
    END = "end"  # for the reason `why`
    LOOK = "look"  # time has passed


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `seen`: the text of the current step had reached the phone by then."""

    did: Did
    step: str = ""
    seen: bool = True
    hard_day: bool = False
    until: datetime | None = None
    why: Ending | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What the guards look at: polite hours are over, and what may make a step be passed over (library SKIPS)."""

    quiet: bool = False
    skips: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """One run, as its row tells it. `step`: the one that is due, asked, or taken up again by GO."""

    state: FlowState
    step: str
    last_at: datetime
    expires_at: datetime
    due_at: datetime | None = None
    held_at: datetime | None = None
    resumed_at: datetime | None = None
    why: Ending | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def look_at(self) -> datetime:
        """When time alone may change something."""
        return self.expires_at if self.due_at is None else min(self.due_at, self.expires_at)


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an event: the new standing, the fixed text that answers it, the steps that were passed over."""

    standing: Standing
    say: str | None = None
    passed: tuple[tuple[Step, str], ...] = ()


def begin(flow: Flow, now: datetime, at: datetime, around: Around) -> Turn:
    """An offer: its first step is due at `at`. It is dropped where it could not leave in time."""
    step, passed = _first_fit(flow.steps, around)
    lives = now + timedelta(hours=flow.offer_lives_h)
    if step is None:
        return Turn(Standing(F.DONE, flow.steps[-1].id, now, lives, why=Ending.FINISHED), passed=passed)
    return Turn(Standing(F.DUE, step.id, now, lives, due_at=at), passed=passed)


def take(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    """Where this event takes the run. Events of a run that is over, and late or doubled ones, lead nowhere."""
    if not standing.open:
        return Turn(standing)
    if now >= standing.expires_at and event.did in _THEIRS:  # said too late, whether or not the clock has looked
        return _look(flow, standing, Event(Did.LOOK), around, now)
    return _TURNS[event.did](flow, standing, event, around, now)


def _wrote(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    del event, around
    if standing.state is not F.DUE:
        return Turn(standing)
    return Turn(replace(standing, state=F.ASKED, due_at=None, last_at=now, expires_at=_lives(flow, now)))


def _lost(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    """Its text never left: what we begin with is tried again, what answers somebody waits for their GO."""
    del around
    if standing.state is F.HELD:
        return Turn(standing)
    if flow.step(standing.step).begins:
        return Turn(replace(standing, state=F.DUE, due_at=event.until or now))
    return Turn(replace(standing, state=F.HELD, due_at=None, held_at=now))


def _reply(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    """Words to the step that is open lead on; words to an earlier one are only filed."""
    if event.step != standing.step or standing.state is F.DUE or not event.seen:
        return Turn(standing)
    return _on(flow, standing, around, now, hard_day=event.hard_day)


def _go(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    if not flow.step_by_step or standing.state is F.DUE:
        return Turn(standing)
    if standing.state is F.ASKED:
        return _on(flow, standing, around, now) if event.seen else Turn(standing)
    step, passed = _first_fit(_from(flow, standing.step), around)
    if step is None:
        return Turn(_over(standing, F.DONE, Ending.FINISHED, now), SAID_AT_THE_END, passed)
    held = replace(standing, step=step.id, last_at=now, expires_at=_lives(flow, now))
    if around.quiet:
        return Turn(replace(held, held_at=now), flow.base, passed)
    return Turn(replace(held, state=F.DUE, due_at=now, resumed_at=now), None, passed)


def _on(flow: Flow, standing: Standing, around: Around, now: datetime, *, hard_day: bool = False) -> Turn:
    """The step that follows, or the end."""
    if hard_day:
        around = replace(around, skips=around.skips | {"hard_day"})
    step, passed = _first_fit(_from(flow, standing.step)[1:], around)
    if step is None:
        return Turn(_over(standing, F.DONE, Ending.FINISHED, now), SAID_AT_THE_END, passed)
    lives = max(_lives(flow, now), now + timedelta(seconds=step.after_s, hours=flow.expires_after_h))
    onward = replace(standing, step=step.id, last_at=now, expires_at=lives)
    if flow.step_by_step and (standing.state is F.HELD or hard_day or around.quiet):
        say = None if standing.state is F.HELD and not hard_day else flow.base
        return Turn(replace(onward, state=F.HELD, due_at=None, held_at=standing.held_at or now), say, passed)
    return Turn(replace(onward, state=F.DUE, due_at=now + timedelta(seconds=step.after_s)), None, passed)


def _base(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    del event, around
    if not flow.step_by_step:
        return Turn(standing)
    held = replace(standing, state=F.HELD, due_at=None, held_at=now, last_at=now, expires_at=_lives(flow, now))
    return Turn(held, flow.base)


def _done(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    del around, event
    if not flow.step_by_step:
        return Turn(standing)
    return Turn(_over(standing, F.DONE, Ending.WORD, now), SAID_AT_THE_END)


def _later(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    del around
    if standing.state is not F.ASKED or event.until is None:
        return Turn(standing)
    lives = event.until + timedelta(hours=flow.expires_after_h)
    return Turn(replace(standing, state=F.DUE, due_at=event.until, last_at=now, expires_at=lives))


def _end(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    del flow, around
    return Turn(_over(standing, F.STOPPED, event.why or Ending.WORKER, now))


def _look(flow: Flow, standing: Standing, event: Event, around: Around, now: datetime) -> Turn:
    """Time has passed: a silent step ends the run, or, where no answer is needed, the next one is due."""
    if standing.state is F.DUE and now < standing.expires_at:
        return _fitting(flow, standing, around, now)
    if standing.state is F.ASKED and event.seen and not flow.step_by_step:
        step, passed = _first_fit(_from(flow, standing.step)[1:], around)
        ripe = step is not None and now >= standing.last_at + timedelta(seconds=step.after_s)
        if step is not None and ripe and not step.needs_answer:
            lives = _lives(flow, now)
            return Turn(replace(standing, state=F.DUE, step=step.id, due_at=now, expires_at=lives), None, passed)
    if now < standing.expires_at:
        return Turn(standing)
    never_begun = standing.state is F.DUE and standing.step == flow.steps[0].id
    return Turn(_over(standing, F.EXPIRED, Ending.UNSENT if never_begun else Ending.SILENCE, now))


def _fitting(flow: Flow, standing: Standing, around: Around, now: datetime) -> Turn:
    """The step that is due, unless a guard has come between it and its moment: then the next one that fits."""
    step, passed = _first_fit(_from(flow, standing.step), around)
    if step is None:
        return Turn(_over(standing, F.DONE, Ending.FINISHED, now), passed=passed)
    return Turn(replace(standing, step=step.id), passed=passed)


_TURNS = {
    Did.WROTE: _wrote, Did.LOST: _lost, Did.REPLY: _reply, Did.GO: _go, Did.BASE: _base, Did.DONE: _done,
    Did.LATER: _later, Did.END: _end, Did.LOOK: _look,
}  # fmt: skip


_THEIRS = frozenset({Did.REPLY, Did.GO, Did.BASE, Did.DONE, Did.LATER})


def _lives(flow: Flow, now: datetime) -> datetime:
    return now + timedelta(hours=flow.expires_after_h)


def _over(standing: Standing, state: FlowState, why: Ending, now: datetime) -> Standing:
    return replace(standing, state=state, due_at=None, last_at=now, why=why)


def _from(flow: Flow, step_id: str) -> tuple[Step, ...]:
    return flow.steps[flow.steps.index(flow.step(step_id)) :]


def _first_fit(steps: Collection[Step], around: Around) -> tuple[Step | None, tuple[tuple[Step, str], ...]]:
    """The first step that no guard leaves out, and those before it that were left out, with the reason."""
    passed: list[tuple[Step, str]] = []
    for step in steps:
        barred = [one for one in step.skip_if if one in around.skips]
        if not barred:
            return step, tuple(passed)
        passed.append((step, barred[0]))
    return None, tuple(passed)
