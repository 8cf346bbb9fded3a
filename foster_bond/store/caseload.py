"""Store: many families at a glance. Each question is asked once for all of them, over an index and a bounded time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from foster_bond.rules.access import Viewer
from foster_bond.rules.kinds import Kind
from foster_bond.rules.own_rhythm import LOOK_BACK, Habit
from foster_bond.rules.states import OccurrenceState
from foster_bond.store.alerts import OPEN_STATES, UNTAKEN_STATES, Alert, Task
from foster_bond.store.families import Family, Member, held_by
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.looks import Look
from foster_bond.store.moment_facts import REACHED
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt

STRIP = 4  # the last prompts of a family, answered or not
STRIP_BACK = timedelta(days=56)


class HardDay(NamedTuple):
    """The latest text of a family that was read as a hard day."""

    family_id: str
    inbound_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Glance:
    """What decides where a family stands in the list."""

    alerts: dict[str, bool]  # family with an open urgent alert: whether anybody has taken it
    habits: dict[str, Habit]
    asked_since: dict[str, int]  # prompts that reached a family after its last words
    hard_days: dict[str, HardDay]
    troubles: dict[str, str]  # what is wrong with a number of the family
    unread: dict[str, int]


def glance(session: Session, viewer: Viewer, now: datetime, *, hard_since: datetime) -> Glance:
    """The needs of every open family that the viewer holds: six reads, whatever their number."""
    held = held_by(viewer).where(col(Family.closed_at).is_(None)).with_only_columns(col(Family.id))
    return Glance(
        alerts=_alerts(session, viewer, held),
        habits=_habits(session, viewer, held, now),
        asked_since=_asked_since(session, viewer, held, now),
        hard_days=_hard_days(session, viewer, held, hard_since),
        troubles=_troubles(session, viewer, held),
        unread=_unread(session, viewer, held, now),
    )


def _alerts(session: Session, viewer: Viewer, held: Select[str]) -> dict[str, bool]:
    query = select(col(Alert.family_id), col(Alert.state)).where(
        col(Alert.agency_id) == viewer.agency_id,
        col(Alert.family_id).in_(held),
        col(Alert.priority) == "now",
        col(Alert.state).in_(OPEN_STATES),
    )
    found: dict[str, bool] = {}
    for family, state in session.execute(query.distinct()):
        if family is not None:
            found[family] = found.get(family, True) and state not in UNTAKEN_STATES
    return found


def _habits(session: Session, viewer: Viewer, held: Select[str], now: datetime) -> dict[str, Habit]:
    query = select(
        col(Reflection.family_id), func.count(), func.min(col(Reflection.first_at)), func.max(col(Reflection.last_at))
    ).where(
        col(Reflection.agency_id) == viewer.agency_id,
        col(Reflection.family_id).in_(held),
        col(Reflection.first_at) > now - LOOK_BACK,
    )
    return {row[0]: Habit(*row[1:]) for row in session.execute(query.group_by(col(Reflection.family_id)))}


def _asked_since(session: Session, viewer: Viewer, held: Select[str], now: datetime) -> dict[str, int]:
    last = (
        select(col(Reflection.family_id).label("family_id"), func.max(col(Reflection.last_at)).label("at"))
        .where(col(Reflection.agency_id) == viewer.agency_id, col(Reflection.family_id).in_(held))
        .group_by(col(Reflection.family_id))
        .subquery()
    )
    query = (
        select(col(OutboxMessage.family_id), func.count())
        .outerjoin(last, last.c.family_id == col(OutboxMessage.family_id))
        .where(
            col(OutboxMessage.agency_id) == viewer.agency_id,
            col(OutboxMessage.family_id).in_(held),
            col(OutboxMessage.created_at) > now - LOOK_BACK,
            col(OutboxMessage.kind) == Kind.PROMPT.value,
            col(OutboxMessage.state).in_(REACHED),
            or_(last.c.at.is_(None), col(OutboxMessage.accepted_at) > last.c.at),
        )
        .group_by(col(OutboxMessage.family_id))
    )
    return {family: count for family, count in session.execute(query) if family is not None}


def _hard_days(session: Session, viewer: Viewer, held: Select[str], since: datetime) -> dict[str, HardDay]:
    query = select(col(InboundText.family_id), col(InboundText.id), col(InboundText.received_at)).where(
        col(InboundText.agency_id) == viewer.agency_id,
        col(InboundText.family_id).in_(held),
        col(InboundText.received_at) > since,
        col(InboundText.hard_day).is_(True),
        col(InboundText.withdrawn_at).is_(None),
    )
    ordered = query.order_by(col(InboundText.received_at), col(InboundText.id))
    return {row[0]: HardDay(*row) for row in session.execute(ordered) if row[0] is not None}


def _troubles(session: Session, viewer: Viewer, held: Select[str]) -> dict[str, str]:
    query = select(col(Member.family_id), col(Member.number_bad_why)).where(
        col(Member.agency_id) == viewer.agency_id,
        col(Member.family_id).in_(held),
        col(Member.left_at).is_(None),
        col(Member.number_bad_why).is_not(None),
    )
    return {family: why for family, why in session.execute(query) if why}


def _unread(session: Session, viewer: Viewer, held: Select[str], now: datetime) -> dict[str, int]:
    """Reflections since the viewer's last look; where they never looked, those of the last weeks."""
    seen = (col(Look.staff_id) == viewer.staff_id) & (col(Look.family_id) == col(Reflection.family_id))
    query = (
        select(col(Reflection.family_id), func.count())
        .outerjoin(Look, seen & (col(Look.agency_id) == viewer.agency_id))
        .where(
            col(Reflection.agency_id) == viewer.agency_id,
            col(Reflection.family_id).in_(held),
            col(Reflection.first_at) > now - LOOK_BACK,
            or_(col(Look.seen_at).is_(None), col(Reflection.last_at) > col(Look.seen_at)),
        )
    )
    return dict(session.execute(query.group_by(col(Reflection.family_id))).all())


