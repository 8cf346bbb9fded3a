"""Store: how often each prompt was asked and answered, and which programmes use it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Outbound
from foster_bond.store.inbound import Reflection
from foster_bond.store.outbox_rows import OutboxMessage
from foster_bond.store.prompts import Programme


def asked(session: Session, agency_id: str, since: datetime) -> Mapping[str, int]:
    """How often each prompt left since then, by key."""
    query = select(col(OutboxMessage.prompt_key), func.count()).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.created_at) >= since,
        col(OutboxMessage.kind) == Kind.PROMPT.value,
        col(OutboxMessage.accepted_at).is_not(None),
    )
    return dict(session.execute(query.group_by(col(OutboxMessage.prompt_key))).all())


def answered(session: Session, agency_id: str, since: datetime) -> Mapping[str, int]:
    """How many reflections each prompt has brought since then, by key."""
    query = select(col(Reflection.prompt_key), func.count()).where(
        col(Reflection.agency_id) == agency_id,
        col(Reflection.prompt_key).is_not(None),
        col(Reflection.first_at) >= since,
    )
    return dict(session.execute(query.group_by(col(Reflection.prompt_key))).all())


def used_in(session: Session, agency_id: str) -> Mapping[str, tuple[str, ...]]:
    """The names of the programmes that ask each prompt, by its key."""
    found: dict[str, list[str]] = defaultdict(list)
    query = select(Programme).where(col(Programme.agency_id) == agency_id).order_by(col(Programme.name))
    for programme in session.execute(query).scalars():
        for key in dict.fromkeys(programme.prompt_keys):
            found[key].append(programme.name)
    return {key: tuple(names) for key, names in found.items()}


def written(session: Session, agency_id: str, key: str) -> int:
    """How many texts of this prompt are written and have not begun to leave."""
    query = select(func.count()).where(
        col(OutboxMessage.agency_id) == agency_id,
        col(OutboxMessage.prompt_key) == key,
        col(OutboxMessage.kind) == Kind.PROMPT.value,
        col(OutboxMessage.state) == Outbound.SCHEDULED.value,
    )
    return int(session.execute(query).scalar_one())
