"""Store: what the ladder remembers of one member, read and written whole under a lock."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session, col

from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Member
from foster_bond.store.prepared import Prepared

_MEMBERS: Any = Member.__table__  # type: ignore[attr-defined]  # SQLModel does not type it
_HELD = Prepared(
    select(
        col(Member.id), col(Member.agency_id), col(Member.past), col(Member.level), col(Member.role),
        col(Member.l5_on), col(Member.created_at),
        select(func.min(col(Enrolment.started_on)))
        .where(col(Enrolment.agency_id) == bindparam("agency"), col(Enrolment.member_id) == bindparam("member"))
        .scalar_subquery(),
    )
    .where(col(Member.agency_id) == bindparam("agency"), col(Member.id) == bindparam("member"))
    .with_for_update(of=Member, key_share=True)
)  # fmt: skip
_KEEP = Prepared(
    update(_MEMBERS)
    .where(_MEMBERS.c.agency_id == bindparam("b_agency"), _MEMBERS.c.id == bindparam("b_member"))
    .values(
        past=bindparam("b_past", type_=_MEMBERS.c.past.type), level=bindparam("b_level", type_=_MEMBERS.c.level.type)
    )
)


class LadderRow(NamedTuple):
    """A member as the ladder sees them; `began_on` is the day their first schedule began for them."""

    member_id: str
    agency_id: str
    past: dict[str, Any]
    level: int
    role: str
    l5_on: bool
    created_at: datetime
    began_on: date | None


def hold(session: Session, agency_id: str, member_id: str) -> LadderRow:
    """The member's row as it stands now, kept from other writers: the past is written whole."""
    session.flush()
    ((*found,),) = _HELD.rows(session, {"agency": agency_id, "member": member_id})
    return LadderRow._make(found)


def keep(session: Session, held: LadderRow, past: dict[str, Any], level: int) -> None:
    """Write what has changed of it."""
    if past != held.past or level != held.level:
        values = {"b_agency": held.agency_id, "b_member": held.member_id, "b_past": past, "b_level": level}
        _KEEP.run(session, values)
