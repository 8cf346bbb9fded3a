"""What the asking steps share: which prompt a slot gets, by an ordered programme or by the ladder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from foster_bond.library import CARERS
from foster_bond.library.flows import begun_by
from foster_bond.rules.flow_offer import may_begin_at
from foster_bond.rules.ladder import (
    PAUSE_DAYS,
    SILENCE_TASK,
    SILENT,
    SILENT_BEFORE_PAUSE,
    Blocked,
    LadderPast,
    LadderState,
    why_not_in_order,
)
from foster_bond.rules.ladder_gates import open_rung
from foster_bond.rules.ladder_state import HELD, LEVEL_NAMES, PromptFacts, from_json, silence_since_pause
from foster_bond.rules.pairs import why_not_yet
from foster_bond.steps.rhythms import started
from foster_bond.store import asked, calendar_dates, practice, prompts
from foster_bond.store.asked import Unsent
from foster_bond.store.families import MemberRole
from foster_bond.store.number_facts import hours_of
from foster_bond.store.open_store import Session
from foster_bond.store.practice import Standing
from foster_bond.store.prompts import Programme, Prompt, PromptState
from foster_bond.store.slot_facts import SlotFacts, SlotsMember

FINISHED = "The programme has no further prompts."
IN_ORDER = "Next in its programme."
LADDER = "ladder"
RuleRow = dict[str, Any]  # one line of an occurrence's rules: which rule, about which prompt, why


@dataclass(frozen=True, slots=True)
class Choice:
    """The prompt of a slot, or why there is none.

    `position` is where an ordered programme goes on. `ended`: nothing is left of it. `waits`: there may yet be a prompt
    inside the slot's window. `pause_days` and `task` are what the ladder asks for beside it; `level` is the rung.
    `override_id`: a worker's own choice that it uses up, or that fell to what came after it.
    """

    prompt: PromptFacts | None
    text: str | None
    why: str
    rules: tuple[RuleRow, ...] = ()
    position: int | None = None
    ended: bool = False
    waits: bool = False
    pause_days: int | None = None
    task: str | None = None
    level: int | None = None
    override_id: str | None = None
    override_fell: bool = False


@dataclass(slots=True)
class Desk:
    """What choosing needs, read once per batch: prompts, programmes, and texts that were written and never left."""

    session: Session
    now: datetime
    unsent: Mapping[str, list[Unsent]] = field(default_factory=dict)  # by member
    overrides: dict[str, Standing] = field(default_factory=dict)  # by member, what a worker chose for their next prompt
    _prompts: dict[str, dict[str, Prompt]] = field(default_factory=dict)
    _visits: dict[str, list[date]] = field(default_factory=dict)  # by family
    _programmes: dict[str, Programme] = field(default_factory=dict)
    _pasts: dict[str, tuple[dict[str, Any], LadderPast]] = field(default_factory=dict)  # by member, as last read

    def read_unsent(self, agency_id: str, numbers: Iterable[str]) -> None:
        """Look up which of these numbers' prompts never left."""
        self._pasts.clear()
        self.unsent = {**self.unsent, **asked.never_left(self.session, agency_id, sorted(set(numbers)), self.now)}

    def read_overrides(self, agency_id: str, member_ids: Iterable[str]) -> None:
        """Look up what workers chose for these people."""
        self.overrides |= practice.standing(self.session, agency_id, sorted(set(member_ids)))

    def visits(self, slot: SlotFacts) -> list[date]:
        """Every visit on the calendar of the slot's family, past and to come."""
        if slot.family.id not in self._visits:
            self._visits[slot.family.id] = calendar_dates.visits(self.session, slot.agency.id, slot.family.id)
        return self._visits[slot.family.id]

    def prompts(self, agency_id: str) -> dict[str, Prompt]:
        """The agency's prompts by key."""
        if agency_id not in self._prompts:
            self._prompts[agency_id] = prompts.prompts_of(self.session, agency_id)
        return self._prompts[agency_id]

    def programme(self, programme_id: str) -> Programme:
        """One programme."""
        if programme_id not in self._programmes:
            self._programmes[programme_id] = prompts.programme(self.session, programme_id)
        return self._programmes[programme_id]

    def suppose(self, programme: Programme) -> None:
        """Take this for the programme of its id, whatever the store says."""
        self._programmes[programme.id] = programme

    def past(self, member: SlotsMember) -> LadderPast:
        """What the ladder remembers of a member, without prompts that were written and never left."""
        known = self._pasts.get(member.id)
        if known is None or known[0] is not member.past:
            known = self._pasts[member.id] = (member.past, self._without_unsent(member))
        return known[1]

    def _without_unsent(self, member: SlotsMember) -> LadderPast:
        past = from_json(member.past)
        gone = self.unsent.get(member.id, [])
        if not gone:
            return past
        kept = tuple(one for one in past.recent if not any(_is(one.prompt.id, one.sent_at, unsent) for unsent in gone))
        return replace(past, recent=kept)

    def state(self, slot: SlotFacts) -> LadderState:
        """The member as the ladder sees them. The open alert is the gate's: it holds a slot rather than skips one."""
        return LadderState(
            enrolled_on=started(slot.enrolment, slot.zone),
            zone=slot.zone,
            past=self.past(slot.member),
            minor=slot.member.role == MemberRole.TEEN.value,
            l5_on=slot.member.l5_on,
            blackouts=slot.calendar.stretches(slot.zone, slot.occurrence.due_at),
            asked_about_visits=slot.member.id in slot.calendar.asked_about_visits,
        )


