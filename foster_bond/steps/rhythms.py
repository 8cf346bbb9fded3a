"""Steps, shared floor: a schedule's rhythm and a member's own wall. Any room may import it; it imports none."""

from datetime import date, time, timedelta
from functools import lru_cache

from foster_bond.rules.recurrence import Rhythm, parse_rhythm
from foster_bond.store.families import Family, Member
from foster_bond.store.prompts import Schedule

PLAN_AHEAD = timedelta(days=7)  # slots become rows a week ahead, so that a person can skip or move one


@lru_cache(maxsize=4096)
def _rhythm(rule: str, at: time | None, between: tuple[time, time] | None, starts: date, ends: date | None) -> Rhythm:
    return parse_rhythm(rule, at=at, between=between, starts=starts, ends=ends)


def rhythm_of(schedule: Schedule) -> Rhythm:
    """The schedule's rhythm, parsed once per distinct rule."""
    between = None
    if schedule.between_from is not None and schedule.between_until is not None:
        between = (schedule.between_from, schedule.between_until)
    return _rhythm(schedule.rule, schedule.at, between, schedule.starts, schedule.ends)


def zone_for(member: Member, family: Family) -> str:
    """The zone of the member's own wall: theirs, else the family's."""
    return member.zone or family.zone
