"""What the hearing steps share: what somebody's answers change on the ladder, and the rung they stand on after it."""

from datetime import datetime

from foster_bond.rules.ladder import LadderPast, LadderState, level_of
from foster_bond.rules.ladder_state import from_json, to_json
from foster_bond.rules.local_time import local_day
from foster_bond.store import ladder_rows
from foster_bond.store.families import MemberRole
from foster_bond.store.ladder_rows import LadderRow
from foster_bond.store.open_store import Session


def past_of(held: LadderRow) -> LadderPast:
    """What the ladder remembers of a member."""
    return from_json(held.past)


def keep(session: Session, held: LadderRow, past: LadderPast, zone: str, now: datetime) -> None:
    """Write a member's changed past, and the rung that it puts them on."""
    state = LadderState(
        enrolled_on=held.began_on or local_day(held.created_at, zone), zone=zone, past=past,
        minor=held.role == MemberRole.TEEN.value, l5_on=held.l5_on,
    )  # fmt: skip
    ladder_rows.keep(session, held, to_json(past), level_of(state, now))
