"""A pack file → prompts, programmes and schedules that take force at once, or wait for review as drafts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from foster_bond.errors import InvalidInput, NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.pack import Pack, PackProgramme, PackPrompt, PackSchedule, read_pack
from foster_bond.rules.prompt_words import PromptWords
from foster_bond.rules.schedule_record import to_record
from foster_bond.steps.enrolling import count_all_otherwise, enrol_everybody
from foster_bond.steps.keeping._undoing import Undo
from foster_bond.steps.prompt_desk import columns_said, lay_beside, take_force, waiting
from foster_bond.steps.prompt_desk import words_of as words_of_prompt
from foster_bond.steps.versions import changed_columns, columns_of, keep, take_over
from foster_bond.store import agencies, audit, prompt_versions, prompts
from foster_bond.store.agencies import Agency
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.prompts import Programme, Prompt, PromptState, Schedule, ScheduleState
from foster_bond.store.session import Session


@dataclass(slots=True)
class Loaded:
    """What the pack did, or with a dry run would do: ids that are new, changed or back in force, and what to know."""

    prompts_new: list[str] = field(default_factory=list)
    prompts_changed: list[str] = field(default_factory=list)
    programmes_new: list[str] = field(default_factory=list)
    programmes_changed: list[str] = field(default_factory=list)
    schedules_new: list[str] = field(default_factory=list)
    schedules_changed: list[str] = field(default_factory=list)
    enrolled: int = 0
    draft: bool = False
    notes: list[str] = field(default_factory=list)


def load_pack(
    store: Store, *, viewer: Viewer, toml_text: str, now: datetime, draft: bool = False, dry_run: bool = False
) -> Loaded:
    """All of a pack, or nothing. The same ids again update; a version counts up only where something has changed.

    Raises: InvalidInput with every problem of the pack, NotAllowed.
    """
    if not viewer.runs_schedules:
        raise NotAllowed("Only a programme lead or an admin loads a pack.")
    done = Loaded(draft=draft)
    with Undo.of(dry_run), store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        loading = _Loading(session, agency, viewer, now, done)
        loading.take(loading.read(toml_text))
        audit.write(session, agency.id, "pack_loaded", now, staff_id=viewer.by, detail=_counts(done))
        if dry_run:
            raise Undo
    return done


def _counts(done: Loaded) -> str:
    changed = len(done.prompts_new) + len(done.prompts_changed)
    schedules = len(done.schedules_new) + len(done.schedules_changed)
    force = "as drafts" if done.draft else "in force"
    return f"{changed} prompts and {schedules} schedules new or changed, {force}; {done.enrolled} enrolled"


class _Loading:
    """One pack on its way into one agency."""

    def __init__(self, session: Session, agency: Agency, viewer: Viewer, now: datetime, done: Loaded) -> None:
        self._session, self._agency, self._viewer, self._now, self._done = session, agency, viewer, now, done
        self._prompts = prompts.prompts_of(session, agency.id)
        self._programmes = prompts.programmes_of(session, agency.id)
        self._schedules = {row.key: row for row in prompts.schedules_of(session, agency.id)}
        self._today = local_day(now, agency.zone)

    def read(self, toml_text: str) -> Pack:
        """The pack, which may build on what the agency has."""
        pack = read_pack(
            toml_text,
            today=self._today,
            known_prompts=frozenset(self._prompts),
            known_programmes=frozenset(self._programmes),
        )
        self._done.notes += pack.notes
        return pack

    def take(self, pack: Pack) -> None:
        """Write it, in the order in which the parts name each other."""
        for prompt in pack.prompts:
            self._prompt(prompt)
        for programme in pack.programmes:
            self._programme(programme)
        self._session.flush()
        for schedule in pack.schedules:
            self._schedule(schedule)
        self._go_on(pack)

    def _go_on(self, pack: Pack) -> None:
        """Who had come to the end of a programme that has grown takes part again."""
        grown = {self._programmes[key].id for key in self._done.programmes_changed}
        settled = {schedule.id for schedule in pack.schedules} & {
            *self._done.schedules_new,
            *self._done.schedules_changed,
        }
        for row in self._schedules.values():
            if row.programme_id in grown and row.state == ScheduleState.ACTIVE and row.key not in settled:
                self._done.enrolled += enrol_everybody(self._session, self._agency, row, self._now, replan=True)

    def _prompt(self, given: PackPrompt) -> None:
        words = PromptWords(given.technique, given.level, given.target, given.reply, given.roles, given.texts)
        row = self._prompts.get(given.id)
        if row is None:
            row = Prompt(
                id=new_id(), agency_id=self._agency.id, key=given.id, source="pack", state=PromptState.DRAFT,
                **columns_said(words),
            )  # fmt: skip
            self._session.add(row)
            self._prompts[given.id] = row
            self._done.prompts_new.append(given.id)
        elif columns_said(words) != columns_said(words_of_prompt(row)):
            self._change(row, words)
        if not self._done.draft and row.state != PromptState.APPROVED:
            self._approve(row)

    def _change(self, row: Prompt, words: PromptWords) -> None:
        """Put the new words in force, or let them wait beside what families get now."""
        before = waiting(self._session, row)
        stood = None if before is None else dict(before.words)
        draft = lay_beside(self._session, row, words, self._now, self._viewer.by)
        if self._done.draft and stood == draft.words:
            return  # the same words wait already
        self._done.prompts_changed.append(row.key)
        if not self._done.draft:
            take_force(self._session, row, draft, self._now, self._viewer.by)
            self._note_approval(row)
        elif row.state == PromptState.APPROVED:
            said = f"its new words wait for a signature; until then families get version {row.version}"
            self._done.notes.append(f'prompts "{row.key}": {said}.')

    def _approve(self, row: Prompt) -> None:
        if row.key not in (*self._done.prompts_new, *self._done.prompts_changed):
            self._done.prompts_changed.append(row.key)
        row.state, row.approved_by, row.approved_at = PromptState.APPROVED, self._viewer.by, self._now
        row.retired_at = row.retired_by = None
        kept = prompt_versions.version(self._session, self._agency.id, row.id, row.version)
        if kept is not None:
            kept.approved_at, kept.approved_by = self._now, self._viewer.by
        self._note_approval(row)

    def _note_approval(self, row: Prompt) -> None:
        audit.write(
            self._session, self._agency.id, "prompt_approved", self._now, staff_id=self._viewer.by,
            subject=("prompt", row.id), detail=f"{row.key} version {row.version}",
        )  # fmt: skip

    def _programme(self, given: PackProgramme) -> None:
        words: dict[str, Any] = {"name": given.name, "kind": given.kind, "prompt_keys": list(given.prompts)}
        row = self._programmes.get(given.id)
        facts = {"repeats": True} if given.repeats else {}
        if row is None:
            row = Programme(id=new_id(), agency_id=self._agency.id, key=given.id, slots=[], facts=facts, **words)
            self._session.add(row)
            self._programmes[given.id] = row
            self._done.programmes_new.append(given.id)
            return
        changed = {name: value for name, value in words.items() if getattr(row, name) != value}
        if changed or bool(row.facts.get("repeats")) != given.repeats:
            self._refuse_draft_in_use(row)
            if changed.keys() != {"name"}:
                row.slots, row.facts = [], facts  # the shipped table describes an order that is no longer this one
            _take_over(row, changed | {"name": given.name})
            self._done.programmes_changed.append(given.id)

    def _refuse_draft_in_use(self, row: Programme) -> None:
        users = [one for one in self._schedules.values() if one.programme_id == row.id]
        if self._done.draft and any(one.state == ScheduleState.ACTIVE for one in users):
            raise InvalidInput(f'programmes "{row.key}": families get it now, so a draft of it needs an id of its own.')

    def _schedule(self, given: PackSchedule) -> None:
        row = self._schedules.get(given.id)
        columns = columns_of(given, self._programmes[given.programme], self._today if row is None else row.starts)
        if row is None:
            row = Schedule(
                id=new_id(), agency_id=self._agency.id, key=given.id, seed=new_id(), created_at=self._now,
                state=ScheduleState.DRAFT, **columns,
            )  # fmt: skip
            prompts.add_all(self._session, [row])
            keep(self._session, row, given.programme, self._now, self._viewer.by)
            self._done.schedules_new.append(given.id)
            self._put_in_force(row, columns)
            return
        changed = changed_columns(row, columns)
        if self._done.draft and row.state in (ScheduleState.ACTIVE, ScheduleState.PAUSED):
            self._wait(row, given, changed)
            return
        counted_before = row.anchor
        take_over(self._session, row, changed, self._now, self._viewer.by)
        count_all_otherwise(self._session, row, counted_before, self._now)
        self._put_in_force(row, changed)

    def _wait(self, row: Schedule, given: PackSchedule, changed: dict[str, Any]) -> None:
        """Families get this schedule now, and go on to: what the pack says waits beside it for a person."""
        if changed:
            row.draft = {"words": to_record(given), "by": self._viewer.by, "at": self._now.isoformat()}
            self._done.schedules_changed.append(row.key)

    def _put_in_force(self, row: Schedule, changed: dict[str, Any]) -> None:
        """Put a schedule in force, or leave it among the drafts; then who is for it takes part."""
        state = ScheduleState.ACTIVE if not self._done.draft else ScheduleState.DRAFT if changed else row.state
        if (changed or row.state != state) and row.key not in self._done.schedules_new:
            self._done.schedules_changed.append(row.key)
        if row.state != state:
            audit.write(
                self._session, self._agency.id, f"schedule_{state}", self._now, staff_id=self._viewer.by,
                subject=("schedule", row.id), detail=f"{row.key} version {row.version}",
            )  # fmt: skip
        back = row.state in (ScheduleState.PAUSED, ScheduleState.ENDED)
        row.state = state
        if state == ScheduleState.ACTIVE:
            row.draft = None
            self._done.enrolled += enrol_everybody(
                self._session, self._agency, row, self._now, replan=back or bool(changed.keys() - {"name"}),
                restart="programme_id" in changed,
            )  # fmt: skip


def _take_over(row: Programme, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += bool(changed)