def _is(prompt_key: str, sent_at: datetime, unsent: Unsent) -> bool:
    return prompt_key == unsent.prompt_key and unsent.due_at <= sent_at <= unsent.not_after


def facts_of_prompt(prompt: Prompt) -> PromptFacts:
    """The prompt as the ladder's rules see it."""
    return PromptFacts(prompt.key, prompt.level, prompt.target, prompt.technique, prompt.reply)


def why_unfit(key: str, prompt: Prompt | None, member: SlotsMember) -> RuleRow | None:
    """Why a prompt may not go to this member at all: nobody approved it, or it is for others."""
    if prompt is None or prompt.state != PromptState.APPROVED.value:
        return {"rule": "approval", "prompt": key, "why": f"{key} is not approved."}
    if member.role not in prompt.roles:
        return {"rule": "for", "prompt": key, "why": f"{key} is not written for this member's role."}
    return None


def no_text(key: str) -> RuleRow:
    """A prompt without words in the member's language: held, never sent in another one."""
    return {"rule": "language", "prompt": key, "why": f"{key} has no text in this member's language yet."}


def held_back(blocked: Blocked) -> RuleRow:
    """One prompt that a numbered rule of the programme held back."""
    return {"rule": blocked.rule, "prompt": blocked.prompt_id, "level": blocked.level, "why": blocked.why}


def next_in_order(desk: Desk, slot: SlotFacts, programme: Programme, at: datetime) -> Choice:
    """The next prompt of an ordered programme. One that may not go now is passed over and noted, never saved up."""
    known, state = desk.prompts(slot.agency.id), desk.state(slot)
    keys = programme.keys_for(slot.member.role)
    places = _places(slot.enrolment.position, len(keys), repeats=bool(programme.facts.get("repeats")))
    if places and silence_since_pause(state.past, at) >= SILENT_BEFORE_PAUSE:  # an end needs no rest
        return Choice(None, None, SILENT, pause_days=PAUSE_DAYS, task=SILENCE_TASK)
    passed: list[RuleRow] = []
    barred: list[RuleRow] = []  # by a gate that may open, or a signature that may come, for a later slot
    for index in places:
        key = keys[index % len(keys)]
        prompt = known.get(key)
        unfit = why_unfit(key, prompt, slot.member)
        if unfit is not None or prompt is None:
            passed += [unfit] if unfit else []
            barred += passed[-1:] if prompt is not None and prompt.state == PromptState.DRAFT.value else []
            continue
        blocked = why_not_in_order(facts_of_prompt(prompt), state, at) or (
            _second_look(programme, prompt, slot.member, state, at) or _no_activity(prompt, slot, state, at)
        )
        if blocked is None:
            return _in_order(prompt, slot.member, tuple(passed), index + 1, barred)
        passed.append(held_back(blocked))
        barred.append(passed[-1])
    if barred:  # so the programme has not ended
        return Choice(None, None, str(barred[0]["why"]), tuple(passed))
    return Choice(None, None, FINISHED, tuple(passed), ended=True)


def _second_look(
    programme: Programme, prompt: Prompt, member: SlotsMember, state: LadderState, at: datetime
) -> Blocked | None:
    """A carer's "second" of a moment waits for an answer to its "first", a day earlier (prompts.md section 14.4)."""
    if member.role not in CARERS:
        return None
    mine = [row for row in programme.slots if member.role in row["roles"]]
    weeks = [row["week"] for row in mine if row["prompt"] == prompt.key and row.get("when") == "second"]
    first = next((row["prompt"] for row in mine if weeks and row["week"] == weeks[0] and row.get("when") == "first"),
                 None)  # fmt: skip
    why = None if first is None else why_not_yet(first, state.past, state.zone, at)
    return None if why is None else Blocked(prompt.key, prompt.level, 9, f"{HELD[prompt.level]} {why}.")


def _no_activity(prompt: Prompt, slot: SlotFacts, state: LadderState, at: datetime) -> Blocked | None:
    """A guided activity that a programme would begin here needs its rung, and the evening that it takes."""
    flow = begun_by(prompt.key)
    if flow is None:
        return None
    if open_rung(state, at) < flow.level:
        return Blocked(prompt.key, prompt.level, 1, f"{flow.name} held: {LEVEL_NAMES[flow.level].lower()} is not open.")
    if not may_begin_at(flow, hours_of(slot.agency), at, slot.zone):
        why = f"{flow.name} held: it does not begin in the last {flow.quiet_end_h} hours of polite hours."
        return Blocked(prompt.key, prompt.level, 1, why)
    return None


def _places(position: int, many: int, *, repeats: bool) -> range:
    """Where to look for the next prompt: to the end of the programme, or once round where it repeats."""
    return range(position, position + many if repeats else many)


def _in_order(
    prompt: Prompt, member: SlotsMember, passed: tuple[RuleRow, ...], position: int, barred: list[RuleRow]
) -> Choice:
    text = prompt.texts.get(member.language)
    if text is None:
        lacking = no_text(prompt.key)
        return Choice(facts_of_prompt(prompt), None, str(lacking["why"]), (*passed, lacking), waits=True)
    why = " ".join([*(str(row["why"]) for row in barred[:1]), IN_ORDER])
    chosen = {"rule": "order", "prompt": prompt.key, "why": IN_ORDER}
    return Choice(facts_of_prompt(prompt), text, why, (*passed, chosen), position)
