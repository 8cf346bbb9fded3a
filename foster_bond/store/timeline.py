"""Store: a family's past as rows of eight kinds, each read by its own time and id, so that a page costs the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, not_, or_, select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import OccurrenceState
from foster_bond.store.alerts import Alert
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.notes import Note
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.voice_calls import VoiceCall

Row = Reflection | OutboxMessage | InboundText | Occurrence | ConsentEvent | Alert | Note | VoiceCall
Mark = tuple[datetime, str]  # the time and id of a moment: where a page ends and the next one begins

ASKING = (Kind.PROMPT.value, Kind.AGAIN.value, Kind.FLOW_STEP.value)  # shown with their answer once there is one
NOT_SENT = (OccurrenceState.SKIPPED.value, OccurrenceState.DROPPED.value, OccurrenceState.EXPIRED.value)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which part of a family's past: up to `now`, older than `before`, of one member where one is named."""

    agency_id: str
    family_id: str
    now: datetime
    limit: int
    before: Mark | None = None
    member_id: str | None = None


def mark_of(row: Row) -> Mark:
    """Where a row stands on the timeline."""
    if isinstance(row, OutboxMessage):
        return row.accepted_at or row.due_at, row.id
    return _instant_of(row), row.id


def _instant_of(row: Reflection | InboundText | Occurrence | ConsentEvent | Alert | Note | VoiceCall) -> datetime:
    if isinstance(row, Reflection):
        return row.first_at
    if isinstance(row, InboundText):
        return row.received_at
    if isinstance(row, Occurrence):
        return row.due_at
    return row.raised_at if isinstance(row, Alert) else row.at


def rows_of(session: Session, stretch: Stretch, numbers: Sequence[str]) -> list[Row]:
    """The newest rows of this stretch, whatever their kind, newest first: at most `limit`, in eight reads.

    `numbers` are the blind indexes whose consent belongs here.
    """
    queries = (
        _reflections(stretch), _texts_out(stretch), _wishes(stretch), _slots(stretch),
        _consents(stretch, numbers), _alerts(stretch), _notes(stretch),
        _calls(stretch),
    )  # fmt: skip
    found: list[Row] = [row for query in queries if query is not None for row in session.execute(query).scalars()]
    return sorted(found, key=mark_of, reverse=True)[: stretch.limit]


def _page(query: Select[Any], stretch: Stretch, instant: Any, row_id: Any) -> Select[Any]:
    query = query.where(instant <= stretch.now)
    if stretch.before is not None:
        at, last = stretch.before
        query = query.where(or_(instant < at, and_(instant == at, row_id < last)))
    return query.order_by(instant.desc(), row_id.desc()).limit(stretch.limit)


def _of_family(table: Any, stretch: Stretch) -> Select[Any]:
    query = select(table).where(
        col(table.agency_id) == stretch.agency_id, col(table.family_id) == stretch.family_id
    )  # fmt: skip
    return query if stretch.member_id is None else query.where(col(table.member_id) == stretch.member_id)


def _reflections(stretch: Stretch) -> Select[Any]:
    """Reflections; one whose only text woke somebody is shown as that alert, not twice."""
    alarmed = exists().where(
        col(InboundText.agency_id) == stretch.agency_id,
        col(InboundText.reflection_id) == col(Reflection.id),
        col(Alert.inbound_id) == col(InboundText.id),
        col(Alert.priority) == "now",
    )
    query = _of_family(Reflection, stretch).where(not_(and_(col(Reflection.parts) == 1, alarmed)))
    return _page(query, stretch, col(Reflection.first_at), col(Reflection.id))


