"""Steps, shared floor: a guided activity and its row: where it stands, what surrounds it, what a turn leaves behind."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from foster_bond.library.flows import Flow, flows
from foster_bond.rules import polite_hours
from foster_bond.rules.flow import Around, Did, Ending, Event, FlowState, Standing, Turn, take
from foster_bond.rules.ladder_state import LadderPast
from foster_bond.rules.states import Outbound
from foster_bond.store import families, flow_runs, outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.families import MemberRole
from foster_bond.store.family_calendars import calendars_of
from foster_bond.store.flow_runs import FlowRun
from foster_bond.store.number_facts import facts_of, hours_of
from foster_bond.store.session import Session

LEAVES_IN = timedelta(minutes=2)  # a step that could not leave within this would come tomorrow, unasked for
TEEN_WORDS = frozenset({"the teen", "su joven"})
LOOK_AGAIN = timedelta(hours=1)
ENDED = "The activity it belongs to is over."
RESTS = "They went back to their base."


def flow_of(run: FlowRun) -> Flow:
    """The flow as it was when this run began, whatever the data says today."""
    return flows()[run.flow, run.version]


def standing_of(run: FlowRun) -> Standing:
    """Where the row says that the run stands."""
    return Standing(
        FlowState(run.state), run.step, run.last_at, run.expires_at, run.due_at, run.held_at, run.resumed_at,
        None if run.why is None else Ending(run.why),
    )  # fmt: skip


def keep(session: Session, run: FlowRun, turn: Turn, now: datetime, *, look_at: datetime | None = None) -> None:
    """Write a turn down: the row, and the steps that were passed over. A text that no longer fits is taken back."""
    before, standing = run.state, turn.standing
    if standing.state.value != before:
        flow_runs.move(run, standing.state)
    for step, why in turn.passed:
        flow_runs.take_note(session, run, flow_runs.new_step(run, step.id, step.prompt, now, passed=why))
    run.step, run.last_at, run.expires_at, run.due_at = (
        standing.step, standing.last_at, standing.expires_at, standing.due_at
    )  # fmt: skip
    run.held_at, run.resumed_at = standing.held_at, standing.resumed_at
    run.why = None if standing.why is None else standing.why.value
    if not standing.open and run.ended_at is None:
        run.ended_at = now
    later = now + LOOK_AGAIN if standing.state is FlowState.ASKED else standing.look_at
    run.look_at = look_at or max(min(later, standing.look_at), now)
    if standing.state.value != before and before == FlowState.ASKED.value:
        take_back(session, run, now, RESTS if standing.open else ENDED)
    session.flush()


def take_back(session: Session, run: FlowRun, now: datetime, why: str) -> None:
    """The step that is written and has not left is cancelled: they have moved on meanwhile."""
    message = flow_runs.last_message(session, run)
    if message is not None and message.state == Outbound.SCHEDULED.value:
        outbox.move(session, message.id, run.agency_id, Outbound.SCHEDULED, Outbound.CANCELLED, now, why=why)


def end_all(session: Session, runs: Iterable[FlowRun], why: Ending, now: datetime) -> None:
    """These activities are over, for this reason."""
    for run in runs:
        keep(session, run, take(flow_of(run), standing_of(run), Event(Did.END, why=why), Around(), now), now)


def end_of_number(session: Session, agency_id: str, to_bidx: str, why: Ending, now: datetime) -> None:
    """The activity that is open for this number is over, for this reason."""
    run = flow_runs.open_of(session, agency_id, to_bidx)
    end_all(session, [] if run is None else [run], why, now)


def around(session: Session, agency: Agency, run: FlowRun, past: LadderPast, zone: str, at: datetime) -> Around:
    """What the guards of this run look at, at that instant."""
    facts = facts_of(session, [(agency.id, run.to_bidx)], at, leaving=False)[agency.id, run.to_bidx]
    hours = hours_of(agency, facts.zones | {zone})
    quiet = not all(polite_hours.is_open(hours, one, zone) for one in (at, at + LEAVES_IN))
    calendar = calendars_of(session, {(agency.id, run.family_id)}, at)[agency.id, run.family_id]
    skips = {"blackout"} if calendar.near(zone, at) is not None else set()
    if past.hard_day_at is not None and past.hard_day_at >= run.started_at:
        skips.add("hard_day")
    return Around(quiet, frozenset(skips | lives_here(session, agency.id, run.family_id, run.member_id)))


def lives_here(session: Session, agency_id: str, family_id: str, member_id: str) -> set[str]:
    """What the people of the home make a step be passed over for: the walker is a minor, a teen lives here."""
    home = [one for one in families.members_of(session, agency_id, family_id) if one.left_at is None]
    walker = next((one for one in home if one.id == member_id), None)
    found = set()
    if walker is not None and walker.role == MemberRole.TEEN.value:
        found.add("minor")
    if any(one.role == MemberRole.TEEN.value or (one.child_word or "") in TEEN_WORDS for one in home):
        found.add("teen_home")
    return found
