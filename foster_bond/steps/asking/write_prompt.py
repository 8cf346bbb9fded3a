"""A person's words → a prompt's next version, which waits to be signed by a clinician; retired, brought back."""

import re
from collections.abc import Mapping
from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.prompt_form import read_prompt_form, read_signature
from foster_bond.rules.prompt_words import PromptWords, findings, from_record, to_record
from foster_bond.steps.asking._desk_door import may_write
from foster_bond.steps.prompt_desk import keep, lay_beside, mark_of, take_force, waiting
from foster_bond.store import agencies, audit, prompts
from foster_bond.store import prompt_versions as versions
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompt_versions import PromptVersion
from foster_bond.store.prompts import Prompt, PromptState

OWN = "own"  # begins the key of a prompt written here, so that no pack and no later library takes it for theirs
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


class StalePrompt(Conflict):
    """Somebody else has changed the prompt since it was looked at; nothing was saved and nothing typed is lost."""


def write_prompt(
    store: Store, *, viewer: Viewer, prompt_id: str | None, typed: Mapping[str, str], seen: str, now: datetime
) -> str:
    """Keep these words as what waits: the prompt's id. What families get goes on unchanged.

    `seen`: the mark of the prompt that was being changed; for a new one the id it is to have, so that the same form
    sent twice makes one prompt. Raises: OffFields, StalePrompt, NotAllowed, NotYours, Conflict where it is retired.
    """
    may_write(viewer)
    with store.write() as session:
        agencies.lock(session, viewer.agency_id)
        row = _made_before(session, viewer, seen) if prompt_id is None else row_of(session, viewer, prompt_id)
        if row is None:
            return _make(session, viewer, read_prompt_form(typed), seen, now)
        draft = waiting(session, row)
        stands = from_record((draft or keep(session, row, now, viewer.by)).words)
        words = read_prompt_form(typed, stands)
        if words == stands:
            return row.id
        if prompt_id is None:
            raise Conflict("This form was used before, with other words. Open the prompt that it made, and edit it.")
        _must_be_unchanged(row, draft, seen)
        if row.state == PromptState.RETIRED.value:
            raise Conflict("This prompt is retired; bring it back first.")
        draft = lay_beside(session, row, words, now, viewer.by)
        _note(session, viewer, row, "prompt_written", now, f"version {draft.number}")
        return row.id


def sign_prompt(
    store: Store, *, viewer: Viewer, prompt_id: str, typed: Mapping[str, str], seen: str, now: datetime
) -> None:
    """Write a clinician's signature down, and with it let the waiting words take force.

    Where nothing waits it is the version in force that is signed. The same form sent twice signs once.
    Raises: OffFields, StalePrompt, NotAllowed, NotYours, Conflict where something is open in the words.
    """
    may_write(viewer)
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        row = row_of(session, viewer, prompt_id)
        signature = read_signature(typed, local_day(now, agency.zone))
        draft = waiting(session, row)
        one = keep(session, row, now, viewer.by) if draft is None else draft
        if draft is None and (one.signed_name, one.signed_on) == (signature.name, signature.on):
            return
        _must_be_unchanged(row, draft, seen)
        if row.state == PromptState.RETIRED.value:
            raise Conflict("This prompt is retired; bring it back first.")
        why_open(row.key, from_record(one.words))
        one.signed_name, one.signed_as, one.signed_on = signature.name, signature.credential, signature.on
        if draft is not None or row.state == PromptState.DRAFT.value:
            take_force(session, row, one, now, viewer.by)
        signed = f"version {one.number}, signed by {signature.name} ({signature.credential}) on {signature.on}"
        _note(session, viewer, row, "prompt_approved", now, signed)


