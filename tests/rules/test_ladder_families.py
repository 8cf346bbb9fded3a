"""Rules: hundreds of simulated families live through half a year, and each programme rule is checked on its own.

The checks read what the families remember (`Sent`, lows, alerts), never the ladder's own memory.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from foster_bond.rules.ladder import LadderProgramme, choose, place_of
from foster_bond.rules.ladder_state import from_json, to_json
from tests.rules.families import START, Family, Sent, families, plain_list, twelve_weeks

WEEKS = 20
DAY = timedelta(days=1)
PROGRAMMES = {"table": twelve_weeks(), "list": plain_list()}


def before(family: Family, at: datetime) -> list[Sent]:
    return [one for one in family.sent if one.at < at]


def answered(family: Family, at: datetime, level: int, within: timedelta = timedelta(days=9999)) -> int:
    """How many prompts of that level had a reply between `at - within` and `at`."""
    return sum(
        one.prompt.level == level and one.answered_at is not None and at - within <= one.answered_at < at
        for one in family.sent
    )


def rule_1_first_weeks(family: Family) -> None:
    for one in family.sent:
        number = ((one.at - timedelta(hours=7)).date() - START).days // 7 + 1  # Denver is 6 or 7 hours behind
        assert one.prompt.level <= 2 or number >= 3
        assert one.prompt.level <= 3 or number >= 4
        assert one.prompt.level <= 4 or number >= 7
        if one.prompt.level == 3:
            assert sum(answered(family, one.at, level) for level in range(6)) >= 2


def rule_2_one_rung_at_a_time(family: Family) -> None:
    for one in family.sent:
        if one.prompt.level >= 2:
            assert any(answered(family, one.at, level) for level in range(one.prompt.level - 1, 6))


def level_four_gate(family: Family, one: Sent) -> None:
    assert answered(family, one.at, 0, 7 * DAY) + answered(family, one.at, 1, 7 * DAY) >= 1
    numbers = [(s.answered_at, s.number) for s in family.sent if s.number and s.answered_at and s.answered_at < one.at]
    at, number = max(numbers)
    assert number >= 3
    assert at >= one.at - 7 * DAY
    assert answered(family, one.at, 3, 14 * DAY) >= 2
    assert not [hard for hard in family.hard_days if one.at - 3 * DAY < hard < one.at]
    last = before(family, one.at)[-1]
    assert last.prompt.level < 4


def rule_3_challenging(family: Family) -> None:
    fours = [one for one in family.sent if one.prompt.level == 4]
    for one in fours:
        assert not family.minor
        level_four_gate(family, one)
    assert all(late.at - early.at >= 7 * DAY for early, late in pairwise(fours))


def rule_4_relationship(family: Family) -> None:
    fives = [one for one in family.sent if one.prompt.level == 5]
    for one in fives:
        assert family.l5_on
        assert not family.minor
        assert answered(family, one.at, 3) >= 4
        level_four_gate(family, one)
    assert all(late.at - early.at >= 14 * DAY for early, late in pairwise(fives))


def rule_5_marked_days(family: Family) -> None:
    for moment in family.moments:
        prompt_id = moment.choice.prompt_id or ""
        if (moment.choice.level or 0) >= 4 or prompt_id[:2] in ("P5", "P6"):
            for day in moment.state.blackouts:
                assert not day.starts - DAY <= moment.now < day.ends + 3 * DAY


def rule_6_step_down(family: Family) -> None:
    for low in family.lows:
        later = [one for one in family.sent if one.at > low]
        assert not later or later[0].prompt.level <= 1
        assert not [one for one in later if one.prompt.level >= 4 and one.at < low + 7 * DAY]


def rule_6_two_lows_make_a_task(family: Family) -> None:
    for moment in family.moments:
        past = before(family, moment.now)
        if not past or moment.state.open_alert or moment.choice.pause_days:
            continue
        ends = [*(one.at for one in past[1:]), moment.now]
        lows = [any(one.at <= low < end for low in family.lows) for one, end in zip(past, ends, strict=True)]
        row = 0
        for one, low in zip(reversed(past), reversed(lows), strict=True):
            if (not low and one.answered_at) or one.at < past[-1].at - 28 * DAY:
                break
            row += low
        assert (moment.choice.task is not None) is (lows[-1] and row >= 2)


def rule_7_alert(family: Family) -> None:
    assert not [one for one in family.moments if one.state.open_alert and one.choice.prompt_id]


def rule_8_silence(family: Family) -> None:
    pauses = [one.now for one in family.moments if one.choice.pause_days]
    for moment in family.moments:
        past = before(family, moment.now)
        row = silent_row(past)
        if row >= 2 and moment.choice.prompt_id:
            assert (moment.choice.level or 0) <= 1
        last_pause = max((pause for pause in pauses if pause < moment.now), default=family.sent[0].at - DAY)
        since = silent_row([one for one in past if one.at > last_pause])
        if not moment.state.open_alert:
            assert (moment.choice.pause_days == 7) is (since >= 4)
            assert (moment.choice.task is not None) or since < 4
    for pause in pauses:
        assert not [one for one in family.sent if pause <= one.at < pause + 7 * DAY - timedelta(hours=2)]


def silent_row(past: list[Sent]) -> int:
    row = 0
    for one in reversed(past):
        if one.answered_at or one.skipped:
            break
        row += 1
    return row


def rule_9_balance(family: Family) -> None:
    for one in family.sent:
        if one.prompt.about_other and not one.prompt.about_self:
            assert [s for s in family.sent if s.prompt.about_self and one.at - 7 * DAY <= s.at < one.at]
    own = sum(one.prompt.about_self for one in family.sent)
    others = sum(one.prompt.about_other for one in family.sent)
    assert others <= own + 1


def rule_11_every_decision_is_explained(family: Family) -> None:
    for moment in family.moments:
        choice = moment.choice
        assert choice.chosen_by.endswith(".")
        assert all(one.why.endswith(".") and 1 <= one.rule <= 11 for one in choice.blocked)
        assert choice.prompt_id not in {one.prompt_id for one in choice.blocked}
        if " instead of " in choice.chosen_by:
            assert choice.blocked


CHECKS: list[Callable[[Family], None]] = [
    rule_1_first_weeks,
    rule_2_one_rung_at_a_time,
    rule_3_challenging,
    rule_4_relationship,
    rule_5_marked_days,
    rule_6_step_down,
    rule_6_two_lows_make_a_task,
    rule_7_alert,
    rule_8_silence,
    rule_9_balance,
    rule_11_every_decision_is_explained,
]


def check(seed: int, programme: LadderProgramme) -> Family:
    family = families(seed)
    family.live(programme, WEEKS)
    for rule in CHECKS:
        rule(family)
    return family


@pytest.mark.parametrize("kind", PROGRAMMES)
@pytest.mark.parametrize("tens", range(12))
def test_families_live_by_the_rules(kind: str, tens: int) -> None:
    for seed in range(tens * 10, tens * 10 + 10):
        check(seed, PROGRAMMES[kind])


@pytest.mark.long
@pytest.mark.parametrize("kind", PROGRAMMES)
@pytest.mark.parametrize("hundreds", range(1, 21))
def test_thousands_of_families_live_by_the_rules(kind: str, hundreds: int) -> None:
    for seed in range(hundreds * 100, hundreds * 100 + 100):
        check(seed, PROGRAMMES[kind])


@pytest.mark.parametrize("kind", PROGRAMMES)
def test_the_families_reach_every_level_and_every_rule(kind: str) -> None:
    """The checks above prove nothing if no family ever gets there."""
    lived = [families(seed) for seed in range(120)]
    for family in lived:
        family.live(PROGRAMMES[kind], WEEKS)
    moments = [moment for family in lived for moment in family.moments]
    assert {moment.choice.level for moment in moments} >= {0, 1, 2, 3, 4, 5, None}
    rules = {one.rule for moment in moments for one in moment.choice.blocked}
    assert rules >= {1, 2, 3, 6, 7, 8}
    assert {bool(moment.choice.pause_days) for moment in moments} == {True, False}
    assert {moment.choice.task for moment in moments if not moment.choice.pause_days} > {None}


@pytest.mark.parametrize("kind", PROGRAMMES)
def test_the_same_state_always_gives_the_same_answer(kind: str) -> None:
    family = families(3)
    family.live(PROGRAMMES[kind], WEEKS)
    days = [one.day for one in family.moments]
    for number, moment in enumerate(family.moments):
        place = place_of(START, days[:number], moment.day)
        again = choose(PROGRAMMES[kind], moment.state, moment.now, place=place)
        assert again == choose(PROGRAMMES[kind], moment.state, moment.now, place=place)
        assert from_json(to_json(moment.state.past)) == moment.state.past


def test_a_list_asks_about_both_minds_and_uses_what_it_has() -> None:
    family = families(0)
    family.temper.answers, family.temper.low, family.temper.hard, family.temper.base = 0.95, 0, 0, 0
    family.live(plain_list(), 26)
    used = [one.prompt.id for one in family.sent]
    own, others = (sum(getattr(one.prompt, side) for one in family.sent) for side in ("about_self", "about_other"))
    assert abs(own - others) <= len(used) * 0.2
    assert all(early != late for early, late in pairwise(used))
    assert len(set(used)) >= 25