def last_words(session: Session, agency_id: str, family_ids: Sequence[str]) -> dict[str, InboundText]:
    """The newest text of each family that is a reflection's."""
    ranked = (
        select(
            col(InboundText.id).label("id"),
            func.row_number()
            .over(
                partition_by=col(InboundText.family_id),
                order_by=(col(InboundText.received_at).desc(), col(InboundText.id).desc()),
            )
            .label("place"),
        )
        .where(
            col(InboundText.agency_id) == agency_id,
            col(InboundText.family_id).in_(family_ids),
            col(InboundText.reflection_id).is_not(None),
            col(InboundText.withdrawn_at).is_(None),
        )
        .subquery()
    )
    query = select(InboundText).join(ranked, ranked.c.id == col(InboundText.id)).where(ranked.c.place == 1)
    return {text.family_id: text for text in session.execute(query).scalars() if text.family_id is not None}


def strips(session: Session, agency_id: str, family_ids: Sequence[str], now: datetime) -> dict[str, tuple[bool, ...]]:
    """The last prompts of each family, oldest first: answered or not."""
    ranked = (
        select(
            col(OutboxMessage.family_id).label("family_id"),
            col(OutboxMessage.accepted_at).label("at"),
            col(Reflection.id).label("reflection_id"),
            func.row_number()
            .over(
                partition_by=col(OutboxMessage.family_id),
                order_by=(col(OutboxMessage.accepted_at).desc(), col(OutboxMessage.id).desc()),
            )
            .label("place"),
        )
        .outerjoin(
            Reflection,
            (col(Reflection.agency_id) == agency_id)
            & (col(Reflection.occurrence_id) == col(OutboxMessage.occurrence_id)),
        )
        .where(
            col(OutboxMessage.agency_id) == agency_id,
            col(OutboxMessage.family_id).in_(family_ids),
            col(OutboxMessage.created_at) > now - STRIP_BACK,
            col(OutboxMessage.kind) == Kind.PROMPT.value,
            col(OutboxMessage.state).in_(REACHED),
        )
        .subquery()
    )
    query = select(ranked.c.family_id, ranked.c.reflection_id).where(ranked.c.place <= STRIP)
    found: dict[str, list[bool]] = defaultdict(list)
    for family_id, reflection_id in session.execute(query.order_by(ranked.c.place.desc())):
        found[family_id].append(reflection_id is not None)
    return {family_id: tuple(answers) for family_id, answers in found.items()}


def open_tasks_by_worker(session: Session, agency_id: str) -> dict[str, int]:
    """How many tasks about their families wait for each caseworker; under an empty id, for families of nobody."""
    query = (
        select(func.coalesce(col(Family.caseworker_id), ""), func.count())
        .join(Task, (col(Task.agency_id) == agency_id) & (col(Task.family_id) == col(Family.id)))
        .where(col(Family.agency_id) == agency_id, col(Family.closed_at).is_(None), col(Task.done_at).is_(None))
    )
    return dict(session.execute(query.group_by(col(Family.caseworker_id))).all())


class NextSlot(NamedTuple):
    """The next slot of a family, with the technique of its prompt where that is chosen already."""

    family_id: str
    due_at: datetime
    why: str | None
    technique: str | None


def next_slots(session: Session, agency_id: str, family_ids: Sequence[str], now: datetime) -> dict[str, NextSlot]:
    """The next slot of each family that is planned or has just been written and has not left."""
    ranked = (
        select(
            col(Occurrence.family_id).label("family_id"),
            col(Occurrence.due_at).label("due_at"),
            col(Occurrence.why).label("why"),
            col(Occurrence.state).label("state"),
            col(Prompt.technique).label("technique"),
            func.row_number()
            .over(
                partition_by=col(Occurrence.family_id),
                order_by=(col(Occurrence.due_at), col(Occurrence.id)),
            )
            .label("place"),
        )
        .outerjoin(Prompt, (col(Prompt.agency_id) == agency_id) & (col(Prompt.key) == col(Occurrence.prompt_key)))
        .where(
            col(Occurrence.agency_id) == agency_id,
            col(Occurrence.family_id).in_(family_ids),
            col(Occurrence.state).in_([OccurrenceState.PLANNED.value, OccurrenceState.WRITTEN.value]),
            col(Occurrence.due_at) > now,
        )
        .subquery()
    )
    planned = OccurrenceState.PLANNED.value
    query = select(ranked).where(ranked.c.place == 1)
    return {
        row.family_id: NextSlot(row.family_id, row.due_at, row.why if row.state == planned else None, row.technique)
        for row in session.execute(query)
    }
