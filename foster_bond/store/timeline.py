"""Store: a family's past as rows of ten kinds, each read by its own time and id, so that a page costs the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, not_, or_, select
from sqlalchemy import text as sql
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import OccurrenceState
from foster_bond.rules.timeline_filter import EVERYTHING, Filter, Source
from foster_bond.store.alerts import Alert
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.notes import Note
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.pins import OPEN, Pin
from foster_bond.store.placement_events import PlacementEvent
from foster_bond.store.visits import Visit, VisitState
from foster_bond.store.voice_calls import VoiceCall

Row = (
    Reflection | OutboxMessage | InboundText | Occurrence | ConsentEvent | Alert | Note | VoiceCall | Visit
    | PlacementEvent
)  # fmt: skip
Mark = tuple[datetime, str]  # the time and id of a moment: where a page ends and the next one begins

ASKING = (Kind.PROMPT.value, Kind.AGAIN.value, Kind.FLOW_STEP.value)  # shown with their answer once there is one
NOT_SENT = (OccurrenceState.SKIPPED.value, OccurrenceState.DROPPED.value, OccurrenceState.EXPIRED.value)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which part of a family's past: up to `now`, older than `before`, narrowed by a filter."""

    agency_id: str
    family_id: str
    now: datetime
    limit: int
    before: Mark | None = None
    only: Filter = EVERYTHING
    prompt_keys: Sequence[str] = field(default=())  # those of the filter's technique
    since: datetime = LONG_AGO  # of the flags "new" and "unseen": what came later


def mark_of(row: Row) -> Mark:
    """Where a row stands on the timeline."""
    if isinstance(row, OutboxMessage):
        return row.accepted_at or row.due_at, row.id
    return _instant_of(row), row.id


def _instant_of(row: Any) -> datetime:
    at: datetime = getattr(row, _INSTANTS[type(row)])
    return at


_INSTANTS: dict[Any, str] = {
    Reflection: "first_at", InboundText: "received_at", Occurrence: "due_at", Alert: "raised_at", ConsentEvent: "at",
    Note: "at", VoiceCall: "at", Visit: "done_at", PlacementEvent: "added_at",
}  # fmt: skip
_TABLES: dict[Source, Any] = {
    Source.REFLECTIONS: Reflection, Source.TEXTS_OUT: OutboxMessage, Source.WISHES: InboundText,
    Source.SLOTS: Occurrence, Source.CONSENTS: ConsentEvent, Source.ALERTS: Alert, Source.NOTES: Note,
    Source.CALLS: VoiceCall, Source.VISITS: Visit, Source.PLACEMENT: PlacementEvent,
}  # fmt: skip


def rows_of(session: Session, stretch: Stretch, numbers: Sequence[str]) -> list[Row]:
    """The newest rows of this stretch, whatever their kind, newest first: at most `limit`, in one read a kind.

    `numbers` are the blind indexes whose consent belongs here.
    """
    only, values = stretch.only, _values(stretch, numbers)
    found: list[Row] = []
    for source in only.sources:
        statement = _statement(
            source, stretch.before is not None, bool(only.member), bool(only.technique), only.flag
        )  # fmt: skip
        found.extend(session.execute(statement, values).scalars())
    return sorted(found, key=mark_of, reverse=True)[: stretch.limit]


def _values(stretch: Stretch, numbers: Sequence[str]) -> dict[str, Any]:
    at, last = stretch.before or (LONG_AGO, "")
    return {
        "t_agency": stretch.agency_id, "t_family": stretch.family_id, "t_now": stretch.now, "t_limit": stretch.limit,
        "t_at": at, "t_last": last, "t_member": stretch.only.member, "t_numbers": list(numbers),
        "t_keys": list(stretch.prompt_keys), "t_since": stretch.since,
    }  # fmt: skip


_AGENCY: Any = bindparam("t_agency")
_FAMILY: Any = bindparam("t_family")
_MEMBER: Any = bindparam("t_member")
_AT: Any = bindparam("t_at")
_LAST: Any = bindparam("t_last")


@cache  # to put these together costs more than to run them: each shape of a page is made once
def _statement(source: Source, before: bool, member: bool, technique: bool, flag: str) -> Select[Any]:
    table = _TABLES[source]
    query = select(table).where(col(table.agency_id) == _AGENCY, *_CONDITIONS[source](member))
    if source is not Source.CONSENTS:
        query = query.where(col(table.family_id) == _FAMILY)
        query = query.where(col(table.member_id) == _MEMBER) if member else query
    if technique:
        query = query.where(col(table.prompt_key).in_(bindparam("t_keys", expanding=True)))
    if flag:
        query = query.where(_flagged(source, flag))
    instant, row_id = _instant(source), col(table.id)
    query = query.where(instant <= bindparam("t_now"))
    if before:
        query = query.where(or_(instant < _AT, and_(instant == _AT, row_id < _LAST)))
    return query.order_by(instant.desc(), row_id.desc()).limit(bindparam("t_limit"))


def _instant(source: Source) -> Any:
    if source is Source.TEXTS_OUT:
        return func.coalesce(col(OutboxMessage.accepted_at), col(OutboxMessage.due_at))
    table = _TABLES[source]
    return col(getattr(table, _INSTANTS[table]))


