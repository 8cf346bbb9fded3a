"""What the import shares: which family and member each row means, and what the store alone can find wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.family_rows import FamilyRow
from foster_bond.store import agencies, families, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session
from foster_bond.store.staff import Staff


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with the references it goes by; those that the file does not give follow from the names."""

    row: FamilyRow
    family_ref: str
    member_ref: str
    to_bidx: str


class Placing:
    """One import's view of the store: everything is read once."""

    def __init__(self, session: Session, store: Store, agency: Agency, now: datetime) -> None:
        self._agency, self._vault, self._now = agency, store.vault, now
        self.families: dict[str, Family] = families.families_of(session, agency.id)
        self.members: dict[str, Member] = families.members_by_ref(session, agency.id)
        self._family_refs = {family.id: ref for ref, family in self.families.items()}
        people = staff.of_agency(session, agency.id)
        self.staff: dict[str, Staff] = {person.email: person for person in people}
        self._staff_numbers = {person.phone_bidx for person in people if person.disabled_at is None}
        self._sender = agencies.number_of(session, store.vault, agency, "sender")

    def place(self, row: FamilyRow) -> Placed:
        """The row's references. Stable: the same names give the same references at every import."""
        family_ref = row.family_ref or f"f-{self._made('family', _folded(row.family))}"
        number = self._vault.blind_index(self._agency.id, row.phone)
        member_ref = row.member_ref or f"m-{self._made('member', family_ref, _folded(row.member))}"
        return Placed(row, family_ref, member_ref, number)

    def _made(self, *words: str) -> str:
        return self._vault.name_index(self._agency.id, *words)[:16]  # 64 bits: short enough to read out

    def problems(self, placed: Iterable[Placed]) -> list[str]:
        """A sentence for each row that clashes with another row or with what is there."""
        found: list[str] = []
        first: dict[str, FamilyRow] = {}
        lines: dict[str, int] = {}
        came: dict[str, FamilyRow] = {}
        for one in placed:
            said = [*self._row_problems(one), *_family_problems(one, first.setdefault(one.family_ref, one.row))]
            if one.row.placed_on is not None:
                said += _other_day(one.row, came.setdefault(one.family_ref, one.row))
            if one.member_ref in lines:
                said.append(f"it is the same member as line {lines[one.member_ref]}; give each a member_ref.")
            lines.setdefault(one.member_ref, one.row.line)
            found += [f"line {one.row.line}: {sentence}" for sentence in said]
        return found

    def _row_problems(self, one: Placed) -> list[str]:
        said = []
        worker = self.staff.get(one.row.caseworker_email)
        if worker is None:
            said.append(f"caseworker_email: {one.row.caseworker_email} is not staff of this agency.")
        elif worker.disabled_at is not None:
            said.append(f"caseworker_email: {one.row.caseworker_email} no longer works here.")
        if one.to_bidx in self._staff_numbers:
            said.append(f"phone: {one.row.phone} belongs to a member of staff.")
        if one.row.phone == self._sender:
            said.append(f"phone: {one.row.phone} is the agency's own number to text from.")
        member = self.members.get(one.member_ref)
        if member is not None and self._family_refs[member.family_id] != one.family_ref:
            said.append(f'member_ref: "{one.member_ref}" is a member of another family already.')
        return said


def _family_problems(one: Placed, first: FamilyRow) -> list[str]:
    differing = [
        name
        for name in ("family", "zone", "caseworker_email")
        if _folded(getattr(one.row, name)) != _folded(getattr(first, name))
    ]
    if not differing:
        return []
    return [
        f"the same family has another {' and '.join(differing)} in line {first.line}; "
        "if they are two families, give each its family_ref."
    ]


def _other_day(row: FamilyRow, first: FamilyRow) -> list[str]:
    if row.placed_on == first.placed_on:
        return []
    return [
        f"the same family has placed_on {first.placed_on} in line {first.line}; a family is one placement: "
        "give each its family_ref, or the same day."
    ]


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()
