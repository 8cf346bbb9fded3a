"""Store: the answered sides of shared moments of one family."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from foster_bond.store.inbound import Reflection


def sides_told(session: Session, agency_id: str, family_id: str, prompt_keys: Sequence[str]) -> list[Reflection]:
    """The reflections of a family to these prompts, in order."""
    query = select(Reflection).where(
        col(Reflection.agency_id) == agency_id,
        col(Reflection.family_id) == family_id,
        col(Reflection.prompt_key).in_(prompt_keys),
    )
    return list(session.execute(query.order_by(col(Reflection.first_at), col(Reflection.id))).scalars())
