"""Steps, shared floor: one member as the ladder sees them, whatever slot it is about. Any room may import it."""

from datetime import datetime

from foster_bond.rules.ladder import LadderState
from foster_bond.rules.ladder_state import from_json
from foster_bond.rules.local_time import local_day
from foster_bond.steps.rhythms import zone_for
from foster_bond.store import practice
from foster_bond.store.families import Family, Member, MemberRole
from foster_bond.store.family_calendars import calendars_of
from foster_bond.store.open_store import Session

TECHNIQUES = ("secure_base", "support", "clarification", "exploration", "challenging", "transference")
"""The technique of each rung, as prompts name it."""


def ladder_state(session: Session, member: Member, family: Family, at: datetime) -> LadderState:
    """The member at that instant, their family's marked dates and an open alert included."""
    zone = zone_for(member, family)
    key = (member.agency_id, family.id)
    calendar = calendars_of(session, [key], at)[key]
    began = practice.began_on(session, member.agency_id, member.id)
    return LadderState(
        enrolled_on=began or local_day(member.created_at, zone),
        zone=zone,
        past=from_json(member.past),
        minor=member.role == MemberRole.TEEN.value,
        l5_on=member.l5_on,
        open_alert=practice.alarmed(session, member.agency_id, family.id, member.to_bidx),
        blackouts=calendar.stretches(zone, at),
        asked_about_visits=member.id in calendar.asked_about_visits,
    )
