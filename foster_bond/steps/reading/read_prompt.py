"""Store → prompt desk: one prompt with its versions, where it is used, and what the form of a change begins with."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from foster_bond import library
from foster_bond.errors import NotYours
from foster_bond.library import LANGUAGES, PROMPT_ROLES, REPLIES, TARGETS, TECHNIQUES
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.page_values.frame import Choice, FormState, When
from foster_bond.rules.page_values.prompt_desk import (
    Looks,
    PromptDeskPage,
    PromptEditor,
    Signed,
    Used,
    VersionShown,
)
from foster_bond.rules.prompt_facts import THERMOMETERS
from foster_bond.rules.prompt_form import as_typed
from foster_bond.rules.prompt_looks import looks
from foster_bond.rules.prompt_words import PromptWords, difference, from_record
from foster_bond.rules.spoken_time import spoken_day, when
from foster_bond.steps.prompt_desk import mark_of, waiting, words_of
from foster_bond.steps.reading._prompt_cards import YEAR, card_of
from foster_bond.store import agencies, prompt_facts, prompts, staff
from foster_bond.store import prompt_versions as versions
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompt_versions import PromptVersion
from foster_bond.store.prompts import Programme, Prompt, ScheduleState

NO_WORDS = PromptWords("support", 1, "self", "text", library.CARERS)


def read_prompt(store: Store, viewer: Viewer, prompt_id: str, now: datetime) -> PromptDeskPage:
    """One prompt of the viewer's agency. Raises: NotYours."""
    with store.read() as session:
        row = _row(session, viewer, prompt_id)
        agency = agencies.by_id(session, viewer.agency_id)
        names = {one.id: one.name for one in staff.of_agency(session, agency.id)}
        tell = _Tell(viewer, agency, names, now)
        draft = waiting(session, row)
        kept = versions.versions_of(session, agency.id, row.id)
        shown = tell.versions(row, kept)
        used = _used(session, agency.id, row.key)
        asked = prompt_facts.asked(session, agency.id, now - YEAR).get(row.key, 0)
        answered = prompt_facts.answered(session, agency.id, now - YEAR).get(row.key, 0)
        shipped = library.prompts().get(row.key)
        held = next((one for one in kept if one.number == row.version), None)
        return PromptDeskPage(
            card=card_of(row, viewer, agency, names, asked, answered, tuple(one.name for one in used), now),
            state=row.state,
            source=row.source,
            looks=_looks(agency, row.key, words_of(row, "" if held is None else from_record(held.words).reason)),
            mark=mark_of(row, draft),
            may_write=viewer.runs_schedules,
            signed=None if held is None or row.state == "draft" else tell.signed(held),
            waiting=None if draft is None else next(one for one in shown if one.number == draft.number),
            waiting_looks=None if draft is None else _looks(agency, row.key, from_record(draft.words)),
            versions=shown,
            used=used,
            flow="" if shipped is None else shipped.flow or "",
            pair="" if shipped is None else shipped.pair or "",
            thermometer=row.key in THERMOMETERS,
            fixed=row.key in library.system_texts(),
            written=prompt_facts.written(session, agency.id, row.key),
            retired=None if row.retired_at is None else tell.when(row.retired_at),
            retired_by=names.get(row.retired_by or "", ""),
            today=local_day(now, agency.zone).isoformat(),
        )


