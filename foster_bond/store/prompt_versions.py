"""Store: every version of a prompt: its words, who wrote them, and which clinician signed them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.prompts import Prompt


class PromptVersion(Owned, table=True):
    """What a prompt said, or is to say, at this number. Without `approved_at` it waits: nobody is ever sent it."""

    __tablename__ = "prompt_versions"
    __table_args__ = own_key(UniqueConstraint("prompt_id", "number"), link("prompt_id", "prompts"))
    prompt_id: str = Field(max_length=36)
    number: int
    words: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    made_at: Instant
    made_by: str | None = Field(default=None, max_length=36)  # None: the library or the operator
    changed_at: Instant | None = None  # when the words of a draft were last typed over
    signed_name: str | None = Field(default=None, max_length=120)
    signed_as: str | None = Field(default=None, max_length=120)  # the clinician's credential, as they give it
    signed_on: date | None = None
    approved_at: Instant | None = None
    approved_by: str | None = Field(default=None, max_length=36)  # who wrote the signature down


def versions_of(session: Session, agency_id: str, prompt_id: str) -> list[PromptVersion]:
    """Every version of a prompt that was kept, the newest first."""
    query = select(PromptVersion).where(
        col(PromptVersion.agency_id) == agency_id, col(PromptVersion.prompt_id) == prompt_id
    )
    return list(session.execute(query.order_by(col(PromptVersion.number).desc())).scalars())


def version(session: Session, agency_id: str, prompt_id: str, number: int) -> PromptVersion | None:
    query = select(PromptVersion).where(
        col(PromptVersion.agency_id) == agency_id,
        col(PromptVersion.prompt_id) == prompt_id,
        col(PromptVersion.number) == number,
    )
    found: PromptVersion | None = session.execute(query).scalar_one_or_none()
    return found


def in_force(session: Session, agency_id: str) -> Mapping[str, PromptVersion]:
    """The kept version that each prompt is at now, by the prompt's id; a shipped one nobody touched has none."""
    query = select(PromptVersion).join(
        Prompt, (col(Prompt.id) == col(PromptVersion.prompt_id)) & (col(Prompt.version) == col(PromptVersion.number))
    )
    rows = session.execute(query.where(col(PromptVersion.agency_id) == agency_id)).scalars()
    return {row.prompt_id: row for row in rows}


def waiting(session: Session, agency_id: str) -> Collection[str]:
    """The prompts beside which newer words wait for a signature, by id."""
    query = (
        select(col(PromptVersion.prompt_id))
        .join(Prompt, col(Prompt.id) == col(PromptVersion.prompt_id))
        .where(
            col(PromptVersion.agency_id) == agency_id,
            col(PromptVersion.approved_at).is_(None),
            col(PromptVersion.number) > col(Prompt.version),
        )
    )
    return set(session.execute(query).scalars())


def prompt(session: Session, agency_id: str, prompt_id: str) -> Prompt | None:
    """One prompt of the agency, to look at."""
    query = select(Prompt).where(col(Prompt.agency_id) == agency_id, col(Prompt.id) == prompt_id)
    found: Prompt | None = session.execute(query).scalar_one_or_none()
    return found


def lock_prompt(session: Session, agency_id: str, prompt_id: str) -> Prompt | None:
    """One prompt as it stands now, held until the transaction ends: two who save it do so one after the other."""
    query = select(Prompt).where(col(Prompt.agency_id) == agency_id, col(Prompt.id) == prompt_id)
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found: Prompt | None = session.execute(locked).scalar_one_or_none()
    return found


def owner_of(session: Session, prompt_id: str) -> str | None:
    """The agency whose prompt has this id; None where none has it yet."""
    found: str | None = session.execute(select(col(Prompt.agency_id)).where(col(Prompt.id) == prompt_id)).scalar()
    return found


def forget(session: Session, row: PromptVersion) -> None:
    """Take away a version that was never in force."""
    session.delete(row)
    session.flush()
