"""What the reading steps share: what must be confirmed about a person before anybody asks them, line by line."""

from collections.abc import Callable, Mapping
from datetime import datetime

from foster_bond.rules.clearances import Clearance, needed_for
from foster_bond.rules.page_values.frame import When
from foster_bond.rules.page_values.ledger import ClearanceLine
from foster_bond.store import clearances
from foster_bond.store.families import Member
from foster_bond.store.open_store import Session


def lines_of(
    session: Session, member: Member, workers: Mapping[str, str], say: Callable[[datetime], When]
) -> tuple[ClearanceLine, ...]:
    """What this member's role needs, confirmed or not; empty where it needs nothing."""
    needed = needed_for(member.role)
    standing = clearances.of_members(session, member.agency_id, [member.id]).get(member.id, {}) if needed else {}
    found = []
    for kind in needed:
        row = standing.get(kind)
        if row is not None:
            by, at = workers.get(row.confirmed_by or "", ""), say(row.confirmed_at)
            found.append(ClearanceLine(kind.value, row.confirmed_on.isoformat(), by, at, may_take_back=True))
        elif kind is Clearance.CUSTODY and member.guardian_consent is not None:
            on = "" if member.guardian_date is None else member.guardian_date.isoformat()
            found.append(ClearanceLine(kind.value, on or "—"))
        else:
            found.append(ClearanceLine(kind.value))
    return tuple(found)