def retire_prompt(store: Store, *, viewer: Viewer, prompt_id: str, seen: str, now: datetime) -> None:
    """Ask it of nobody any more; what has been written already leaves as it is. Raises as `drop_words` does."""
    may_write(viewer)
    with store.write() as session:
        row = row_of(session, viewer, prompt_id)
        if row.state == PromptState.RETIRED.value:
            return
        _must_be_unchanged(row, waiting(session, row), seen)
        keep(session, row, now, viewer.by)
        row.state, row.retired_at, row.retired_by = PromptState.RETIRED.value, now, viewer.by
        _note(session, viewer, row, "prompt_retired", now, f"version {row.version}")


def bring_back(store: Store, *, viewer: Viewer, prompt_id: str, now: datetime) -> None:
    """Let a retired prompt be what it was: in use where its version was approved, else a draft."""
    may_write(viewer)
    with store.write() as session:
        row = row_of(session, viewer, prompt_id)
        if row.state != PromptState.RETIRED.value:
            return
        approved = keep(session, row, now, viewer.by).approved_at is not None
        row.state = PromptState.APPROVED.value if approved else PromptState.DRAFT.value
        row.retired_at = row.retired_by = None
        _note(session, viewer, row, "prompt_brought_back", now, f"version {row.version}")


def drop_words(store: Store, *, viewer: Viewer, prompt_id: str, seen: str, now: datetime) -> None:
    """Forget the words that wait beside an approved prompt. Raises: StalePrompt, NotAllowed, NotYours."""
    may_write(viewer)
    with store.write() as session:
        row = row_of(session, viewer, prompt_id)
        draft = waiting(session, row)
        if draft is None or draft.number == row.version:
            return
        _must_be_unchanged(row, draft, seen)
        _note(session, viewer, row, "prompt_words_dropped", now, f"version {draft.number}")
        versions.forget(session, draft)


def row_of(session: Session, viewer: Viewer, prompt_id: str) -> Prompt:
    """The prompt as it stands, held. Raises: NotYours."""
    row = versions.lock_prompt(session, viewer.agency_id, prompt_id)
    if row is None:
        raise NotYours("prompt")
    return row


def why_open(key: str, words: PromptWords) -> None:
    """Raises: Conflict where a lint speaks against the words and nobody has said why they stay."""
    if findings(key, words.texts) and not words.reason:
        raise Conflict("Something in the words stands open. Change it, or say why it stays; then it can be signed.")


def _must_be_unchanged(row: Prompt, draft: PromptVersion | None, seen: str) -> None:
    if mark_of(row, draft) != seen:
        raise StalePrompt(
            "Somebody else has changed this prompt meanwhile. Nothing is lost: what you filled in stands below; "
            "compare it with what holds now, and save again."
        )


def _made_before(session: Session, viewer: Viewer, prompt_id: str) -> Prompt | None:
    if not _ID.fullmatch(prompt_id):
        raise InvalidInput("This form is not one of ours; open a new one.")
    owner = versions.owner_of(session, prompt_id)
    if owner is None:
        return None
    return row_of(session, viewer, prompt_id)


def _make(session: Session, viewer: Viewer, words: PromptWords, prompt_id: str, now: datetime) -> str:
    taken = prompts.prompts_of(session, viewer.agency_id).keys()
    number = next(count for count in range(1, len(taken) + 2) if f"{OWN}-{count}" not in taken)
    record = to_record(words)
    reason = record.pop("reason")
    row = Prompt(
        id=prompt_id, agency_id=viewer.agency_id, key=f"{OWN}-{number}", state=PromptState.DRAFT, source="desk",
        **record,
    )  # fmt: skip
    prompts.add_all(session, [row])
    keep(session, row, now, viewer.by, reason)
    _note(session, viewer, row, "prompt_written", now, "version 1")
    return row.id


def new_form() -> str:
    """The id that a prompt of a new form will have."""
    return new_id()


def _note(session: Session, viewer: Viewer, row: Prompt, act: str, now: datetime, said: str) -> None:
    audit.write(
        session, viewer.agency_id, act, now, staff_id=viewer.by, subject=("prompt", row.id),
        detail=f"{row.key} {said}"[:300],
    )  # fmt: skip
