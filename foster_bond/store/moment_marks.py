"""Store: where a moment stands on its family's timeline, for an address that names it."""

from typing import Any

from sqlalchemy import exists, select
from sqlmodel import Session, col

from foster_bond.store.alerts import Alert
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.notes import Note
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.placement_events import PlacementEvent
from foster_bond.store.timeline import ASKING, Mark, mark_of
from foster_bond.store.visits import Visit
from foster_bond.store.voice_calls import VoiceCall

_PLAIN: tuple[Any, ...] = (Alert, Note, Visit, PlacementEvent, ConsentEvent, VoiceCall, Occurrence)


def mark_named(session: Session, agency_id: str, family_id: str, moment_id: str) -> Mark | None:
    """The mark of the moment that shows this row: a part stands in its reply, an answered prompt with its answer, a
    reply that woke somebody as that alert. None where this family has no such row."""
    for table in (Reflection, InboundText, OutboxMessage, *_PLAIN):
        row = _row(session, table, agency_id, family_id, moment_id)
        if row is not None:
            return mark_of(_shown_as(session, agency_id, family_id, row))
    return None


def _row(session: Session, table: Any, agency_id: str, family_id: str, row_id: str | None) -> Any:
    query = select(table).where(
        col(table.agency_id) == agency_id, col(table.family_id) == family_id, col(table.id) == row_id
    )
    return session.execute(query).scalar_one_or_none()


def _shown_as(session: Session, agency_id: str, family_id: str, row: Any) -> Any:
    if isinstance(row, OutboxMessage) and row.kind in ASKING and row.occurrence_id:
        query = select(Reflection).where(
            col(Reflection.agency_id) == agency_id, col(Reflection.occurrence_id) == row.occurrence_id
        )
        row = session.execute(query).scalar_one_or_none() or row
    if isinstance(row, InboundText):
        row = _row(session, Reflection, agency_id, family_id, row.reflection_id) or row
    if isinstance(row, Reflection) and row.parts == 1:
        return _alert(session, agency_id, col(InboundText.reflection_id) == row.id, "now") or row
    if isinstance(row, InboundText):
        return _alert(session, agency_id, col(InboundText.id) == row.id) or row
    return row


def _alert(session: Session, agency_id: str, which: Any, *priorities: str) -> Alert | None:
    about = exists().where(
        col(InboundText.agency_id) == agency_id, col(InboundText.id) == col(Alert.inbound_id), which
    )  # fmt: skip
    query = select(Alert).where(col(Alert.agency_id) == agency_id, about)
    query = query.where(col(Alert.priority).in_(priorities)) if priorities else query
    return session.execute(query.limit(1)).scalar_one_or_none()
