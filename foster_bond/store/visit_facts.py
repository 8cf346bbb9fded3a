"""Store: what a family wrote from one day to another, with what its prompts ask; nothing that was taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from foster_bond.store.alerts import Alert
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.notes import Note
from foster_bond.store.prompts import Prompt

_MOMENTS: dict[str, Any] = {"reflection": Reflection, "note": Note, "alert": Alert}


class HeardRow(NamedTuple):
    """One reflection of which at least one part stands; what its prompt is, where there was one."""

    reflection_id: str
    member_id: str
    first_at: datetime
    rating: int | None
    level: int | None
    target: str | None
    reply: str | None
    hard_day: int  # 1 where a part of it was read as a hard day


def heard(session: Session, agency_id: str, family_id: str, since: datetime, until: datetime) -> list[HeardRow]:
    """The reflections of a family that began after `since` and not after `until`, oldest first: one read."""
    hard = func.max(case((col(InboundText.hard_day), 1), else_=0))
    own = (
        col(Reflection.id), col(Reflection.member_id), col(Reflection.first_at), col(Reflection.rating),
        col(Prompt.level), col(Prompt.target), col(Prompt.reply),
    )  # fmt: skip
    query = (
        select(*own, hard)
        .join(
            InboundText,
            (col(InboundText.agency_id) == agency_id) & (col(InboundText.reflection_id) == col(Reflection.id)),
        )
        .outerjoin(Prompt, (col(Prompt.agency_id) == agency_id) & (col(Prompt.key) == col(Reflection.prompt_key)))
        .where(
            col(Reflection.agency_id) == agency_id,
            col(Reflection.family_id) == family_id,
            col(Reflection.first_at) > since,
            col(Reflection.first_at) <= until,
            col(InboundText.withdrawn_at).is_(None),
        )
        .group_by(*own)
        .order_by(col(Reflection.first_at), col(Reflection.id))
    )
    return [HeardRow._make(row) for row in session.execute(query)]


def texts_of_alerts(session: Session, agency_id: str, alert_ids: Sequence[str]) -> dict[str, InboundText]:
    """The texts that raised these alerts, by alert."""
    query = (
        select(col(Alert.id), InboundText)
        .join(Alert, (col(Alert.agency_id) == agency_id) & (col(Alert.inbound_id) == col(InboundText.id)))
        .where(col(InboundText.agency_id) == agency_id, col(Alert.id).in_(alert_ids))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def is_moment(session: Session, agency_id: str, family_id: str, what: str, moment_id: str) -> bool:
    """True where there is such a moment on the timeline of this family."""
    table = _MOMENTS.get(what)
    if table is None:
        return False
    query = select(table.id).where(table.agency_id == agency_id, table.family_id == family_id, table.id == moment_id)
    return session.execute(query).first() is not None
