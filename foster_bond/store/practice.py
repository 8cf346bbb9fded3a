"""Store: what named workers decided about the ladder: relationship prompts on or off, another prompt next. All kept."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import JSON, Column, Index, exists, func, or_, select, update
from sqlalchemy import text as sql
from sqlmodel import Field, Session, col

from foster_bond.store.alerts import OPEN_STATES, Alert
from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Member
from foster_bond.store.ids import new_id
from foster_bond.store.sealing import Place, Vault

STANDS = "ended_at IS NULL"


class RelationshipSwitch(Owned, table=True):
    """Relationship prompts were switched on or off for a family. Append-only: the newest row is how it stands."""

    __tablename__ = "relationship_switches"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("by", "staff"),
        Index("ix_relationship_switches_family", "agency_id", "family_id", "at"),
    )
    family_id: str = Field(max_length=36)
    is_on: bool
    reason: bytes | None = None  # sealed; there is one wherever it was switched on
    by: str = Field(max_length=36)
    at: Instant


class PromptOverride(Owned, table=True):
    """A worker's own choice for one person's next prompt. It ends used, taken back, or fallen to what came after."""

    __tablename__ = "prompt_overrides"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        link("set_by", "staff"),
        link("taken_back_by", "staff"),
        link("occurrence_id", "occurrences"),
        Index(
            "uq_prompt_overrides_standing", "agency_id", "member_id", unique=True, sqlite_where=sql(STANDS),
            postgresql_where=sql(STANDS),
        ),
        Index("ix_prompt_overrides_family", "agency_id", "family_id", "set_at"),
    )  # fmt: skip
    family_id: str = Field(max_length=36)
    member_id: str = Field(max_length=36)
    prompt_key: str = Field(max_length=40)
    level: int
    instead_of: str | None = Field(default=None, max_length=40)  # what the rules would have asked, as it looked then
    instead_level: int | None = None
    # What of the ladder's rules it goes past, as they stood when it was chosen: rule, prompt, level, why.
    passes: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reason: bytes | None = None  # sealed; there is one wherever it is a step up
    set_by: str = Field(max_length=36)
    set_at: Instant
    ended_at: Instant | None = None
    taken_back_by: str | None = Field(default=None, max_length=36)
    occurrence_id: str | None = Field(default=None, max_length=36)  # the slot that it was used for


class Standing(NamedTuple):
    """An override that stands, as choosing a prompt needs it. `alarmed`: an urgent alert came after it was set."""

    id: str
    member_id: str
    prompt_key: str
    passes: list[dict[str, object]]
    set_at: datetime
    alarmed: bool


def switch(
    session: Session, vault: Vault, *, agency_id: str, family_id: str, is_on: bool, reason: str, by: str, at: datetime
) -> None:
    """Write the switch down and let everybody of the family stand so."""
    row = RelationshipSwitch(id=new_id(), agency_id=agency_id, family_id=family_id, is_on=is_on, by=by, at=at)
    row.reason = _sealed(session, vault, row, "relationship_switches", reason)
    session.add(row)
    session.execute(
        update(Member).where(col(Member.agency_id) == agency_id, col(Member.family_id) == family_id).values(l5_on=is_on)
    )
    session.flush()


def switches_of(session: Session, agency_id: str, family_id: str) -> list[RelationshipSwitch]:
    """Every switch of a family, the newest first."""
    query = select(RelationshipSwitch).where(
        col(RelationshipSwitch.agency_id) == agency_id, col(RelationshipSwitch.family_id) == family_id
    )
    newest = query.order_by(col(RelationshipSwitch.at).desc(), col(RelationshipSwitch.id).desc())
    return list(session.execute(newest).scalars())


def is_on(session: Session, agency_id: str, family_id: str) -> bool:
    """Whether relationship prompts are switched on for a family."""
    return any(row.is_on for row in switches_of(session, agency_id, family_id)[:1])


def override(session: Session, vault: Vault, row: PromptOverride, reason: str) -> None:
    """Keep a worker's choice, its reason sealed under the family's key."""
    row.reason = _sealed(session, vault, row, "prompt_overrides", reason)
    session.add(row)
    session.flush()


def reason_of(session: Session, vault: Vault, row: RelationshipSwitch | PromptOverride) -> str:
    """Why the worker did it, in their words; empty where none was asked for or the family's key is gone."""
    table = "prompt_overrides" if isinstance(row, PromptOverride) else "relationship_switches"
    return vault.open_note(session, row.reason, Place(table, "reason", row.id))


