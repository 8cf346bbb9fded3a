"""Steps, shared floor: somebody as the guards of a guided activity see them, for the offer and for its page."""

from datetime import datetime

from foster_bond.rules.flow_offer import Who
from foster_bond.rules.ladder_gates import open_rung
from foster_bond.rules.ladder_state import LadderState, from_json
from foster_bond.rules.local_time import local_day
from foster_bond.rules.states import Consent
from foster_bond.steps.enrolling import is_cleared
from foster_bond.steps.walking import lives_here
from foster_bond.store import enrolments, flow_runs
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member, MemberRole
from foster_bond.store.family_calendars import calendars_of
from foster_bond.store.number_facts import facts_of, latest
from foster_bond.store.session import Session


def who_is(session: Session, agency: Agency, family: Family, member: Member, now: datetime) -> Who:
    """The person with all that the guards look at, read without a lock."""
    zone = member.zone or family.zone
    facts = facts_of(session, [(agency.id, member.to_bidx)], now, leaving=False)[agency.id, member.to_bidx]
    calendar = calendars_of(session, {(agency.id, family.id)}, now)[agency.id, family.id]
    began = [one.started_on for one in enrolments.of_member(session, agency.id, member.id).values()]
    state = LadderState(
        enrolled_on=min(began, default=local_day(member.created_at, zone)), zone=zone, past=from_json(member.past),
        minor=member.role == MemberRole.TEEN.value, l5_on=member.l5_on,
    )  # fmt: skip
    paused = latest(member.paused_until, facts.paused_until)
    return Who(
        role=member.role,
        age_band=member.age_band,
        here=member.left_at is None and family.closed_at is None,
        cleared=is_cleared(member),
        agrees=facts.consent is Consent.ACTIVE,
        paused=paused is not None and paused > now,
        rests=calendar.rests(zone, now) is not None,
        alert=facts.open_alert,
        walks=flow_runs.is_walking(session, agency.id, member.to_bidx),
        teen_home="teen_home" in lives_here(session, agency.id, family.id, member.id),
        near_date=calendar.near(zone, now) is not None,
        rung=open_rung(state, now),
    )
