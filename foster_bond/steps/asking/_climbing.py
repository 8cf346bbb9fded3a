"""What the asking steps share: the ladder's choice for a slot, from the rows of a programme and of a person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from foster_bond.rules.ladder import (
    Cell,
    LadderProgramme,
    Place,
    choose,
    first_twelve_weeks,
    level_of,
    place_of,
    visit_weeks,
)
from foster_bond.rules.recurrence import slots
from foster_bond.steps.asking._choosing import (
    Choice,
    Desk,
    RuleRow,
    facts_of_prompt,
    held_back,
    no_text,
    why_unfit,
)
from foster_bond.steps.rhythms import rhythm_of
from foster_bond.store.prompts import Programme, Prompt
from foster_bond.store.slot_facts import SlotFacts, SlotsMember

TWELVE_WEEKS = "first-twelve-weeks"  # the shipped table; its words about stand-ins and level 5 are in the rules
SAID_WITH_THE_CHOICE = 3  # a table tries a few prompts in turn; a plain list holds back dozens, which are only stored


def by_ladder(desk: Desk, slot: SlotFacts, programme: Programme, at: datetime) -> Choice:
    """The prompt that the ladder's rules choose for this slot, with every prompt that they held back."""
    known = desk.prompts(slot.agency.id)
    ladder = _ladder(programme, slot.member)
    names = _named(programme, ladder)
    unfit = _unfit(names, known, slot.member)
    fit = tuple(facts_of_prompt(known[name]) for name in names if name not in unfit)
    state = desk.state(slot)
    chosen = choose(replace(ladder, prompts=fit), state, at, place=_place(desk, slot))
    rules = (*unfit.values(), *(held_back(one) for one in chosen.blocked))
    level = level_of(state, at)
    if chosen.prompt_id is None:
        lacking = next((row for row in unfit.values() if row["rule"] == "language"), None)
        why = str(lacking["why"]) if lacking is not None and not fit else chosen.chosen_by
        return Choice(
            None, None, why, rules, waits=bool(chosen.blocked or lacking) and chosen.pause_days is None,
            pause_days=chosen.pause_days, task=chosen.task, level=level,
        )  # fmt: skip
    prompt = known[chosen.prompt_id]
    said = [one.why for one in chosen.blocked[:1]] if len(chosen.blocked) <= SAID_WITH_THE_CHOICE else []
    rules += ({"rule": "ladder", "prompt": prompt.key, "level": prompt.level, "why": chosen.chosen_by},)
    return Choice(
        facts_of_prompt(prompt), prompt.texts[slot.member.language], " ".join([*said, chosen.chosen_by]), rules,
        task=chosen.task, level=level,
    )  # fmt: skip


def _ladder(programme: Programme, member: SlotsMember) -> LadderProgramme:
    cells = [
        Cell(row["week"], row["slot"], row["prompt"], row.get("if_held"))
        for row in programme.slots
        if member.role in row["roles"]
    ]
    if programme.key == TWELVE_WEEKS and cells:
        return first_twelve_weeks((), cells)
    return LadderProgramme((), tuple(cells))


def _named(programme: Programme, ladder: LadderProgramme) -> tuple[str, ...]:
    """Every prompt that the programme names, each once, its own order first."""
    more = [cell.if_held for cell in ladder.cells if cell.if_held is not None]
    invited = [name for invitation in ladder.invitations for name in invitation.prompt_ids]
    return tuple(dict.fromkeys([*programme.prompt_keys, *more, *ladder.softer, *ladder.stand_ins, *invited]))


def _unfit(names: tuple[str, ...], known: Mapping[str, Prompt], member: SlotsMember) -> dict[str, RuleRow]:
    found: dict[str, RuleRow] = {}
    for name in names:
        prompt = known.get(name)
        row = why_unfit(name, prompt, member)
        if row is None and prompt is not None and member.language not in prompt.texts:
            row = no_text(name)
        if row is not None:
            found[name] = row
    return found


def _place(desk: Desk, slot: SlotFacts) -> Place:
    """The slot's place in the person's own week, counted on the calendar: held slots and sent ones count alike.

    For somebody who is asked about visits, too, a week with a visit is one that the table sits out.
    """
    day, start = slot.occurrence.local_date, slot.enrolment.started_on
    began = start + timedelta(days=(day - start).days // 7 * 7)  # their own week begins on the weekday they started on
    earlier = [
        one.local_date
        for one in slots(
            rhythm_of(slot.schedule, start), slot.zone, first=began, last=day - timedelta(days=1),
            seed=slot.schedule.seed, hour=slot.member.hour,
        )
        if one.due_at > slot.enrolment.created_at
    ]  # fmt: skip
    if slot.member.id not in slot.calendar.asked_about_visits:
        return place_of(start, earlier, day)
    own, away = (day - start).days // 7 + 1, visit_weeks(start, desk.visits(slot), day)
    place = place_of(start, earlier, day, waited_weeks=sum(week < own for week in away))
    return replace(place, visit_week=own in away)