def _texts_out(stretch: Stretch) -> Select[Any]:
    """Texts out that stand on their own: not a prompt with its answer, nor the fixed answer to a text shown here."""
    answered = exists().where(
        col(Reflection.agency_id) == stretch.agency_id,
        col(Reflection.occurrence_id) == col(OutboxMessage.occurrence_id),
    )
    beside = exists().where(
        col(InboundText.id) == col(OutboxMessage.inbound_id),
        col(InboundText.agency_id) == stretch.agency_id,
        col(InboundText.family_id) == stretch.family_id,
        col(InboundText.reflection_id).is_(None),
    )
    kind = col(OutboxMessage.kind)
    query = _of_family(OutboxMessage, stretch).where(
        kind != Kind.STAFF_ALERT.value,
        not_(and_(kind.in_(ASKING), answered)),
        not_(and_(kind == Kind.ACK.value, col(OutboxMessage.inbound_id).is_not(None))),
        not_(and_(kind == Kind.CRISIS_REPLY.value, col(OutboxMessage.alert_id).is_not(None))),
        not_(and_(kind == Kind.KEYWORD_REPLY.value, beside)),
    )
    at = func.coalesce(col(OutboxMessage.accepted_at), col(OutboxMessage.due_at))
    return _page(query, stretch, at, col(OutboxMessage.id))


def _wishes(stretch: Stretch) -> Select[Any]:
    """Texts in that are no reflection: wishes and reactions. One that changed consent is shown as that change."""
    changed = exists().where(
        col(ConsentEvent.agency_id) == stretch.agency_id,
        col(ConsentEvent.to_bidx) == col(InboundText.from_bidx),
        col(ConsentEvent.evidence_id) == col(InboundText.id),
    )
    alarmed = exists().where(
        col(Alert.agency_id) == stretch.agency_id, col(Alert.inbound_id) == col(InboundText.id)
    )  # fmt: skip
    query = _of_family(InboundText, stretch).where(
        col(InboundText.reflection_id).is_(None),
        not_(changed),
        not_(and_(col(InboundText.kind) == "reply", alarmed)),
    )
    return _page(query, stretch, col(InboundText.received_at), col(InboundText.id))


def _slots(stretch: Stretch) -> Select[Any]:
    """Planned slots that did not leave when they were due, and those that are held at this moment."""
    held = and_(col(Occurrence.state) == OccurrenceState.PLANNED.value, col(Occurrence.why).is_not(None))
    query = _of_family(Occurrence, stretch).where(or_(col(Occurrence.state).in_(NOT_SENT), held))
    return _page(query, stretch, col(Occurrence.due_at), col(Occurrence.id))


def _consents(stretch: Stretch, numbers: Sequence[str]) -> Select[Any]:
    """Changes of consent: it counts per number, also where another family shares it."""
    own = col(ConsentEvent.family_id) == stretch.family_id
    if stretch.member_id is not None:
        own = and_(own, col(ConsentEvent.member_id) == stretch.member_id)
    query = select(ConsentEvent).where(
        col(ConsentEvent.agency_id) == stretch.agency_id, or_(col(ConsentEvent.to_bidx).in_(numbers), own)
    )
    return _page(query, stretch, col(ConsentEvent.at), col(ConsentEvent.id))


def _alerts(stretch: Stretch) -> Select[Any]:
    """Alerts; what only wants a careful look stands beside the reply that it is about."""
    filed = exists().where(
        col(InboundText.agency_id) == stretch.agency_id,
        col(InboundText.id) == col(Alert.inbound_id),
        col(InboundText.reflection_id).is_not(None),
    )
    query = _of_family(Alert, stretch).where(not_(and_(col(Alert.priority) == "review", filed)))
    return _page(query, stretch, col(Alert.raised_at), col(Alert.id))


def _calls(stretch: Stretch) -> Select[Any]:
    return _page(_of_family(VoiceCall, stretch), stretch, col(VoiceCall.at), col(VoiceCall.id))


def _notes(stretch: Stretch) -> Select[Any] | None:
    """Notes are about the family: a page of one member leaves them out."""
    if stretch.member_id is not None:
        return None
    return _page(_of_family(Note, stretch), stretch, col(Note.at), col(Note.id))
