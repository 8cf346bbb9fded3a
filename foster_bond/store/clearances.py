"""Store: what a named worker has confirmed about a member before anybody texts them. Taken back, it stays on record."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Index, func, select, text
from sqlmodel import Field, Session, col

from foster_bond.rules.clearances import Clearance
from foster_bond.store.base import Instant, Owned, link, one_of, own_key

IN_FORCE = "taken_back_at IS NULL"


class MemberClearance(Owned, table=True):
    """One thing that one worker confirmed about one member."""

    __tablename__ = "member_clearances"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        link("confirmed_by", "staff"),
        link("taken_back_by", "staff"),
        one_of("kind", Clearance),
        Index(
            "uq_member_clearances", "agency_id", "member_id", "kind", unique=True, sqlite_where=text(IN_FORCE),
            postgresql_where=text(IN_FORCE),
        ),
    )  # fmt: skip
    family_id: str = Field(max_length=36)
    member_id: str = Field(max_length=36)
    kind: str = Field(max_length=12)
    confirmed_on: date  # the day it was looked at, or said
    confirmed_by: str | None = Field(default=None, max_length=36)  # None: the import names nobody who works here
    confirmed_at: Instant
    taken_back_by: str | None = Field(default=None, max_length=36)
    taken_back_at: Instant | None = None


def of_members(
    session: Session, agency_id: str, member_ids: Sequence[str]
) -> dict[str, dict[Clearance, MemberClearance]]:
    """What stands confirmed about these members, by member and kind."""
    query = select(MemberClearance).where(
        col(MemberClearance.agency_id) == agency_id,
        col(MemberClearance.member_id).in_(member_ids),
        col(MemberClearance.taken_back_at).is_(None),
    )
    found: dict[str, dict[Clearance, MemberClearance]] = defaultdict(dict)
    for row in session.execute(query).scalars():
        found[row.member_id][Clearance(row.kind)] = row
    return found


def confirm(session: Session, clearance: MemberClearance) -> bool:
    """Write one confirmation down; False where it stands already."""
    standing = of_members(session, clearance.agency_id, [clearance.member_id]).get(clearance.member_id, {})
    if Clearance(clearance.kind) in standing:
        return False
    session.add(clearance)
    session.flush()
    return True


def taken_back_of(session: Session, agency_id: str, member_id: str) -> dict[Clearance, date]:
    """What somebody has taken back about this member, by kind, each with the latest day it had been confirmed for."""
    query = (
        select(col(MemberClearance.kind), func.max(col(MemberClearance.confirmed_on)))
        .where(
            col(MemberClearance.agency_id) == agency_id,
            col(MemberClearance.member_id) == member_id,
            col(MemberClearance.taken_back_at).is_not(None),
        )
        .group_by(col(MemberClearance.kind))
    )
    return {Clearance(kind): on for kind, on in session.execute(query)}


def take_back(session: Session, row: MemberClearance, at: datetime, by: str | None) -> None:
    """It no longer holds; both days stay on record."""
    row.taken_back_at, row.taken_back_by = at, by
    session.flush()
