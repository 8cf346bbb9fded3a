"""What the hearing steps share: a number that is somebody else's now: marked, looked into, and opened by no START."""

from collections.abc import Iterable
from datetime import datetime

from foster_bond.store import alerts, families
from foster_bond.store.hearing_facts import Person
from foster_bond.store.open_store import Session

LOOK_INTO = "Somebody says this number is not theirs: another person was reading. Check it and write it up."


def quarantine(session: Session, agency_id: str, to_bidx: str, now: datetime, *, inbound_id: str) -> None:
    """Mark the number of everybody who has it, and leave one privacy task for each family that it concerns."""
    members = families.members_with_number(session, agency_id, to_bidx)
    for member in members:
        member.number_bad_why = families.NOT_THEIRS
    concerns: set[str | None] = {member.family_id for member in members}
    for family_id in concerns or {None}:
        concerned = next((one.id for one in members if one.family_id == family_id), None)
        alerts.add_task(
            session, agency_id, "privacy", LOOK_INTO, now, once_key=f"privacy:{inbound_id}:{family_id or ''}",
            inbound_id=inbound_id, family_id=family_id, member_id=concerned,
        )  # fmt: skip


def is_quarantined(members: Iterable[Person]) -> bool:
    """True while nobody has given these members another number: whoever has this one may be a stranger."""
    return any(member.number_bad_why == families.NOT_THEIRS for member in members)
