"""Store: what an agency wrote down about each number that its texts name: its own value, and who called it when."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.sealing import Place, Vault


class AgencyNumber(Owned, table=True):
    """One number by its name. `number` is the agency's own value of a public line; its own lines stand in Agency."""

    __tablename__ = "agency_numbers"
    __table_args__ = own_key(UniqueConstraint("agency_id", "name"), link("checked_by", "staff"))
    name: str = Field(max_length=20)
    number: bytes | None = None  # None: the one our texts are shipped with
    changed_at: Instant | None = None
    checked_at: Instant | None = None  # None: not since it was changed
    checked_by: str | None = Field(default=None, max_length=36)


def of_agency(session: Session, agency_id: str) -> dict[str, AgencyNumber]:
    """What is known of each number, by its name; one that nobody ever touched is missing."""
    query = select(AgencyNumber).where(col(AgencyNumber.agency_id) == agency_id)
    return {one.name: one for one in session.execute(query).scalars()}


def value_of(session: Session, vault: Vault, one: AgencyNumber) -> str | None:
    """The agency's own value, as its texts say it; None where ours holds."""
    return None if one.number is None else vault.open(session, one.number, Place("agency_numbers", "number", one.id))


def own_values(session: Session, vault: Vault, agency_id: str) -> dict[str, str]:
    """The public lines that the agency names otherwise than we do."""
    changed = select(AgencyNumber).where(
        col(AgencyNumber.agency_id) == agency_id, col(AgencyNumber.number).is_not(None)
    )
    found = {one.name: value_of(session, vault, one) for one in session.execute(changed).scalars()}
    return {name: value for name, value in found.items() if value is not None}


def give(session: Session, vault: Vault, agency_id: str, name: str, number: str | None, at: datetime) -> None:
    """Another value; None gives back ours. Nobody has called it yet."""
    one = _row(session, agency_id, name)
    place = Place("agency_numbers", "number", one.id)
    one.number = None if number is None else vault.seal(session, number, place, agency_id=agency_id, family_id=None)
    _unchecked(one, at)


def is_changed(session: Session, agency_id: str, name: str, at: datetime) -> None:
    """One of the agency's own lines has another value: nobody has called it yet."""
    _unchecked(_row(session, agency_id, name), at)


def check(session: Session, agency_id: str, name: str, at: datetime, *, by: str | None) -> None:
    """Somebody called it and it works."""
    one = _row(session, agency_id, name)
    one.checked_at, one.checked_by = at, by


def _row(session: Session, agency_id: str, name: str) -> AgencyNumber:
    query = select(AgencyNumber).where(col(AgencyNumber.agency_id) == agency_id, col(AgencyNumber.name) == name)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        found = AgencyNumber(id=new_id(), agency_id=agency_id, name=name)
        session.add(found)
        session.flush()
    return found


def _unchecked(one: AgencyNumber, at: datetime) -> None:
    one.changed_at, one.checked_at, one.checked_by = at, None, None
