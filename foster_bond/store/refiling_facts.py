"""Store: what moving a reply is decided by: the reply, whose it is, and the prompts that it may belong to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from foster_bond.rules.access import Viewer
from foster_bond.store.families import Family, Member, held_by
from foster_bond.store.hearing_facts import ASKED, AskedPrompt
from foster_bond.store.inbound import InboundText, Reflection, in_order
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage


def held_reflection(
    session: Session, viewer: Viewer, family_id: str, reflection_id: str, *, locked: bool = False
) -> Reflection | None:
    """One reply of a family that the viewer holds; `locked`: as it stands now, locked where the engine can."""
    held = held_by(viewer).with_only_columns(col(Family.id))
    query = select(Reflection).where(
        col(Reflection.agency_id) == viewer.agency_id,
        col(Reflection.family_id) == family_id,
        col(Reflection.id) == reflection_id,
        col(Reflection.family_id).in_(held),
    )
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def member_of(session: Session, agency_id: str, member_id: str) -> Member:
    """One member, whoever asks."""
    query = select(Member).where(col(Member.agency_id) == agency_id, col(Member.id) == member_id)
    found: Member = session.execute(query).scalar_one()
    return found


def asked_slot(session: Session, agency_id: str, occurrence_id: str) -> AskedPrompt | None:
    """The prompt of one slot, where it left."""
    row = session.execute(ASKED.where(col(Occurrence.id) == occurrence_id), {"agency": agency_id}).first()
    return None if row is None else AskedPrompt._make(row)


def asked_of_family(
    session: Session, agency_id: str, family_id: str, since: datetime, until: datetime
) -> list[AskedPrompt]:
    """The prompts that left for a family between two moments, the newest first."""
    query = ASKED.where(
        col(OutboxMessage.family_id) == family_id,
        col(OutboxMessage.created_at) >= since,
        col(OutboxMessage.claimed_at) <= until,
    )
    return [AskedPrompt._make(row) for row in session.execute(query, {"agency": agency_id})]


def reflection_of_slot(session: Session, agency_id: str, occurrence_id: str) -> Reflection | None:
    """The answer to one prompt, locked where the engine can."""
    query = select(Reflection).where(
        col(Reflection.agency_id) == agency_id, col(Reflection.occurrence_id) == occurrence_id
    )
    return session.execute(query.with_for_update()).scalar_one_or_none()


def texts(session: Session, agency_id: str, text_ids: Sequence[str]) -> list[InboundText]:
    """These texts in, in the order in which they were said."""
    query = select(InboundText).where(col(InboundText.agency_id) == agency_id, col(InboundText.id).in_(text_ids))
    return list(session.execute(query.order_by(*in_order())).scalars())