def _reflections(_member: bool) -> list[ColumnElement[bool]]:
    """Reflections; one whose only text woke somebody is shown as that alert, not twice."""
    alarmed = exists().where(
        col(InboundText.agency_id) == _AGENCY,
        col(InboundText.reflection_id) == col(Reflection.id),
        col(Alert.inbound_id) == col(InboundText.id),
        col(Alert.priority) == "now",
    )
    return [not_(and_(col(Reflection.parts) == 1, alarmed))]


def _texts_out(_member: bool) -> list[ColumnElement[bool]]:
    """Texts out that stand on their own: not a prompt with its answer, nor the fixed answer to a text shown here."""
    answered = exists().where(
        col(Reflection.agency_id) == _AGENCY, col(Reflection.occurrence_id) == col(OutboxMessage.occurrence_id)
    )
    beside = exists().where(
        col(InboundText.id) == col(OutboxMessage.inbound_id),
        col(InboundText.agency_id) == _AGENCY,
        col(InboundText.family_id) == _FAMILY,
        col(InboundText.reflection_id).is_(None),
    )
    kind = col(OutboxMessage.kind)
    return [
        kind != Kind.STAFF_ALERT.value,
        not_(and_(kind.in_(ASKING), answered)),
        not_(and_(kind == Kind.ACK.value, col(OutboxMessage.inbound_id).is_not(None))),
        not_(and_(kind == Kind.CRISIS_REPLY.value, col(OutboxMessage.alert_id).is_not(None))),
        not_(and_(kind == Kind.KEYWORD_REPLY.value, beside)),
    ]


def _wishes(_member: bool) -> list[ColumnElement[bool]]:
    """Texts in that are no reflection: wishes and reactions. One that changed consent is shown as that change."""
    changed = exists().where(
        col(ConsentEvent.agency_id) == _AGENCY,
        col(ConsentEvent.to_bidx) == col(InboundText.from_bidx),
        col(ConsentEvent.evidence_id) == col(InboundText.id),
    )
    alarmed = exists().where(col(Alert.agency_id) == _AGENCY, col(Alert.inbound_id) == col(InboundText.id))
    return [
        col(InboundText.reflection_id).is_(None), not_(changed), not_(and_(col(InboundText.kind) == "reply", alarmed)),
    ]  # fmt: skip


def _slots(_member: bool) -> list[ColumnElement[bool]]:
    """Planned slots that did not leave when they were due, and those that are held at this moment."""
    held = and_(col(Occurrence.state) == OccurrenceState.PLANNED.value, col(Occurrence.why).is_not(None))
    return [or_(col(Occurrence.state).in_(NOT_SENT), held)]


def _consents(member: bool) -> list[ColumnElement[bool]]:
    """Changes of consent: it counts per number, also where another family shares it."""
    own = col(ConsentEvent.family_id) == _FAMILY
    if member:
        own = and_(own, col(ConsentEvent.member_id) == _MEMBER)
    return [or_(col(ConsentEvent.to_bidx).in_(bindparam("t_numbers", expanding=True)), own)]


def _alerts(_member: bool) -> list[ColumnElement[bool]]:
    """Alerts; what only wants a careful look stands beside the reply that it is about."""
    filed = exists().where(
        col(InboundText.agency_id) == _AGENCY,
        col(InboundText.id) == col(Alert.inbound_id),
        col(InboundText.reflection_id).is_not(None),
    )
    return [not_(and_(col(Alert.priority) == "review", filed))]


_CONDITIONS: dict[Source, Callable[[bool], list[ColumnElement[bool]]]] = {
    Source.REFLECTIONS: _reflections, Source.TEXTS_OUT: _texts_out, Source.WISHES: _wishes, Source.SLOTS: _slots,
    Source.CONSENTS: _consents, Source.ALERTS: _alerts, Source.NOTES: lambda _: [], Source.CALLS: lambda _: [],
    Source.VISITS: lambda _: [col(Visit.state) == VisitState.DONE.value],
    Source.PLACEMENT: lambda _: [col(PlacementEvent.removed_at).is_(None)],
}  # fmt: skip


def _flagged(source: Source, flag: str) -> ColumnElement[bool]:
    """What the flag asks of a row of this kind."""
    if flag in ("new", "unseen"):
        instant = col(Reflection.last_at) if source is Source.REFLECTIONS else _instant(source)
        return instant > bindparam("t_since")
    if flag == "pinned":
        return exists().where(
            col(Pin.agency_id) == _AGENCY, col(Pin.family_id) == _FAMILY, sql(OPEN),
            col(Pin.moment_id) == col(_TABLES[source].id),
        )  # fmt: skip
    if flag == "rating":
        return col(Reflection.rating).is_not(None)
    if flag == "late":
        return col(Reflection.late).is_(True)
    part = (col(InboundText.agency_id) == _AGENCY, col(InboundText.reflection_id) == col(Reflection.id))
    if flag == "careful":
        return exists().where(*part, col(Alert.inbound_id) == col(InboundText.id), col(Alert.priority) == "review")
    return exists().where(
        *part, col(InboundText.hard_day).is_(True) if flag == "hard_day" else col(InboundText.media_count) > 0
    )