def read_prompt_editor(
    store: Store, viewer: Viewer, prompt_id: str | None, *, new_id: str = "", typed: Mapping[str, str] | None = None
) -> PromptEditor:
    """The form of a prompt: as it stands or waits, or as it is `typed`. Raises: NotYours."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        row = None if prompt_id is None else _row(session, viewer, prompt_id)
        draft = None if row is None else waiting(session, row)
        words = NO_WORDS if row is None else _stands(session, row, draft)
    fields = dict(as_typed(words) if typed is None else typed)
    key = "" if row is None else row.key
    texts = {language: fields.get(f"text_{language}", "") for language in LANGUAGES}
    return PromptEditor(
        prompt_id="" if row is None else row.id,
        key=key,
        mark=new_id if row is None else mark_of(row, draft),
        next_version=1 if row is None else draft.number if draft is not None else row.version + 1,
        looks=_looks(agency, key, replace(words, texts=texts, reason=fields.get("reason", "").strip())),
        techniques=TECHNIQUES,
        targets=TARGETS,
        replies=REPLIES,
        roles=PROMPT_ROLES,
        languages=LANGUAGES,
        in_force=row is not None and row.state == "approved",
        form=FormState(values=fields),
    )


def _row(session: Session, viewer: Viewer, prompt_id: str) -> Prompt:
    found = versions.prompt(session, viewer.agency_id, prompt_id)
    if found is None:
        raise NotYours("prompt")
    return found


def _stands(session: Session, row: Prompt, draft: PromptVersion | None) -> PromptWords:
    held = draft or versions.version(session, row.agency_id, row.id, row.version)
    return words_of(row) if held is None else from_record(held.words)


def _looks(agency: Agency, key: str, words: PromptWords) -> Looks:
    currency = "£" if agency.country == "GB" else "$"
    return looks(
        key, words.texts, price=agency.segment_price, currency=currency, sender=agency.text_name, reason=words.reason
    )


def _used(session: Session, agency_id: str, key: str) -> tuple[Used, ...]:
    """Every programme of the agency that names the prompt, those that ask it first."""
    found = []
    schedules = prompts.schedules_of(session, agency_id)
    for programme in sorted(prompts.programmes_of(session, agency_id).values(), key=lambda one: one.name):
        instead = any(slot.get("if_held") == key for slot in programme.slots)
        if key not in programme.prompt_keys and not instead:
            continue
        asking = [one for one in schedules if one.programme_id == programme.id and one.state != ScheduleState.ENDED]
        if _is_single(programme) and not asking:
            continue
        found.append(
            Used(
                programme_id="" if _is_single(programme) else programme.id,
                name=programme.name,
                instead=key not in programme.prompt_keys,
                alone=set(programme.prompt_keys) == {key},
                schedules=tuple(Choice(one.id, one.name) for one in asking),
            )
        )
    return tuple(sorted(found, key=lambda one: one.instead))


def _is_single(programme: Programme) -> bool:
    """Made for a schedule that asks one question again and again; it has no page of its own."""
    return "only" in programme.facts


class _Tell:
    """Says versions and moments to this viewer."""

    def __init__(self, viewer: Viewer, agency: Agency, names: Mapping[str, str], now: datetime) -> None:
        self._viewer, self._agency, self._names, self._now = viewer, agency, names, now

    def when(self, at: datetime) -> When:
        return when(at, self._agency.zone, language=self._viewer.language, place=False, now=self._now)

    def signed(self, one: PromptVersion) -> Signed | None:
        if one.signed_name is None or one.signed_on is None:
            return None
        return Signed(
            name=one.signed_name,
            credential=one.signed_as or "",
            on=spoken_day(one.signed_on, language=self._viewer.language, year=True),
            written_by=self._names.get(one.approved_by or "", ""),
            written=None if one.approved_at is None else self.when(one.approved_at),
        )

    def versions(self, row: Prompt, kept: list[PromptVersion]) -> tuple[VersionShown, ...]:
        """The newest first, each beside what it changed in the one before."""
        found = []
        for index, one in enumerate(kept):
            before = kept[index + 1] if index + 1 < len(kept) else None
            state = "waits" if one.approved_at is None else "holds" if one.number == row.version else "held"
            found.append(
                VersionShown(
                    number=one.number, state=state, made=self.when(one.changed_at or one.made_at),
                    by=self._names.get(one.made_by or "", ""), signed=self.signed(one),
                    reason=from_record(one.words).reason,
                    changes=() if before is None else _changes(from_record(before.words), from_record(one.words)),
                    altered=() if before is None else _altered(from_record(before.words), from_record(one.words)),
                )
            )  # fmt: skip
        return tuple(found)


def _changes(before: PromptWords, after: PromptWords) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """What differs in the texts, by language."""
    return tuple(
        (language, difference(before.texts.get(language, ""), after.texts.get(language, "")))
        for language in LANGUAGES
        if before.texts.get(language, "") != after.texts.get(language, "")
    )


def _altered(before: PromptWords, after: PromptWords) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """What differs beside the texts: which, what it was, what it is."""
    pairs = (
        ("technique", (before.technique,), (after.technique,)),
        ("target", (before.target,), (after.target,)),
        ("reply", (before.reply,), (after.reply,)),
        ("roles", before.roles, after.roles),
    )
    return tuple((name, old, new) for name, old, new in pairs if old != new)
