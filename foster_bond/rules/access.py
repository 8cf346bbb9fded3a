"""Rules of the river: who may do what. A viewer is a member of staff who is signed in."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff does here."""

    CASEWORKER = "caseworker"  # sees assigned families
    SUPERVISOR = "supervisor"  # sees the agency's families
    LEAD = "lead"  # the programme lead: prompts and schedules
    ADMIN = "admin"  # people and settings, and all of the above


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: the only key with which a person reaches a family."""

    staff_id: str
    agency_id: str
    role: Role
    name: str
    language: str = "en"  # their own, for pages
    covers: frozenset[str] = frozenset()  # the colleagues for whom they stand in today

    @property
    def by(self) -> str | None:
        """Whom the audit names: None for the operator at the command line."""
        return self.staff_id or None

    @property
    def holds_as(self) -> tuple[str, ...]:
        """Whose families are theirs today: their own, and those of everybody for whom they stand in."""
        return self.staff_id, *sorted(self.covers)

    @property
    def sees_all_families(self) -> bool:
        return self.role in (Role.SUPERVISOR, Role.ADMIN)

    @property
    def runs_people(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def runs_schedules(self) -> bool:
        return self.role in (Role.LEAD, Role.ADMIN)

    @property
    def sees_delivery(self) -> bool:
        return self.role in (Role.SUPERVISOR, Role.LEAD, Role.ADMIN)


def operator(agency_id: str) -> Viewer:
    """Whoever runs the command of this installation: may do for the agency what its admin may."""
    return Viewer(staff_id="", agency_id=agency_id, role=Role.ADMIN, name="the operator")
