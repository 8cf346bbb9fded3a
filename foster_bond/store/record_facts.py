"""Store: everything that is known of one family, whole, for a record that leaves the house."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, and_, or_, select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import OccurrenceState
from foster_bond.store.alerts import Alert
from foster_bond.store.audit import AuditEvent
from foster_bond.store.base import Owned
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.families import Family
from foster_bond.store.inbound import InboundText, Reflection, in_order
from foster_bond.store.notes import Note
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage, StateMove
from foster_bond.store.placement_events import PlacementEvent
from foster_bond.store.timeline import NOT_SENT
from foster_bond.store.voice_calls import VoiceCall

CHUNK = 500  # ids in one read
_Table = TypeVar("_Table", bound=Owned)


def texts_out(session: Session, family: Family) -> list[OutboxMessage]:
    """Every text that was written to the family, whatever became of it."""
    query = _of(OutboxMessage, family).where(col(OutboxMessage.kind) != Kind.STAFF_ALERT.value)
    return _rows(session, query.order_by(col(OutboxMessage.created_at), col(OutboxMessage.id)))


def moves(session: Session, agency_id: str, message_ids: Sequence[str]) -> Mapping[str, list[StateMove]]:
    """The log of each of these texts, by text, in order."""
    found: dict[str, list[StateMove]] = defaultdict(list)
    for start in range(0, len(message_ids), CHUNK):
        query = select(StateMove).where(
            col(StateMove.agency_id) == agency_id, col(StateMove.message_id).in_(message_ids[start : start + CHUNK])
        )
        for row in session.execute(query.order_by(col(StateMove.message_id), col(StateMove.seq))).scalars():
            found[row.message_id].append(row)
    return found


def texts_in(session: Session, family: Family) -> list[InboundText]:
    """Every text that came from the family, also what they took back."""
    return _rows(session, _of(InboundText, family).order_by(*in_order()))


def reflections(session: Session, family: Family) -> dict[str, Reflection]:
    return {row.id: row for row in _rows(session, _of(Reflection, family).order_by(col(Reflection.id)))}


def not_sent(session: Session, family: Family) -> list[Occurrence]:
    """Planned texts that did not leave, and those that are held at this moment."""
    held = and_(col(Occurrence.state) == OccurrenceState.PLANNED.value, col(Occurrence.why).is_not(None))
    query = _of(Occurrence, family).where(or_(col(Occurrence.state).in_(NOT_SENT), held))
    return _rows(session, query.order_by(col(Occurrence.due_at), col(Occurrence.id)))


def consents(session: Session, family: Family, numbers: Sequence[str]) -> list[ConsentEvent]:
    """Every change of consent of these numbers: it counts per number, also where another family shares it."""
    query = select(ConsentEvent).where(
        col(ConsentEvent.agency_id) == family.agency_id,
        or_(col(ConsentEvent.to_bidx).in_(numbers), col(ConsentEvent.family_id) == family.id),
    )
    return _rows(session, query.order_by(col(ConsentEvent.at), col(ConsentEvent.id)))


def alerts(session: Session, family: Family) -> list[Alert]:
    return _rows(session, _of(Alert, family).order_by(col(Alert.raised_at), col(Alert.id)))


def notes(session: Session, family: Family) -> list[Note]:
    return _rows(session, _of(Note, family).order_by(col(Note.at), col(Note.id)))


def calls(session: Session, family: Family) -> list[VoiceCall]:
    return _rows(session, _of(VoiceCall, family).order_by(col(VoiceCall.at), col(VoiceCall.id)))


def placements(session: Session, family: Family) -> list[PlacementEvent]:
    """What happened to the placement, also what was taken out again."""
    return _rows(session, _of(PlacementEvent, family).order_by(col(PlacementEvent.added_at), col(PlacementEvent.id)))


def openings(session: Session, agency_id: str, family_id: str, acts: Sequence[str]) -> list[AuditEvent]:
    """Who opened the family's page or took something out, as the audit has it."""
    query = select(AuditEvent).where(
        col(AuditEvent.agency_id) == agency_id,
        col(AuditEvent.subject_kind) == "family",
        col(AuditEvent.subject_id) == family_id,
        col(AuditEvent.act).in_(acts),
    )
    return _rows(session, query.order_by(col(AuditEvent.at), col(AuditEvent.id)))


def _of(table: type[_Table], family: Family) -> Select[Any]:
    columns: Any = table
    return select(table).where(col(columns.agency_id) == family.agency_id, col(columns.family_id) == family.id)


def _rows(session: Session, query: Select[Any]) -> list[Any]:
    return list(session.execute(query).scalars())
