"""Store: the sealed words of some families, newest first, for a search that opens them one by one and keeps none."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select, type_coerce
from sqlalchemy.types import NULLTYPE
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.store.inbound import InboundText
from foster_bond.store.notes import Note
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.sealing import Vault
from foster_bond.store.timeline import Mark
from foster_bond.store.visits import Visit, VisitState

MOST = 20_000  # rows of one kind that one search opens; further back lies another page


@dataclass(frozen=True, slots=True)
class Found:
    """A row whose words are what was looked for."""

    at: datetime
    row_id: str
    family_id: str
    who_id: str | None  # the member, or who of staff wrote it
    moment_id: str  # where it stands on the timeline
    table: str
    words: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found, newest first, and the mark behind which more may lie; None where all has been looked at."""

    found: list[Found]
    further: Mark | None
    further_family: str = ""  # whose row that mark is


def newest(
    session: Session, vault: Vault, agency_id: str, family_ids: Collection[str], before: Mark | None,
    wanted: Callable[[str], bool], limit: int,
) -> Scan:  # fmt: skip
    """The newest rows with wanted words among what these families wrote, what staff wrote to them, notes and visits.

    At most `MOST` of each kind are opened. What somebody took back is left out, and whatever no key opens any more.
    """
    rows, ends = _rows(session, agency_id, family_ids, before)
    openers = {table: vault.opener(session, table, column) for table, column, *_ in _QUERIES}
    found: list[Found] = []
    for number, (at, row_id, family_id, who_id, moment_id, words, table) in enumerate(rows):
        if ends is not None and (at, row_id) < ends:
            at, row_id, family_id = rows[number - 1][:3]
            return Scan(found, (_instant_of(at), row_id), family_id)
        text = openers[table](row_id, words)
        if wanted(text):
            found.append(Found(_instant_of(at), row_id, family_id, who_id, moment_id or row_id, table, text))
            if len(found) == limit and number + 1 < len(rows):
                return Scan(found, (found[-1].at, row_id), family_id)
    if ends is None or not rows:
        return Scan(found, None)
    return Scan(found, (_instant_of(rows[-1][0]), rows[-1][1]), rows[-1][2])


def _rows(
    session: Session, agency_id: str, family_ids: Collection[str], before: Mark | None
) -> tuple[list[tuple[Any, ...]], Any]:
    """The rows of all kinds, newest first, and the oldest mark down to which every kind was read; None: to its end."""
    values = {"s_agency": agency_id, "s_families": sorted(family_ids), "s_limit": MOST}
    if before is not None:
        values |= {"s_at": before[0], "s_last": before[1]}
    rows: list[tuple[Any, ...]] = []
    ends = []
    for table, _column, query, further in _QUERIES:
        read = session.execute(query if before is None else further, values).all()
        rows += [(*row, table) for row in read]
        if len(read) >= MOST:
            ends.append((read[-1][0], read[-1][1]))
    rows.sort(key=lambda row: (row[0], row[1]), reverse=True)
    return rows, max(ends) if ends else None


def _instant_of(raw: Any) -> datetime:
    """A time as the driver gave it: ten thousand of them are compared, thirty are shown."""
    return raw if isinstance(raw, datetime) else datetime.fromisoformat(raw).replace(tzinfo=UTC)


_AT: Any = bindparam("s_at")
_LAST: Any = bindparam("s_last")


def _query(table: Any, instant: Any, who: Any, moment: Any, words: Any, *conditions: Any) -> tuple[Any, Any]:
    row_id = col(table.id)
    query: Select[Any] = (
        select(type_coerce(instant, NULLTYPE), row_id, col(table.family_id), who, moment, type_coerce(words, NULLTYPE))
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
