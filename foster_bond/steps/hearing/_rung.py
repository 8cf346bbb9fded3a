"""What the hearing steps share: what somebody's answers change on the ladder, and the rung they stand on after it."""

from datetime import datetime

from foster_bond.rules.ladder import LadderPast, LadderState, level_of
from foster_bond.rules.ladder_state import from_json, to_json
from foster_bond.rules.local_time import local_day
from foster_bond.store import refiling_facts
from foster_bond.store.families import Member, MemberRole
from foster_bond.store.open_store import Session


def past_of(member: Member) -> LadderPast:
    """What the ladder remembers of a member."""
    return from_json(member.past)


def keep(session: Session, member: Member, past: LadderPast, zone: str, now: datetime) -> None:
    """Write a member's changed past, and the rung that it puts them on."""
    began = refiling_facts.began_on(session, member.agency_id, member.id)
    state = LadderState(
        enrolled_on=began or local_day(member.created_at, zone), zone=zone, past=past,
        minor=member.role == MemberRole.TEEN.value, l5_on=member.l5_on,
    )  # fmt: skip
    member.level = level_of(state, now)
    kept = to_json(past)
    if kept != member.past:
        member.past = kept
