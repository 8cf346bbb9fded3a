"""Store: the numbers that a family gave, each with what its prompt asked for."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from foster_bond.rules.own_ratings import RatedAnswer, RatingPoint
from foster_bond.store.inbound import Reflection
from foster_bond.store.prompts import Prompt


def rated(session: Session, agency_id: str, family_id: str, since: datetime) -> list[RatedAnswer]:
    """Every answer of a family since then that holds a number, oldest first.

    A number that was taken back by DELETE is gone from its reflection already.
    """
    same = (col(Prompt.agency_id) == col(Reflection.agency_id)) & (col(Prompt.key) == col(Reflection.prompt_key))
    query = (
        select(
            col(Reflection.member_id), col(Prompt.level), col(Prompt.target), col(Prompt.reply),
            col(Reflection.rating), col(Reflection.first_at), col(Reflection.id),
        )
        .join(Prompt, same)
        .where(
            col(Reflection.agency_id) == agency_id,
            col(Reflection.family_id) == family_id,
            col(Reflection.first_at) >= since,
            col(Reflection.rating).is_not(None),
        )
        .order_by(col(Reflection.first_at), col(Reflection.id))
    )  # fmt: skip
    return [
        RatedAnswer(member_id, level, target, reply, RatingPoint(value, at, reflection_id))
        for member_id, level, target, reply, value, at, reflection_id in session.execute(query)
    ]
