"""Steps, shared floor: what a named worker confirmed about a member → whether anybody may ask them anything."""

from collections.abc import Iterable
from datetime import date, datetime

from foster_bond.rules.clearances import Clearance, missing, needed_for
from foster_bond.store import clearances
from foster_bond.store.clearances import MemberClearance
from foster_bond.store.families import Member
from foster_bond.store.ids import new_id
from foster_bond.store.session import Session


def confirmed_of(session: Session, member: Member) -> frozenset[Clearance]:
    """What stands confirmed about this member; a custody consent that the import kept counts."""
    standing = set(clearances.of_members(session, member.agency_id, [member.id]).get(member.id, {}))
    if member.guardian_consent is not None:
        standing.add(Clearance.CUSTODY)
    return frozenset(standing)


def confirm(
    session: Session, member: Member, kinds: Iterable[Clearance], on: date, now: datetime, by: str | None
) -> bool:
    """Write down what was confirmed and by whom; True where the member may be asked from now on who might not before.

    Only what their role needs is kept.
    """
    for kind in kinds:
        if kind in needed_for(member.role):
            clearances.confirm(session, MemberClearance(
                id=new_id(), agency_id=member.agency_id, family_id=member.family_id, member_id=member.id,
                kind=kind.value, confirmed_on=on, confirmed_by=by, confirmed_at=now,
            ))  # fmt: skip
    return settle(session, member, now)


def not_taken_back(session: Session, member: Member, kinds: Iterable[Clearance], on: date) -> list[Clearance]:
    """Those that nobody has taken back for that day or a later one: an old file does not undo a worker's word."""
    gone = clearances.taken_back_of(session, member.agency_id, member.id)
    return [kind for kind in kinds if kind not in gone or gone[kind] < on]


def settle(session: Session, member: Member, now: datetime) -> bool:
    """Keep on the member whether all stands confirmed; True where that has changed."""
    whole = not missing(member.role, confirmed_of(session, member))
    changed = whole != (member.cleared_at is not None)
    if changed:
        member.cleared_at = now if whole else None
        session.flush()
    return changed
