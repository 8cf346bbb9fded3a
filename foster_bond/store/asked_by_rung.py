"""Store: the prompts that reached a family, each with its rung and its answer; and when notes were written."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.store.inbound import Reflection
from foster_bond.store.moment_facts import REACHED
from foster_bond.store.notes import Note
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt


class AskedOnRung(NamedTuple):
    """One prompt that reached somebody; `level` None: nobody knows the prompt any more."""

    at: datetime
    level: int | None
    answered: bool


def asked_by_rung(session: Session, agency_id: str, family_id: str, since: datetime) -> list[AskedOnRung]:
    """The prompts that reached a family since then, in order."""
    query = (
        select(col(OutboxMessage.accepted_at), col(Prompt.level), col(Reflection.id).is_not(None))
        .outerjoin(Prompt, (col(Prompt.agency_id) == agency_id) & (col(Prompt.key) == col(OutboxMessage.prompt_key)))
        .outerjoin(
            Reflection,
            (col(Reflection.agency_id) == agency_id)
            & (col(Reflection.occurrence_id) == col(OutboxMessage.occurrence_id)),
        )
        .where(
            col(OutboxMessage.agency_id) == agency_id,
            col(OutboxMessage.family_id) == family_id,
            col(OutboxMessage.kind) == Kind.PROMPT.value,
            col(OutboxMessage.state).in_(REACHED),
            col(OutboxMessage.accepted_at) >= since,
        )
        .order_by(col(OutboxMessage.accepted_at))
    )
    return [AskedOnRung(at, level, bool(answered)) for at, level, answered in session.execute(query)]


def notes_since(session: Session, agency_id: str, family_id: str, since: datetime) -> list[tuple[datetime, str]]:
    """When notes about a family were written since then, and by whom, in order. Their words stay sealed."""
    query = select(col(Note.at), col(Note.author_id)).where(
        col(Note.agency_id) == agency_id, col(Note.family_id) == family_id, col(Note.at) >= since
    )
    return [(at, author) for at, author in session.execute(query.order_by(col(Note.at), col(Note.id)))]
