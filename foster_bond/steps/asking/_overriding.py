"""What the asking steps share: a worker's own choice for somebody's next prompt goes first, while it counts."""

from dataclasses import replace
from datetime import datetime

from foster_bond.rules.ladder_overrides import why_fallen
from foster_bond.steps.asking._choosing import (
    LADDER,
    Choice,
    Desk,
    RuleRow,
    facts_of_prompt,
    held_back,
    next_in_order,
    no_text,
    why_unfit,
)
from foster_bond.steps.asking._climbing import by_ladder
from foster_bond.steps.asking._visiting import around_visit
from foster_bond.store.practice import Standing
from foster_bond.store.prompts import Programme
from foster_bond.store.slot_facts import SlotFacts, SlotsMember

WORKER = "worker"


def choose_for(desk: Desk, slot: SlotFacts, programme: Programme, at: datetime) -> Choice:
    """What a worker chose for this person, else what the programme chooses; a choice that fell is named and over."""
    chosen = _by_rules(desk, slot, programme, at)
    standing = desk.overrides.get(slot.member.id)
    if standing is None or chosen.ended:
        return chosen
    fell = _why_not(desk, slot, standing, at)
    if fell is not None:
        return replace(chosen, rules=(fell, *chosen.rules), override_id=standing.id, override_fell=True)
    return _by_worker(desk, slot, standing, chosen)


def _by_rules(desk: Desk, slot: SlotFacts, programme: Programme, at: datetime) -> Choice:
    if programme.kind == LADDER:
        return by_ladder(desk, slot, programme, at)
    if slot.schedule.by_visits and programme.around_visits:
        return around_visit(desk, slot, programme, at)
    return next_in_order(desk, slot, programme, at)


def _by_worker(desk: Desk, slot: SlotFacts, standing: Standing, chosen: Choice) -> Choice:
    prompt = desk.prompts(slot.agency.id)[standing.prompt_key]
    instead = chosen.prompt is not None and chosen.prompt.id != prompt.key
    why = f"A worker chose it instead of {chosen.prompt.id}." if instead and chosen.prompt else "A worker chose it."
    passed: list[RuleRow] = [
        {**row, "passed": True, "why": f"Gone past on purpose: {row['why']}"} for row in standing.passes
    ]
    row: RuleRow = {"rule": WORKER, "prompt": prompt.key, "level": prompt.level, "why": why, "override": standing.id}
    return Choice(
        facts_of_prompt(prompt), prompt.texts[slot.member.language], why, (row, *passed), task=chosen.task,
        level=chosen.level, override_id=standing.id,
    )  # fmt: skip


def _why_not(desk: Desk, slot: SlotFacts, standing: Standing, at: datetime) -> RuleRow | None:
    prompt = desk.prompts(slot.agency.id).get(standing.prompt_key)
    unfit = why_unfit(standing.prompt_key, prompt, slot.member)
    if unfit is not None or prompt is None:
        return unfit
    if slot.member.language not in prompt.texts:
        return no_text(prompt.key)
    passes = frozenset(int(str(row["rule"])) for row in standing.passes)
    facts = facts_of_prompt(prompt)
    fallen = why_fallen(facts, standing.set_at, passes, desk.state(slot), at, alarmed=standing.alarmed)
    return None if fallen is None else held_back(fallen)


def forget(desk: Desk, member: SlotsMember) -> None:
    """The choice is used or over: the person's next prompt is the programme's again."""
    desk.overrides.pop(member.id, None)