def _sealed(
    session: Session, vault: Vault, row: RelationshipSwitch | PromptOverride, table: str, reason: str
) -> bytes | None:
    if not reason:
        return None
    place = Place(table, "reason", row.id)
    return vault.seal(session, reason, place, agency_id=row.agency_id, family_id=row.family_id)


def standing(session: Session, agency_id: str, member_ids: Collection[str]) -> dict[str, Standing]:
    """The overrides that stand for these people, by member."""
    alarmed = exists().where(
        col(Alert.agency_id) == agency_id,
        col(Alert.family_id) == col(PromptOverride.family_id),
        col(Alert.priority) == "now",
        col(Alert.raised_at) >= col(PromptOverride.set_at),
    )
    query = select(
        col(PromptOverride.id), col(PromptOverride.member_id), col(PromptOverride.prompt_key),
        col(PromptOverride.passes), col(PromptOverride.set_at), alarmed,
    ).where(
        col(PromptOverride.agency_id) == agency_id,
        col(PromptOverride.member_id).in_(member_ids),
        col(PromptOverride.ended_at).is_(None),
    )  # fmt: skip
    return {row[1]: Standing._make(row) for row in session.execute(query)}


def end(session: Session, agency_id: str, override_id: str, at: datetime, *, occurrence_id: str | None = None) -> None:
    """An override is over: used for this slot, or fallen to what came after it."""
    session.execute(
        update(PromptOverride)
        .where(
            col(PromptOverride.agency_id) == agency_id,
            col(PromptOverride.id) == override_id,
            col(PromptOverride.ended_at).is_(None),
        )
        .values(ended_at=at, occurrence_id=occurrence_id)
    )


def take_back(session: Session, agency_id: str, override_id: str, by: str, at: datetime) -> bool:
    """True where it stood until now; False where it had been used or taken back already."""
    done = session.execute(
        update(PromptOverride)
        .where(
            col(PromptOverride.agency_id) == agency_id,
            col(PromptOverride.id) == override_id,
            col(PromptOverride.ended_at).is_(None),
        )
        .values(ended_at=at, taken_back_by=by)
    )
    return bool(getattr(done, "rowcount", 0))


def overrides_of(session: Session, agency_id: str, family_id: str, limit: int = 20) -> Sequence[PromptOverride]:
    """What workers chose for the people of a family, the newest first."""
    query = select(PromptOverride).where(
        col(PromptOverride.agency_id) == agency_id, col(PromptOverride.family_id) == family_id
    )
    newest = query.order_by(col(PromptOverride.set_at).desc(), col(PromptOverride.id).desc())
    return list(session.execute(newest.limit(limit)).scalars())


def one_of_family(session: Session, agency_id: str, family_id: str, override_id: str) -> PromptOverride | None:
    """One override, where it is this family's."""
    query = select(PromptOverride).where(
        col(PromptOverride.agency_id) == agency_id,
        col(PromptOverride.family_id) == family_id,
        col(PromptOverride.id) == override_id,
    )
    return session.execute(query).scalar_one_or_none()


def began_on(session: Session, agency_id: str, member_id: str) -> date | None:
    """The day on which a member's first schedule began for them; None where there is none."""
    query = select(func.min(col(Enrolment.started_on))).where(
        col(Enrolment.agency_id) == agency_id, col(Enrolment.member_id) == member_id
    )
    return session.execute(query).scalar()


def alarmed(session: Session, agency_id: str, family_id: str, number: str) -> bool:
    """Whether an urgent alert of a family, or of a number of theirs, waits for a person."""
    query = select(col(Alert.id)).where(
        col(Alert.agency_id) == agency_id,
        or_(col(Alert.family_id) == family_id, col(Alert.from_bidx) == number),
        col(Alert.priority) == "now",
        col(Alert.state).in_(OPEN_STATES),
    )
    return session.execute(query.limit(1)).first() is not None
