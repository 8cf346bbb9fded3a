"""Store: the sealed words of some families, newest first, for a search that opens them one by one and keeps none."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.store.inbound import InboundText
from foster_bond.store.notes import Note
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.sealing import Place
from foster_bond.store.timeline import Mark
from foster_bond.store.visits import Visit, VisitState

MOST = 20_000  # rows of one kind that one search opens; further back lies another page


@dataclass(frozen=True, slots=True)
class Sealed:
    """Words of one row, still sealed."""

    at: datetime
    row_id: str
    family_id: str
    who_id: str | None  # the member, or who of staff wrote it
    moment_id: str  # where it stands on the timeline
    table: str
    column: str
    words: bytes

    @property
    def place(self) -> Place:
        return Place(self.table, self.column, self.row_id)


@dataclass(frozen=True, slots=True)
class Scan:
    """Rows of all kinds, newest first, down to where the shortest look ended. `more`: older ones lie behind it."""

    rows: list[Sealed]
    more: bool


def newest(session: Session, agency_id: str, family_ids: Collection[str], before: Mark | None) -> Scan:
    """What these families wrote, what staff wrote to them, their notes and visits: at most `MOST` of each. What
    somebody took back is left out."""
    values = {"s_agency": agency_id, "s_families": sorted(family_ids), "s_limit": MOST}
    if before is not None:
        values |= {"s_at": before[0], "s_last": before[1]}
    found: list[list[Sealed]] = []
    for table, column, query, further in _QUERIES:
        rows = session.execute(query if before is None else further, values)
        found.append([Sealed(row[0], row[1], row[2], row[3], row[4] or row[1], table, column, row[5]) for row in rows])
    ends = [_mark(rows[-1]) for rows in found if len(rows) >= MOST]
    merged = merge(*found, key=_mark, reverse=True)
    # Behind the end of one kind the others would stand alone: the next page begins there for all of them.
    return Scan([one for one in merged if not ends or _mark(one) >= max(ends)], bool(ends))


def _mark(one: Sealed) -> Mark:
    return one.at, one.row_id


_AT: Any = bindparam("s_at")
_LAST: Any = bindparam("s_last")


def _query(table: Any, instant: Any, who: Any, moment: Any, words: Any, *conditions: Any) -> tuple[Any, Any]:
    row_id = col(table.id)
    query: Select[Any] = (
        select(instant, row_id, col(table.family_id), who, moment, words)
        .where(
            col(table.agency_id) == bindparam("s_agency"),
            col(table.family_id).in_(bindparam("s_families", expanding=True)),
            words.is_not(None),
            *conditions,
        )
        .order_by(instant.desc(), row_id.desc())
        .limit(bindparam("s_limit"))
    )
    return query, query.where(or_(instant < _AT, and_(instant == _AT, row_id < _LAST)))


_QUERIES = (
    ("inbound_texts", "body", *_query(
        InboundText, col(InboundText.received_at), col(InboundText.member_id), col(InboundText.reflection_id),
        col(InboundText.body), col(InboundText.withdrawn_at).is_(None),
    )),
    ("outbox_messages", "body", *_query(
        OutboxMessage, col(OutboxMessage.created_at), col(OutboxMessage.staff_id), col(OutboxMessage.id),
        col(OutboxMessage.body), col(OutboxMessage.kind) == Kind.STAFF_REPLY.value,
        col(OutboxMessage.text_id).is_(None),
    )),
    ("notes", "words", *_query(Note, col(Note.at), col(Note.author_id), col(Note.id), col(Note.words))),
    ("visits", "note", *_query(
        Visit, col(Visit.done_at), col(Visit.done_by), col(Visit.id), col(Visit.note),
        col(Visit.state) == VisitState.DONE.value,
    )),
)  # fmt: skip
