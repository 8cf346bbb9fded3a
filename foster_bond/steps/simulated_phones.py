"""Steps, shared floor: which simulated phones a viewer may pick up (demo only). Any room may import it."""

from dataclasses import dataclass

from foster_bond.rules.access import Viewer
from foster_bond.store import agencies, families, simulated_texts, staff
from foster_bond.store.families import Family, Member
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Session


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone: a member's, a colleague's, or one that nobody knows. `id` is opaque and never the number."""

    id: str
    number: str
    to_bidx: str
    name: str
    language: str
    zone: str
    member: Member | None = None
    family: Family | None = None
    family_name: str = ""
    staff: bool = False


def phones_held(session: Session, vault: Vault, viewer: Viewer) -> list[Phone]:
    """The phones of the viewer's families, then those of colleagues, then numbers that only texted us.

    A caseworker holds their own families' phones and their own; a phone of several people is one phone.
    """
    held = families.open_held(session, viewer)
    vault.warm_families(session, viewer.agency_id, [family.id for family in held])
    found: dict[str, Phone] = {}
    present = families.present_in(session, viewer.agency_id, [family.id for family in held])
    for family in held:
        name = families.name_of(session, vault, family)
        for member in present[family.id]:
            found.setdefault(member.to_bidx, _of_member(session, vault, family, name, member))
    ordered = sorted(found.values(), key=lambda phone: (phone.family_name, phone.name))
    return [*ordered, *_of_colleagues(session, vault, viewer), *_of_strangers(session, vault, viewer)]


def _of_member(session: Session, vault: Vault, family: Family, name: str, member: Member) -> Phone:
    return Phone(
        id=member.id,
        number=families.member_phone(session, vault, member),
        to_bidx=member.to_bidx,
        name=families.member_name(session, vault, member),
        language=member.language,
        zone=member.zone or family.zone,
        member=member,
        family=family,
        family_name=name,
    )


def _of_colleagues(session: Session, vault: Vault, viewer: Viewer) -> list[Phone]:
    zone = agencies.by_id(session, viewer.agency_id).zone
    found = []
    for person in staff.of_agency(session, viewer.agency_id):
        number = staff.phone_of(session, vault, person)
        mine = viewer.sees_all_families or person.id == viewer.staff_id
        if number is not None and person.phone_bidx is not None and person.disabled_at is None and mine:
            found.append(Phone(person.id, number, person.phone_bidx, person.name, person.language, zone, staff=True))
    return found


def _of_strangers(session: Session, vault: Vault, viewer: Viewer) -> list[Phone]:
    """Numbers that are neither a member's nor a colleague's; whoever sees all families sees these, too."""
    if not viewer.sees_all_families:
        return []
    agency = agencies.by_id(session, viewer.agency_id)
    found = []
    for bidx in simulated_texts.unknown_phones(session, agency.id):
        text = simulated_texts.of_phone(session, agency.id, bidx, 1)[0]
        number = simulated_texts.phone_of(session, vault, text)
        found.append(Phone(bidx, number, bidx, "", agency.language, agency.zone))
    return found
