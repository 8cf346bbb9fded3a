"""Steps, shared floor: a prompt's words, from its row and back, with every version kept and newer words beside it.

What families get stands on the prompt's row. Words that nobody has approved stand beside it, in a version of their own,
until they take force; a prompt that was never approved carries them itself, and is asked of nobody.
"""

from datetime import datetime
from typing import Any

from foster_bond.rules.prompt_words import PromptWords, from_record, to_record
from foster_bond.store import prompt_versions as versions
from foster_bond.store.ids import new_id
from foster_bond.store.prompt_versions import PromptVersion
from foster_bond.store.prompts import Prompt, PromptState
from foster_bond.store.session import Session

COLUMNS = ("technique", "level", "target", "reply", "roles", "texts")


def words_of(row: Prompt, reason: str = "") -> PromptWords:
    """What the prompt says now."""
    return from_record({name: getattr(row, name) for name in COLUMNS} | {"reason": reason})


def columns_said(words: PromptWords) -> dict[str, Any]:
    """The row's columns for these words."""
    return {name: value for name, value in to_record(words).items() if name in COLUMNS}


def keep(session: Session, row: Prompt, now: datetime, by: str | None, reason: str = "") -> PromptVersion:
    """The version that the prompt is at, written down where it was not yet."""
    known = versions.version(session, row.agency_id, row.id, row.version)
    if known is not None:
        return known
    drafted = row.state == PromptState.DRAFT.value
    kept = PromptVersion(
        id=new_id(), agency_id=row.agency_id, prompt_id=row.id, number=row.version,
        words=to_record(words_of(row, reason)), made_at=row.approved_at or now, made_by=by if drafted else None,
        approved_at=None if drafted else row.approved_at or now, approved_by=None if drafted else row.approved_by,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def waiting(session: Session, row: Prompt) -> PromptVersion | None:
    """The words that wait for a signature: beside the prompt, or its own where it was never approved."""
    beside = versions.version(session, row.agency_id, row.id, row.version + 1)
    if beside is not None:
        return beside if beside.approved_at is None else None
    return versions.version(session, row.agency_id, row.id, row.version) if row.state == PromptState.DRAFT else None


def mark_of(row: Prompt, draft: PromptVersion | None) -> str:
    """What changes whenever anybody changes the prompt: a form that was filled in before it is told."""
    waits = "" if draft is None else f"{draft.number}.{(draft.changed_at or draft.made_at).isoformat()}"
    return f"{row.version}.{row.state}.{waits}"


def lay_beside(session: Session, row: Prompt, words: PromptWords, now: datetime, by: str | None) -> PromptVersion:
    """Let these words wait. A draft takes them over; an approved prompt gets its next version, and goes on as it is."""
    keep(session, row, now, by)
    draft = waiting(session, row)
    if draft is None:
        draft = PromptVersion(
            id=new_id(), agency_id=row.agency_id, prompt_id=row.id, number=row.version + 1, words=to_record(words),
            made_at=now, made_by=by,
        )  # fmt: skip
        session.add(draft)
    elif draft.words != to_record(words):
        draft.words, draft.changed_at, draft.made_by = to_record(words), now, by
    if row.state == PromptState.DRAFT.value:
        _say(row, words)
    session.flush()
    return draft


def take_force(session: Session, row: Prompt, draft: PromptVersion, now: datetime, by: str | None) -> None:
    """From now on the prompt says what waited. What has been written to the outbox before stays as it is."""
    keep(session, row, now, by)
    _say(row, from_record(draft.words))
    row.version, row.state = draft.number, PromptState.APPROVED.value
    row.approved_at = draft.approved_at = now
    row.approved_by = draft.approved_by = by
    row.retired_at = row.retired_by = None
    session.flush()


def _say(row: Prompt, words: PromptWords) -> None:
    for name, value in columns_said(words).items():
        setattr(row, name, value)
