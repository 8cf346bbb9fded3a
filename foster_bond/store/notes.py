"""Store: what staff write down about a family for the record, sealed under the family's key."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, select
from sqlmodel import Field, Session, col

from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.inserting import insert_new
from foster_bond.store.sealing import Place, Vault


class Note(Owned, table=True):
    """One note. It is never changed: a correction is a further note."""

    __tablename__ = "notes"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("author_id", "staff"),
        UniqueConstraint("agency_id", "once_key"),
        Index("ix_notes_family", "agency_id", "family_id", "at"),
    )
    family_id: str = Field(max_length=36)
    author_id: str = Field(max_length=36)
    words: bytes
    at: Instant
    once_key: str = Field(max_length=80)  # the form's own key: pressed twice, written once


def write(
    session: Session, vault: Vault, *, agency_id: str, family_id: str, author_id: str, words: str, once_key: str,
    at: datetime,
) -> bool:  # fmt: skip
    """True where the note is new; the same form sent twice makes one note."""
    note_id = new_id()
    sealed = vault.seal(session, words, Place("notes", "words", note_id), agency_id=agency_id, family_id=family_id)
    row = {
        "id": note_id, "agency_id": agency_id, "family_id": family_id, "author_id": author_id, "words": sealed,
        "at": at, "once_key": once_key,
    }  # fmt: skip
    return insert_new(session, Note, [row], ["agency_id", "once_key"]) == 1


def by_ids(session: Session, agency_id: str, note_ids: Sequence[str]) -> dict[str, Note]:
    """These notes, by id, for a caller that has been let through to them already."""
    query = select(Note).where(col(Note.agency_id) == agency_id, col(Note.id).in_(note_ids))
    return {note.id: note for note in session.execute(query).scalars()}


def words_of(session: Session, vault: Vault, note: Note) -> str:
    return vault.open(session, note.words, Place("notes", "words", note.id))
