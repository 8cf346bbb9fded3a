"""Store: words that somebody of staff has begun and not sent, sealed under the family's key: one of a kind a person."""

from datetime import datetime

from sqlalchemy import Index, delete, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.inserting import insert_new
from foster_bond.store.sealing import Place, Vault

KINDS = ("note", "reply")


class Draft(Owned, table=True):
    """What one person has begun to write about one family."""

    __tablename__ = "drafts"
    __table_args__ = own_key(
        link("staff_id", "staff"),
        link("family_id", "families"),
        one_of("kind", KINDS),
        Index("uq_drafts_once", "agency_id", "family_id", "staff_id", "kind", unique=True),
        Index("ix_drafts_saved", "saved_at"),
    )
    staff_id: str = Field(max_length=36)
    family_id: str = Field(max_length=36)
    kind: str = Field(max_length=10)
    words: bytes
    to_member: str | None = Field(default=None, max_length=36)  # of a reply: to whom
    about: str | None = Field(default=None, max_length=36)  # of a reply: the moment that it answers
    saved_at: Instant


def of_person(session: Session, agency_id: str, staff_id: str, family_id: str) -> dict[str, Draft]:
    """What this person has begun about this family, by its kind."""
    query = select(Draft).where(
        col(Draft.agency_id) == agency_id, col(Draft.family_id) == family_id, col(Draft.staff_id) == staff_id
    )
    return {row.kind: row for row in session.execute(query).scalars()}


def keep(
    session: Session, vault: Vault, *, agency_id: str, staff_id: str, family_id: str, kind: str, words: str,
    at: datetime, to_member: str | None = None, about: str | None = None,
) -> None:  # fmt: skip
    """The last thing that was typed, in place of what was kept before."""
    row = of_person(session, agency_id, staff_id, family_id).get(kind)
    draft_id = new_id() if row is None else row.id
    sealed = vault.seal(session, words, Place("drafts", "words", draft_id), agency_id=agency_id, family_id=family_id)
    if row is not None:
        row.words, row.to_member, row.about, row.saved_at = sealed, to_member, about, at
        return
    new = {
        "id": draft_id, "agency_id": agency_id, "staff_id": staff_id, "family_id": family_id, "kind": kind,
        "words": sealed, "to_member": to_member, "about": about, "saved_at": at,
    }  # fmt: skip
    insert_new(session, Draft, [new], ["agency_id", "family_id", "staff_id", "kind"])


def forget(session: Session, agency_id: str, staff_id: str, family_id: str, kind: str) -> None:
    """It was sent, or emptied."""
    session.execute(
        delete(Draft).where(
            col(Draft.agency_id) == agency_id, col(Draft.family_id) == family_id, col(Draft.staff_id) == staff_id,
            col(Draft.kind) == kind,
        )
    )  # fmt: skip


def forget_old(session: Session, before: datetime) -> None:
    """What nobody has touched since then."""
    session.execute(delete(Draft).where(col(Draft.saved_at) < before))


def words_of(session: Session, vault: Vault, draft: Draft) -> str:
    return vault.open(session, draft.words, Place("drafts", "words", draft.id))
