"""Rules, programme → next prompt: what a ladder may send, and the answer the rules give about one slot."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from foster_bond.rules.ladder_gates import Blocked
from foster_bond.rules.ladder_state import LadderState, PromptFacts

RATING_COMES_AGAIN = 13
"""R3 returns this many weeks after its first place: four times a year (prompts.md section 14.1). Units: weeks."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One place in a programme's table."""

    week: int
    slot: int
    prompt_id: str
    if_held: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """Level 5 prompts that may take a place of the table, from one week to another, where they are switched on."""

    slot: int
    first_week: int
    last_week: int | None
    prompt_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LadderProgramme:
    """What a ladder may send. Without `cells` it is a plain list: the rules choose among all of `prompts`."""

    prompts: tuple[PromptFacts, ...]
    cells: tuple[Cell, ...] = ()
    softer: tuple[str, ...] = ()  # after a step down; empty = anything of level 0 or 1
    stand_ins: tuple[str, ...] = ()  # for an exploration prompt that is held
    invitations: tuple[Invitation, ...] = ()
    weekly: str | None = None  # opens every week, and all there is in a visit week
    fourth: str | None = None  # the fourth prompt of a week, where a worker switched it on


@dataclass(frozen=True, slots=True)
class Place:
    """Which slot of the programme this is: its week and the number of the slot in it, both from 1."""

    week: int
    slot: int
    visit_week: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What to send, or None, with every reason a caseworker may ask for. `pause_days` and `task` are for a step."""

    prompt_id: str | None
    level: int | None
    chosen_by: str
    blocked: tuple[Blocked, ...] = ()
    pause_days: int | None = None
    task: str | None = None


def first_twelve_weeks(
    prompts: Iterable[PromptFacts], cells: Iterable[Cell], *, fourth: str | None = None
) -> LadderProgramme:
    """The shipped ladder: its table, and what its words say of held prompts, level 5 and the rating that returns.

    Source: prompts.md section 14.1
    """
    table = tuple(cells)
    again = tuple(replace(cell, week=cell.week + RATING_COMES_AGAIN) for cell in table if cell.prompt_id == "R3")
    again += tuple(Cell(cell.week, 1, "S2") for cell in again)  # it opens that week too: the own mind comes first
    return LadderProgramme(
        prompts=tuple(prompts),
        cells=table + again,
        softer=("B2", "S5", "S6", "B3"),
        stand_ins=("C2", "C3", "C5"),
        invitations=(Invitation(3, 10, 10, ("T4",)), Invitation(3, 12, None, ("T1", "T2", "T3", "T5"))),
        weekly="S2",
        fourth=fourth,
    )


def place_of(enrolled_on: date, earlier: Sequence[date], day: date, *, waited_weeks: int = 0) -> Place:
    """The place of a slot on local `day`, weeks counted from the person's own start.

    `earlier` are the local days of the schedule's slots before it, held ones included: a held prompt is never saved up.
    `waited_weeks` are visit weeks, which this programme sits out.
    """
    week = (day - enrolled_on).days // 7
    slot = sum(1 for before in earlier if before < day and (before - enrolled_on).days // 7 == week) + 1
    return Place(week + 1 - waited_weeks, slot)


def visit_weeks(began: date, visits: Collection[date], day: date) -> frozenset[int]:
    """Which of a person's own weeks up to that day, from 1, the table sits out because a family visit lies in them.

    With a visit every week it is every second one, or the table would never go on. Source: prompts.md section 14.2
    """
    found: set[int] = set()
    for week in sorted({(visit - began).days // 7 + 1 for visit in visits if began <= visit}):
        if week - 1 not in found and week <= (day - began).days // 7 + 1:
            found.add(week)
    return frozenset(found)


def asked_last(state: LadderState, prompt: PromptFacts) -> bool:
    """True for the prompt that went out last, which never comes twice running."""
    last = state.past.last
    return last is not None and last.prompt.id == prompt.id


def least_used(prompts: Sequence[PromptFacts], state: LadderState, *, near: int) -> list[PromptFacts]:
    """The prompts in the order to try them: asked least often, nearest to a level, the programme's own order."""
    return sorted(prompts, key=lambda prompt: (state.past.used.get(prompt.id, 0), abs(prompt.level - near)))
