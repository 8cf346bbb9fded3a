"""What the hearing steps share: the guided activity of a number: what its words do, which step a reply answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.library.flows import Flow, begun_by
from foster_bond.rules.asking_again import again_at
from foster_bond.rules.filing import LATE_FITS_FOR
from foster_bond.rules.flow import SAID_AT_THE_END, Did, Ending, Event, FlowState, take
from foster_bond.rules.ladder_state import from_json
from foster_bond.rules.local_time import zone_of
from foster_bond.rules.message_text import when_words
from foster_bond.steps import walking
from foster_bond.steps.walking import flow_of, keep, standing_of
from foster_bond.store import agencies, families, flow_runs, hearing_facts, ladder_rows
from foster_bond.store.asked import prompts_of as written
from foster_bond.store.flow_runs import AskedStep, FlowRun
from foster_bond.store.hearing_facts import AskedPrompt
from foster_bond.store.ids import new_id
from foster_bond.store.number_facts import facts_of, hours_of
from foster_bond.store.open_store import Session

MARK = "flow:"  # a step's place among the prompts that a reply may answer


@dataclass(frozen=True, slots=True)
class Walk:
    """The newest activity of a number, with its steps that left before this text was said, the newest first."""

    run: FlowRun
    steps: tuple[AskedStep, ...]
    at: datetime  # when the text was said

    @property
    def flow(self) -> Flow:
        return flow_of(self.run)

    @property
    def open(self) -> bool:
        """True where BASE, GO and DONE are about it: it has begun, goes reply by reply and is not over."""
        return (
            bool(self.steps) and self.flow.step_by_step and self.run.ended_at is None and self.at < self.run.expires_at
        )

    def as_prompts(self) -> list[AskedPrompt]:
        """The steps that a reply may belong to: the last one, and those with an answer already."""
        lives = timedelta(hours=self.flow.expires_after_h)
        return [
            AskedPrompt(
                f"{MARK}{one.id}", one.prompt_key, one.member_id, one.family_id, one.sent_at,
                int(lives.total_seconds()), one.reply, one.reflection_id,
                None if one.reflection_id is None else one.sent_at,
            )
            for one in self.steps
            if one.occurrence_id is None and (one is self.steps[0] or one.reflection_id is not None)
        ]  # fmt: skip


def walk_of(session: Session, agency_id: str, bidx: str, now: datetime) -> Walk | None:
    """The activity that a text of this number may belong to."""
    run = flow_runs.newest_of(session, agency_id, bidx, now - LATE_FITS_FOR)
    return None if run is None else Walk(run, tuple(flow_runs.asked_steps(session, agency_id, run.id, now)), now)


def begun_by_slot(
    session: Session, agency_id: str, bidx: str, prompts: list[AskedPrompt], now: datetime
) -> Walk | None:
    """The activity that a programme has begun by asking its first step; it becomes a run with the first text after."""
    asked = prompts[0] if prompts else None
    flow = None if asked is None else begun_by(asked.prompt_key)
    if asked is None or flow is None or now >= asked.sent_at + timedelta(hours=flow.expires_after_h):
        return None
    if flow_runs.knows_slot(session, agency_id, asked.occurrence_id):
        return None
    lives = asked.sent_at + timedelta(hours=flow.expires_after_h)
    run = FlowRun(
        id=new_id(), agency_id=agency_id, family_id=asked.family_id, member_id=asked.member_id, to_bidx=bidx,
        flow=flow.id, version=flow.version, state=FlowState.ASKED.value, step=flow.steps[0].id,
        started_at=asked.sent_at, last_at=asked.sent_at, expires_at=lives, look_at=lives,
    )  # fmt: skip
    flow_runs.start(session, run)
    message = written(session, [asked.occurrence_id]).get(asked.occurrence_id)
    step = flow_runs.new_step(
        run, flow.steps[0].id, asked.prompt_key, asked.sent_at, occurrence_id=asked.occurrence_id,
        message_id=None if message is None else message.id,
    )  # fmt: skip
    flow_runs.take_note(session, run, step)
    return Walk(run, tuple(flow_runs.asked_steps(session, agency_id, run.id, now)), now)


def among(prompts: list[AskedPrompt], walk: Walk | None) -> list[AskedPrompt]:
    """The prompts that were asked, the steps of an activity among them, the newest first."""
    if walk is None:
        return prompts
    return sorted([*prompts, *walk.as_prompts()], key=lambda one: one.sent_at, reverse=True)


def is_newest(walk: Walk | None, prompts: list[AskedPrompt]) -> bool:
    """True where the last question to this phone was a step of an open activity: SKIP and LATER are about it."""
    if walk is None or not walk.open:
        return False
    return all(one.sent_at < walk.steps[0].sent_at for one in prompts if one.reflection_id is None)


@dataclass(frozen=True, slots=True)
class Said:
    """One text of somebody who is on an activity."""

    session: Session
    agency: agencies.Agency
    zone: str
    said_at: datetime
    now: datetime


def turn(said: Said, walk: Walk, event: Event) -> str | None:
    """Take the run on, and the id of the fixed text that answers this one."""
    past = from_json(ladder_rows.hold(said.session, said.agency.id, walk.run.member_id).past)
    near = walking.around(said.session, said.agency, walk.run, past, said.zone, said.now)
    taken = take(walk.flow, standing_of(walk.run), event, near, said.now)
    keep(said.session, walk.run, taken, said.now)
    return taken.say


def word(said: Said, walk: Walk, did: Did) -> str | None:
    """What GO, BASE or DONE does."""
    return turn(said, walk, Event(did, seen=_seen(walk)))


def _seen(walk: Walk) -> bool:
    return bool(walk.steps) and walk.steps[0].step == walk.run.step


def answered(said: Said, walk: Walk, reflection_id: str, *, hard_day: bool) -> tuple[bool, str | None]:
    """Whether this reply belongs to the activity, and what answers it in place of the thank-you."""
    _link_slot(said, walk, reflection_id)
    found = flow_runs.step_of(said.session, said.agency.id, walk.run.id, reflection_id)
    if found is None:
        return False, None
    if walk.run.ended_at is not None:
        late = walk.run.state == FlowState.EXPIRED.value and walk.flow.step_by_step
        return late, "FLOW-EXPIRED" if late else None
    stood = walk.run.step, walk.run.state
    say = turn(said, walk, Event(Did.REPLY, step=found.step, seen=_seen(walk), hard_day=hard_day))
    if walk.run.state == FlowState.EXPIRED.value:
        return walk.flow.step_by_step, "FLOW-EXPIRED" if walk.flow.step_by_step else None
    moved = (walk.run.step, walk.run.state) != stood
    if not walk.flow.step_by_step or say == SAID_AT_THE_END:
        return False, None  # a thank-you like any other answer's
    return moved or say is not None, say


def _link_slot(said: Said, walk: Walk, reflection_id: str) -> None:
    """The first step of an activity that a programme began is answered as its slot is."""
    first = walk.steps[-1] if walk.steps else None
    if first is None or first.occurrence_id is None or first.reflection_id is not None:
        return
    reflection = hearing_facts.reflection(said.session, said.agency.id, reflection_id)
    if reflection.occurrence_id == first.occurrence_id:
        flow_runs.answer(said.session, said.agency.id, first.id, reflection_id)


def later(said: Said, walk: Walk) -> dict[str, str] | None:
    """The step is asked once more, and when; None where there is nothing to ask again."""
    if walk.run.state != FlowState.ASKED.value:
        return None
    members = families.members_by_ids(said.session, said.agency.id, [walk.run.member_id])
    member = members[walk.run.member_id]
    facts = facts_of(said.session, [(said.agency.id, walk.run.to_bidx)], said.now, leaving=False)
    hours = hours_of(said.agency, facts[said.agency.id, walk.run.to_bidx].zones)
    hour = member.hour or said.agency.polite_from
    at = again_at(said.now, hours, said.zone, hour, walk.run.expires_at)
    if at is None:
        return None
    turn(said, walk, Event(Did.LATER, until=at))
    return {"when": when_words(at.astimezone(zone_of(said.zone)), member.language)}


def end(session: Session, agency_id: str, bidx: str, why: Ending, now: datetime) -> None:
    """Whatever activity this number is on is over."""
    walking.end_of_number(session, agency_id, bidx, why, now)


def end_at_home(session: Session, agency_id: str, family_id: str | None, bidx: str, now: datetime) -> None:
    """An alert is open: every activity of the family, and of this number, is over."""
    runs = flow_runs.open_for(session, agency_id, family_id=family_id or "", to_bidx=bidx)
    walking.end_all(session, runs, Ending.ALERT, now)
