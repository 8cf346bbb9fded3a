"""What the asking steps share: which prompt a slot gets, by an ordered programme or by the ladder."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from foster_bond.store import prompts
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.open_store import Session
from foster_bond.store.prompts import Programme, Prompt, PromptState, Schedule

FINISHED = "The programme has no further prompts."


@dataclass(frozen=True, slots=True)
class Choice:
    """The prompt of a slot, or why there is none. `position` is where an ordered programme goes on."""

    prompt_key: str | None
    text: str | None
    why: str
    rules: tuple[dict[str, Any], ...] = ()
    position: int | None = None
    ended: bool = False


@dataclass(slots=True)
class Desk:
    """Prompts and programmes read once per batch."""

    session: Session
    now: datetime
    _prompts: dict[str, dict[str, Prompt]] = field(default_factory=dict)
    _programmes: dict[str, Programme] = field(default_factory=dict)

    def prompts(self, agency_id: str) -> dict[str, Prompt]:
        if agency_id not in self._prompts:
            self._prompts[agency_id] = prompts.prompts_of(self.session, agency_id)
        return self._prompts[agency_id]

    def programme(self, programme_id: str) -> Programme:
        if programme_id not in self._programmes:
            self._programmes[programme_id] = prompts.programme(self.session, programme_id)
        return self._programmes[programme_id]

    def used_up(self, enrolment: Enrolment, choice: Choice) -> None:
        """Move an ordered programme on, once its text has been written."""
        if choice.position is not None:
            enrolment.position = choice.position


def chooser_for(desk: Desk, enrolment: Enrolment, schedule: Schedule, member: Member, family: Family) -> Choice:
    """The prompt for the next slot of this enrolment."""
    programme = desk.programme(schedule.programme_id)
    return _ordered(desk, programme, enrolment, member)


def _ordered(desk: Desk, programme: Programme, enrolment: Enrolment, member: Member) -> Choice:
    known = desk.prompts(enrolment.agency_id)
    passed: list[dict[str, Any]] = []
    for index in range(enrolment.position, len(programme.prompt_keys)):
        key = programme.prompt_keys[index]
        prompt = known.get(key)
        if prompt is None or prompt.state != PromptState.APPROVED.value:
            passed.append({"rule": "approval", "prompt": key, "why": f"{key} is not approved."})
        elif member.role not in prompt.roles:
            passed.append({"rule": "for", "prompt": key, "why": f"{key} is not written for this member's role."})
        else:
            return _with_text(prompt, member, tuple(passed), index + 1)
    return Choice(None, None, FINISHED, tuple(passed), ended=True)


def _with_text(prompt: Prompt, member: Member, rules: tuple[dict[str, Any], ...], position: int | None) -> Choice:
    text = prompt.texts.get(member.language)
    if text is None:
        return Choice(None, None, f"{prompt.key} has no text in this member's language yet.", rules, None)
    return Choice(prompt.key, text, "Next in its programme.", rules, position)
