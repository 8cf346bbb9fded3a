"""What the ledger's steps share: one person whom the viewer holds, and where that person's number stands."""

from dataclasses import dataclass

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.store import agencies, consents, families
from foster_bond.store.agencies import Agency
from foster_bond.store.consents import NumberConsent
from foster_bond.store.families import Family, Member
from foster_bond.store.session import Session


@dataclass(frozen=True, slots=True)
class Person:
    """A member, their family, their agency, and the row of their number, locked where the engine can."""

    agency: Agency
    family: Family
    member: Member
    stands: NumberConsent | None


def person_of(session: Session, viewer: Viewer, member_id: str) -> Person:
    """Whose consent the viewer may look after: who holds the family, and who sees all of them. Raises: NotYours."""
    member = families.held_member(session, viewer, member_id)
    if member is None:
        raise NotYours("member")
    consents.lock(session, viewer.agency_id, member.to_bidx)
    return Person(
        agency=agencies.by_id(session, viewer.agency_id),
        family=families.held(session, viewer, member.family_id),
        member=member,
        stands=consents.of_number(session, viewer.agency_id, member.to_bidx),
    )
