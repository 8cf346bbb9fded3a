"""A worker's choice → a flow run: a Dream Journey, or one moment asked of two people. Its first step waits its turn."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.errors import InvalidInput, NotYours
from foster_bond.library.flows import Flow, newest
from foster_bond.rules.access import Viewer
from foster_bond.rules.flow import Around, Did, Ending, Event, begin, take
from foster_bond.rules.flow_offer import Refusal, first_moment, may_begin_at, why_not_offer
from foster_bond.steps.offering import who_is
from foster_bond.steps.walking import flow_of, keep, lives_here, standing_of
from foster_bond.store import agencies, audit, families, flow_runs, hearing_facts
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member
from foster_bond.store.flow_runs import FlowRun
from foster_bond.store.ids import new_id
from foster_bond.store.number_facts import facts_of, hours_of
from foster_bond.store.open_store import Session, Store


class NotOffered(InvalidInput):
    """A guard stands in the way; the page says which."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"Not offered: {refusal.value}.")
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Offered:
    """What was offered, when its first step is due, and how many others are asked about the same moment."""

    run_id: str
    due_at: datetime
    beside: int = 0


def offer_flow(
    store: Store, viewer: Viewer, family_id: str, member_id: str, flow_id: str, now: datetime, *,
    with_worker: bool = False,
) -> Offered:  # fmt: skip
    """Offer an activity to a member of a family that the viewer holds; the other person of a pair is asked, too.

    Raises: NotOffered naming the guard, NotYours for a foreign family, member or unknown activity.
    """
    flow = newest(flow_id)
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        member = next((one for one in families.members_of(session, viewer.agency_id, family_id) if one.id == member_id),
                      None)  # fmt: skip
        if flow is None or member is None:
            raise NotYours("activity")
        agency = agencies.by_id(session, viewer.agency_id)
        moment = new_id() if flow.beside is not None else None
        run = _offer(session, agency, viewer, family, member, flow, now, moment, with_worker)
        beside = _ask_the_others(session, agency, viewer, family, member, flow, now, moment)
        audit.write(
            session, agency.id, "activity_offered", now, staff_id=viewer.by, subject=("member", member.id),
            detail=f"{flow.id} v{flow.version}" + (", with a worker" if with_worker else ""),
        )  # fmt: skip
        assert run.due_at is not None
        return Offered(run.id, run.due_at, beside)


def take_back_offer(store: Store, viewer: Viewer, family_id: str, run_id: str, now: datetime) -> None:
    """End an activity of a family that the viewer holds. Raises: NotYours, also where it is over already."""
    with store.write() as session:
        run = flow_runs.open_by_id(session, viewer, run_id)
        if run is None or run.family_id != family_id:
            raise NotYours("activity")
        end = take(flow_of(run), standing_of(run), Event(Did.END, why=Ending.WORKER), Around(), now)
        keep(session, run, end, now)
        audit.write(
            session, viewer.agency_id, "activity_taken_back", now, staff_id=viewer.by,
            subject=("member", run.member_id),
            detail=run.flow,
        )  # fmt: skip


def _offer(
    session: Session, agency: Agency, viewer: Viewer, family: Family, member: Member, flow: Flow, now: datetime,
    moment: str | None, with_worker: bool,
) -> FlowRun:  # fmt: skip
    hearing_facts.lock_number(session, agency.id, member.to_bidx)
    refusal = why_not_offer(flow, who_is(session, agency, family, member, now), with_worker=with_worker)
    if refusal is not None:
        raise NotOffered(refusal)
    zone = member.zone or family.zone
    facts = facts_of(session, [(agency.id, member.to_bidx)], now, leaving=False)[agency.id, member.to_bidx]
    hours = hours_of(agency, facts.zones | {zone})
    beside = member.role in flow.with_worker
    if beside and not may_begin_at(flow, hours, now, zone):
        raise NotOffered(Refusal.NIGHT)
    at = now if beside else first_moment(flow, hours, now, zone, member.hour)
    return _begin(session, agency, viewer, member, flow, now, at, moment, beside)


def _begin(
    session: Session, agency: Agency, viewer: Viewer, member: Member, flow: Flow, now: datetime, at: datetime,
    moment: str | None, beside: bool,
) -> FlowRun:  # fmt: skip
    run = FlowRun(
        id=new_id(), agency_id=agency.id, family_id=member.family_id, member_id=member.id, to_bidx=member.to_bidx,
        flow=flow.id, version=flow.version, state="due", step=flow.steps[0].id, moment=moment, offered_by=viewer.by,
        with_worker=beside, started_at=now, last_at=now, expires_at=now, look_at=at,
    )  # fmt: skip
    turn = begin(flow, now, at, Around(skips=frozenset(lives_here(session, agency.id, member.family_id, member.id))))
    run.expires_at, run.step, run.due_at = turn.standing.expires_at, turn.standing.step, turn.standing.due_at
    flow_runs.start(session, run)
    return run


def _ask_the_others(
    session: Session, agency: Agency, viewer: Viewer, family: Family, walker: Member, flow: Flow, now: datetime,
    moment: str | None,
) -> int:  # fmt: skip
    """Asking beats guessing: whoever else of the home may be asked about the moment is, on a phone of their own."""
    direct = None if flow.beside is None else newest(flow.beside)
    if direct is None:
        return 0
    asked = 0
    numbers = {walker.to_bidx}
    for other in families.members_of(session, agency.id, family.id):
        if other.role not in direct.roles or other.to_bidx in numbers:
            continue
        try:
            _offer(session, agency, viewer, family, other, direct, now, moment, False)
        except NotOffered:
            continue
        numbers.add(other.to_bidx)
        asked += 1
    return asked
