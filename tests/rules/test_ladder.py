"""Rules: the twelve programme rules, case by case; test_ladder_families.py lives through them."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from foster_bond import library
from foster_bond.rules.blackout import DateKind, Stretch, VisitManner
from foster_bond.rules.ladder import (
    CALL_TASK,
    SILENCE_TASK,
    Choice,
    LadderPast,
    LadderProgramme,
    LadderState,
    Place,
    PromptFacts,
    choose,
    level_of,
    place_of,
    visit_weeks,
    why_no_override,
    why_not_in_order,
)
from foster_bond.rules.ladder_gates import why_not
from foster_bond.rules.ladder_state import (
    Asked,
    after_answer,
    after_sent,
    after_silence_pause,
    after_skip,
    after_step_down,
    from_json,
    low_in_a_row,
    silence,
    to_json,
)
from tests.rules.families import START, ZONE, calm, evening, facts, plain_list, twelve_weeks

PROMPTS = facts()
WEEK_9 = evening(START + timedelta(days=60))  # a Friday, the third slot of week 9
H4, T4, S5, E1 = PROMPTS["H4"], PROMPTS["T4"], PROMPTS["S5"], PROMPTS["E1"]


def asked(*history: tuple[str, int, int | None]) -> LadderPast:
    """A past of (prompt, days before WEEK_9, its number or 0 for words or None for no answer)."""
    past = LadderPast()
    for prompt_id, ago, said in history:
        at = WEEK_9 - timedelta(days=ago)
        past = after_sent(past, PROMPTS[prompt_id], at)
        if said is not None:
            past = after_answer(past, prompt_id, at + timedelta(hours=1), thermometer=said or None)
    return past


def state(past: LadderPast, **changes: object) -> LadderState:
    return replace(LadderState(START, ZONE, past), **changes)  # type: ignore[arg-type]  # fields are named by each test


def reason(prompt: PromptFacts, seen: LadderState, now: datetime = WEEK_9) -> str | None:
    held = why_not(prompt, seen, now)
    return f"{held.rule}: {held.why}" if held else None


READY = asked(
    ("S1", 40, 0), ("C1", 38, 0), ("E2", 34, 0), ("E3", 30, 0), ("E1", 11, 0), ("E5", 9, 0), ("S2", 4, 4), ("C4", 2, 0)
)  # fmt: skip
"""Everything level 4 asks for, on the evening of WEEK_9; level 5 lacks an answered level 4 and the switch."""

CHALLENGING = [
    # what is different, which rule, which words
    ({}, None),
    ({"past": LadderPast()}, "2: Challenging held: no exploration prompt answered yet."),
    ({"enrolled_on": date(2026, 4, 20)}, "1: Challenging held: not before week 4."),
    ({"open_alert": True}, "7: An alert is open: every prompt waits until a person clears it."),
    ({"minor": True}, "3: Challenging held: not for anyone under 18."),
    (
        {"past": asked(("E1", 11, 0), ("E5", 9, 0), ("S2", 8, 4))},
        "3: Challenging held: no support reply in 7 days.",
    ),
    (
        {"past": asked(("E1", 11, 0), ("E5", 9, 0), ("S5", 4, 0))},
        "3: Challenging held: no number from 1 to 5 in 7 days.",
    ),
    (
        {"past": asked(("E1", 20, 0), ("E5", 9, 0), ("S2", 4, 4))},
        "3: Challenging held: fewer than 2 exploration replies in 14 days.",
    ),
    (
        {"past": asked(("E1", 11, 0), ("E5", 9, 0), ("S2", 4, 4), ("H1", 3, 0), ("C1", 1, 0))},
        "3: Challenging held: one in the last 7 days already.",
    ),
    (
        {"past": replace(READY, hard_day_at=WEEK_9 - timedelta(hours=71))},
        "3: Challenging held: a hard day in the last 72 hours.",
    ),
    (
        {"past": replace(READY, stepped_down_at=WEEK_9 - timedelta(days=6, hours=23))},
        "6: Challenging held: a low number, a hard day or BASE less than 7 days ago.",
    ),
    (
        {"blackouts": (Stretch(DateKind.HEARING, WEEK_9 + timedelta(hours=23), WEEK_9 + timedelta(hours=25)),)},
        "5: Challenging held: too close to a hearing.",
    ),
    (
        {"blackouts": (Stretch(DateKind.FAMILY_VISIT, WEEK_9 - timedelta(hours=73), WEEK_9 - timedelta(hours=71)),)},
        "5: Challenging held: too close to a family visit.",
    ),
    ({"blackouts": (Stretch(DateKind.HEARING, WEEK_9 + timedelta(hours=25), WEEK_9 + timedelta(hours=26)),)}, None),
    ({"blackouts": (Stretch(DateKind.HEARING, WEEK_9 - timedelta(hours=80), WEEK_9 - timedelta(hours=72)),)}, None),
]


@pytest.mark.parametrize(("changes", "why"), CHALLENGING)
def test_the_gate_of_level_four(changes: dict[str, object], why: str | None) -> None:
    assert reason(H4, replace(state(READY), **changes)) == why  # type: ignore[arg-type]


def with_h(past: LadderPast, days_ago: int) -> LadderPast:
    """The same past with an answered level 4 before all of it."""
    return replace(past, answered=tuple(n + (level == 4) for level, n in enumerate(past.answered)))


RELATIONSHIP = [
    ({"l5_on": True}, None),
    ({}, "4: Relationship held: no worker has switched it on for this family."),
    ({"l5_on": True, "minor": True}, "4: Relationship held: never to anyone under 18."),
    ({"l5_on": True, "past": READY}, "2: Relationship held: no challenging prompt answered yet."),
    ({"l5_on": True, "enrolled_on": date(2026, 3, 30)}, "1: Relationship held: not before week 7."),
    (
        {"l5_on": True, "past": with_h(asked(("E1", 11, 0), ("E5", 9, 0), ("S2", 4, 4)), 20)},
        "4: Relationship held: fewer than 4 exploration prompts answered.",
    ),
    (
        {"l5_on": True, "past": replace(with_h(READY, 20), hard_day_at=WEEK_9 - timedelta(hours=3))},
        "4: Relationship held: a hard day in the last 72 hours.",
    ),
]


@pytest.mark.parametrize(("changes", "why"), RELATIONSHIP)
def test_the_gate_of_level_five(changes: dict[str, object], why: str | None) -> None:
    assert reason(T4, replace(state(with_h(READY, 20)), **changes)) == why  # type: ignore[arg-type]


def test_level_five_rests_fourteen_days() -> None:
    past = with_h(READY, 20)
    seen = replace(past, recent=(*past.recent[:3], *asked(("T1", 13, 0)).recent, *past.recent[3:]))
    assert reason(T4, state(seen, l5_on=True)) == "4: Relationship held: one in the last 14 days already."


def test_two_without_a_reply_lead_back_to_support_and_four_to_a_pause() -> None:
    past = asked(("S1", 14, 0), ("C1", 11, None), ("S2", 4, None))
    assert reason(PROMPTS["C2"], state(past)) == "8: Clarification held: 2 prompts in a row without a reply."
    assert reason(S5, state(past)) is None
    past = asked(("S1", 14, 0), ("C1", 11, None), ("S2", 9, None), ("S5", 7, None), ("S6", 4, None))
    choice = choose(plain_list(), state(past), WEEK_9)
    assert (choice.prompt_id, choice.pause_days, choice.task) == (None, 7, SILENCE_TASK)
    after = choose(plain_list(), state(after_silence_pause(past, WEEK_9)), WEEK_9 + timedelta(days=7))
    assert after.pause_days is None  # silence is counted anew, or nothing would ever go out again
    assert after.level in (0, 1)


def test_a_prompt_that_just_went_out_is_not_silence_yet() -> None:
    past = asked(("S1", 4, None), ("S2", 2, None))
    assert silence(past, WEEK_9 - timedelta(days=2) + timedelta(hours=3)) == 1


def test_two_answers_come_before_the_first_wondering() -> None:
    past = asked(("S1", 9, None), ("S2", 7, None), ("C1", 4, 0))
    assert reason(E1, state(past)) == "1: Exploration held: fewer than 2 prompts answered so far."


def test_a_skip_is_no_silence_and_no_answer() -> None:
    past = after_skip(asked(("S1", 4, None), ("S2", 2, None)), "S2")
    assert silence(past, WEEK_9) == 0
    assert sum(past.answered) == 0


def test_parts_of_one_answer_count_once() -> None:
    past = asked(("S2", 2, 4))
    past = after_answer(past, "S2", WEEK_9, thermometer=4)
    assert past.answered[1] == 1
    past = after_answer(past, "S2", WEEK_9, hard_day=True)
    assert (past.answered[1], past.hard_day_at, low_in_a_row(past)) == (1, WEEK_9, 1)


def test_an_older_number_that_arrives_late_does_not_replace_a_newer_one() -> None:
    past = asked(("S2", 9, None), ("S2", 2, 4))
    late = after_answer(past, "S2", WEEK_9 - timedelta(days=8), thermometer=5)
    assert late.thermometer == past.thermometer


def test_two_low_moments_in_a_row_ask_a_person_to_call() -> None:
    once = after_answer(asked(("S1", 6, 0), ("S2", 4, None)), "S2", WEEK_9 - timedelta(days=3), thermometer=2)
    assert choose(plain_list(), state(once), WEEK_9).task is None
    twice = after_sent(once, PROMPTS["B2"], WEEK_9 - timedelta(days=2))
    assert choose(plain_list(), state(twice), WEEK_9).task is None  # only heard once so far
    twice = after_step_down(twice, WEEK_9 - timedelta(days=1), hard_day=False)  # BASE
    assert choose(plain_list(), state(twice), WEEK_9).task == CALL_TASK
    good = after_answer(after_sent(once, PROMPTS["B2"], WEEK_9 - timedelta(days=2)), "B2", WEEK_9 - timedelta(days=2))
    good = after_step_down(after_sent(good, S5, WEEK_9 - timedelta(days=1)), WEEK_9, hard_day=False)
    assert choose(plain_list(), state(good), WEEK_9).task is None  # a calm answer lay between


def test_low_twice_about_one_prompt_is_one_low_moment() -> None:
    past = after_answer(asked(("S2", 4, None)), "S2", WEEK_9 - timedelta(days=3), thermometer=1)
    past = after_step_down(past, WEEK_9 - timedelta(days=3), hard_day=True)
    assert low_in_a_row(past) == 1


def test_after_a_step_down_the_next_prompt_is_gentle_and_the_one_after_may_climb() -> None:
    past = after_step_down(READY, WEEK_9 - timedelta(hours=5), hard_day=False)
    choice = choose(plain_list(), state(past), WEEK_9)
    assert choice.level in (0, 1)
    assert level_of(state(past), WEEK_9) == 1
    gone_on = after_sent(past, PromptFacts("D2", 0, "self", "secure_base"), WEEK_9 - timedelta(hours=4))
    assert level_of(state(gone_on), WEEK_9) == 1  # a step that followed a GO is not the gentle prompt
    past = after_sent(past, PROMPTS[choice.prompt_id or ""], WEEK_9)
    past = after_answer(past, choice.prompt_id or "", WEEK_9)
    assert level_of(state(past), WEEK_9 + timedelta(days=2)) == 4


def test_an_other_prompt_needs_one_about_the_own_mind_first() -> None:
    past = asked(("S1", 20, 0), ("C1", 18, 0), ("C2", 16, 0), ("C4", 2, 0))
    assert reason(E1, state(past)) == "9: Exploration held: a prompt about the own mind comes first."
    assert reason(E1, state(asked(("S1", 20, 0), ("C1", 18, 0), ("S5", 7, 0), ("C4", 2, 0)))) is None


BIRTH_PARENT_PAIRS = [("P5A", True), ("P6A", True), ("C1", False)]


@pytest.mark.parametrize(("prompt_id", "held"), BIRTH_PARENT_PAIRS)
def test_marked_days_hold_the_pairs_about_birth_parents(prompt_id: str, held: bool) -> None:
    seen = state(READY, blackouts=(Stretch(DateKind.BIRTHDAY, WEEK_9, WEEK_9),))
    assert (reason(PROMPTS[prompt_id], seen) is not None) is held
    assert (why_not_in_order(PROMPTS[prompt_id], seen, WEEK_9) is not None) is held


VISIT = Stretch(DateKind.FAMILY_VISIT, WEEK_9 - timedelta(hours=30), WEEK_9 - timedelta(hours=28))
LOW = after_answer(READY, "C4", WEEK_9, thermometer=2)
BY_VIDEO = replace(VISIT, manner=VisitManner.VIDEO)
CALLED_OFF = replace(VISIT, kind=DateKind.CANCELLED_VISIT)
NOT_THROUGH = "the visit was cancelled, cut short or held by video."
AROUND_VISITS = [
    # which prompt, what is different, why it is held; all of it the day after a visit
    ("P2A", {}, None),
    ("P2B", {}, None),
    ("E1", {}, None),  # somebody who is not asked about visits: rule 5 bars levels 4 and 5 only
    ("E1", {"asked_about_visits": True}, "Exploration held: too close to a family visit."),
    ("C1", {"asked_about_visits": True}, None),
    ("P2B", {"asked_about_visits": True}, None),  # the one exception of the programme
    ("P2B", {"past": LadderPast()}, "Exploration held: exploration is not open yet."),
    ("P2B", {"past": LOW}, "Exploration held: a low number since the visit."),
    ("P2B", {"past": replace(READY, hard_day_at=WEEK_9)}, "Exploration held: a hard day since the visit."),
    ("P2B", {"past": replace(READY, hard_day_at=WEEK_9 - timedelta(hours=31))}, None),
    ("P2A", {"blackouts": (BY_VIDEO,)}, f"Clarification held: {NOT_THROUGH}"),
    ("P2B", {"blackouts": (CALLED_OFF,)}, f"Exploration held: {NOT_THROUGH}"),
    ("P2A", {"blackouts": (replace(VISIT, manner=VisitManner.IN_PERSON),)}, None),
    ("S1", {"blackouts": (CALLED_OFF,), "asked_about_visits": True}, None),
    ("P2A", {"blackouts": (replace(CALLED_OFF, ends=WEEK_9 - timedelta(hours=72)),)}, None),  # three days ago
]  # fmt: skip


@pytest.mark.parametrize(("prompt_id", "changes", "why"), AROUND_VISITS)
def test_around_a_visit_only_its_own_second_look_goes_above_clarification(
    prompt_id: str, changes: dict[str, object], why: str | None
) -> None:
    shipped = library.prompts()[prompt_id]
    prompt = PromptFacts(shipped.id, shipped.level, shipped.target, shipped.technique, shipped.reply)
    seen = replace(state(READY), **{"blackouts": (VISIT,)} | changes)  # type: ignore[arg-type]  # named by each row
    own = Asked(PromptFacts("P2A", 2, "self"), WEEK_9 - timedelta(days=2), WEEK_9 - timedelta(days=2))
    seen = replace(seen, past=replace(seen.past, recent=(own, *seen.past.recent)))  # the own side was answered
    held = why_not_in_order(prompt, seen, WEEK_9)
    assert (held.why if held else None) == why and (held is None or held.rule == 5)


def test_an_ordered_programme_obeys_alerts_and_the_upper_gates_only() -> None:
    nobody = state(LadderPast())
    assert why_not_in_order(E1, nobody, WEEK_9) is None  # its author chose the order
    assert why_not_in_order(H4, nobody, WEEK_9) is not None
    assert why_not_in_order(T4, nobody, WEEK_9) is not None
    assert why_not_in_order(S5, state(LadderPast(), open_alert=True), WEEK_9) is not None


OVERRIDES = [
    # prompt, level the rules chose, changes, reason given, refused by rule
    ("S5", 3, {}, None, None),  # down: free
    ("E1", 1, {}, None, 11),  # up: why?
    ("E1", 1, {}, "  ", 11),
    ("E1", 1, {}, "Grace asked for it on the phone", None),
    ("S5", 3, {"open_alert": True}, "calm again", 7),  # nothing passes an open alert
    ("T4", 1, {"minor": True}, "asked for it", 4),
    ("H1", 1, {"minor": True}, "asked for it", 3),  # no reason opens challenging to anyone under 18
    ("T4", 1, {"l5_on": False}, "asked for it", 4),  # nor level 5 where nobody switched it on
    ("T4", 1, {"l5_on": True}, "asked for it", None),
]


@pytest.mark.parametrize(("prompt_id", "chosen", "changes", "said", "rule"), OVERRIDES)
def test_who_may_change_the_rules_choice(
    prompt_id: str, chosen: int, changes: dict[str, object], said: str | None, rule: int | None
) -> None:
    refused = why_no_override(PROMPTS[prompt_id], chosen, state(READY, **changes), reason=said)
    assert (refused.rule if refused else None) == rule


def test_an_open_alert_silences_everything() -> None:
    for programme in (plain_list(), twelve_weeks()):
        choice = choose(programme, state(READY, open_alert=True), WEEK_9, place=Place(9, 3))
        assert choice.prompt_id is None
        assert {one.rule for one in choice.blocked} == {7}


def test_a_list_of_hard_prompts_only_says_why_it_is_silent() -> None:
    hard = LadderProgramme(tuple(one for one in PROMPTS.values() if one.level >= 3))
    choice = choose(hard, state(LadderPast()), WEEK_9)
    assert choice.prompt_id is None
    assert len(choice.blocked) == len(hard.prompts)
    assert choose(LadderProgramme(()), state(LadderPast()), WEEK_9).prompt_id is None


def test_the_past_survives_a_row() -> None:
    family = calm(l5_on=True)
    family.live(plain_list(), 20)
    past = after_step_down(after_silence_pause(family.past, WEEK_9), WEEK_9, hard_day=True)
    assert from_json(json.loads(json.dumps(to_json(past)))) == past
    assert from_json({}) == LadderPast()
    assert len(json.dumps(to_json(past))) < 6000  # a row per person: it must not grow with the years


def test_places_count_in_the_persons_own_weeks() -> None:
    wednesday = date(2026, 3, 4)
    days = [date(2026, 3, day) for day in (4, 6, 9, 11, 13, 16)]
    places = [place_of(wednesday, days[:n], day) for n, day in enumerate(days)]
    assert [(place.week, place.slot) for place in places] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]
    assert place_of(wednesday, days[:3], days[3], waited_weeks=1) == Place(1, 1)


TABLE = {
    1: ["S1", "S2", "B1"],
    2: ["S2", "C1", "R3"],
    3: ["S2", "C4", "E6"],
    4: ["S2", "E1", "R1"],
    5: ["S2", "E3", "H5"],
    6: ["S2", "E2", "T6"],
    7: ["S2", "E5", "H1"],
    8: ["S2", "E4", "R1"],
    9: ["S2", "E6", "H4"],
    10: ["S2", "E1", "C6"],
    11: ["S2", "E3", "H3"],
    12: ["S2", "S4", "R1"],
    13: [None, None, None],
    15: ["S2", None, "R3"],  # the rating comes again, 13 weeks after week 2
}


def by_week(choices: list[tuple[date, Choice]]) -> dict[int, list[str | None]]:
    weeks: dict[int, list[str | None]] = {}
    for day, choice in choices:
        weeks.setdefault((day - START).days // 7 + 1, []).append(choice.prompt_id)
    return weeks


def test_a_calm_family_gets_the_table_as_it_is_printed() -> None:
    lived = by_week([(one.day, one.choice) for one in calm().live(twelve_weeks(), 15)])
    assert {week: lived[week] for week in TABLE} == TABLE


def test_where_a_worker_switched_it_on_t4_takes_the_third_slot_of_week_ten() -> None:
    lived = by_week([(one.day, one.choice) for one in calm(l5_on=True).live(twelve_weeks(), 12)])
    assert lived[10] == ["S2", "E1", "T4"]
    assert lived[12] == ["S2", "S4", "R1"]  # one exploration reply in 14 days, not two


def at_place(past: LadderPast, place: Place, **changes: object) -> Choice:
    return choose(twelve_weeks(), state(past, **changes), WEEK_9, place=place)


def test_what_is_held_becomes_what_the_table_says() -> None:
    opened = asked(("S1", 30, 0), ("C1", 20, 0), ("C2", 12, 0), ("S2", 4, None), ("C5", 2, 0))
    held_h = at_place(opened, Place(9, 3))
    assert held_h.prompt_id == "C5"  # "slot 3 if held"
    assert [one.rule for one in held_h.blocked] == [2]
    early = asked(("S1", 30, 0), ("S2", 4, 4), ("C2", 2, None))
    held_e = at_place(early, Place(9, 2))  # E6: nothing of the rung below answered
    assert held_e.prompt_id == "C3"  # C2, C3 or C5, the one not asked lately
    assert held_e.chosen_by == "Week 9, slot 2 of the programme, instead of E6."


def test_after_a_low_number_the_next_slot_is_one_of_four() -> None:
    past = after_step_down(READY, WEEK_9 - timedelta(hours=2), hard_day=True)
    choices = [at_place(past, Place(week, slot)).prompt_id for week in range(1, 13) for slot in (1, 2, 3)]
    assert set(choices) <= {"B2", "S5", "S6", "B3"}


def test_a_visit_week_brings_the_opener_only_and_a_fourth_slot_only_where_switched_on() -> None:
    assert at_place(READY, Place(9, 1, visit_week=True)).prompt_id == "S2"
    assert at_place(READY, Place(9, 2, visit_week=True)).prompt_id is None
    assert at_place(READY, Place(9, 4)).prompt_id is None
    with_r2 = replace(twelve_weeks(), fourth="R2")
    assert choose(with_r2, state(READY), WEEK_9, place=Place(9, 4)).prompt_id == "R2"


def test_a_challenging_prompt_needs_the_number_of_its_own_week() -> None:
    past = asked(("S1", 40, 0), ("C1", 38, 0), ("E1", 11, 0), ("E5", 9, 0), ("S2", 6, 4), ("S2", 4, None), ("C4", 2, 0))
    choice = at_place(past, Place(9, 3))
    assert choice.prompt_id == "C5"
    assert choice.blocked[0].why == "Held: S2 of this week has no reply yet."


@pytest.mark.parametrize(
    ("days", "weeks"),
    [
        ([], set()),
        ([1], set()),  # the day before they began
        ([2, 5], {1}),  # two visits in one week are one week
        ([9, 16, 23, 30], {2, 4}),  # every week: every second one
        ([16, 31], {3, 5}),
        ([40], set()),  # still to come
    ],
)
def test_weeks_that_the_table_sits_out_for_a_visit(days: list[int], weeks: set[int]) -> None:
    began = date(2026, 3, 2)
    visits = [date(2026, 3, 1) + timedelta(days=day - 1) for day in days]
    assert visit_weeks(began, visits, date(2026, 4, 3)) == weeks
