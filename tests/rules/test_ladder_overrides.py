"""A worker's choice: what it goes past and falls to; what the page says of rungs and of room for challenging."""

from datetime import UTC, datetime, timedelta

import pytest

from foster_bond.rules.blackout import DateKind, Stretch
from foster_bond.rules.ladder import every_hold
from foster_bond.rules.ladder_overrides import Refusal, refusal, why_fallen
from foster_bond.rules.ladder_state import LadderPast, LadderState, after_step_down
from foster_bond.rules.ladder_view import Room, room_for_challenging, rungs_of
from tests.rules.families import START, ZONE, calm, evening, facts, families, plain_list

PROMPTS = facts()
DAY = timedelta(days=1)
WEEK_9 = datetime(2026, 4, 28, 1, tzinfo=UTC)
CHOSEN = WEEK_9 - DAY


def lived(weeks: int = 8, **changes: object) -> LadderState:
    family = calm()
    family.live(plain_list(), weeks)
    return LadderState(START, ZONE, family.past, **changes)  # type: ignore[arg-type]  # names are checked at run


def hearing(at: datetime) -> tuple[Stretch, ...]:
    return (Stretch(DateKind.HEARING, at, at + timedelta(hours=2)),)


FALLS = [
    # prompt, rules it went past, what came after, alarmed, the rule it falls to
    ("E1", set(), {}, False, None),
    ("E1", set(), {"stepped": True}, False, 6),
    ("E1", {6}, {"stepped": True}, False, 6),  # it went past an earlier hard day, not past this one
    ("B2", set(), {"stepped": True}, True, None),  # the gentlest always counts, once the alert is cleared
    ("E1", set(), {}, True, 7),
    ("B2", set(), {"open_alert": True}, False, 7),
    ("H1", {3}, {"blackouts": hearing(WEEK_9)}, False, 5),  # the hearing was marked later
    ("H1", {3, 5}, {"blackouts": hearing(WEEK_9)}, False, 5),  # and nobody passes one knowingly
    ("E1", {3}, {"blackouts": hearing(WEEK_9)}, False, None),  # which holds challenging only
    ("T4", {3, 4}, {"l5_on": False}, False, 4),  # switched off meanwhile
]


@pytest.mark.parametrize(("key", "passes", "after", "alarmed", "rule"), FALLS)
def test_what_a_choice_falls_to(
    key: str, passes: set[int], after: dict[str, object], alarmed: bool, rule: int | None
) -> None:
    changes = {name: value for name, value in after.items() if name != "stepped"}
    state = lived(**changes)
    if "stepped" in after:
        past = after_step_down(state.past, WEEK_9 - timedelta(hours=2), hard_day=True)
        state = LadderState(START, ZONE, past)
    fallen = why_fallen(PROMPTS[key], CHOSEN, passes, state, WEEK_9, alarmed=alarmed)
    assert (None if fallen is None else fallen.rule) == rule


@pytest.mark.parametrize("seed", range(40))
def test_a_choice_counts_on_its_own_evening_whatever_the_family_lives_through(seed: int) -> None:
    """What was passed knowingly holds nothing, and an open alert or a minor is passed by no reason."""
    family = families(seed)
    family.live(plain_list(), 10)
    for moment in family.moments[::5]:
        for key in ("B2", "S1", "C1", "E1", "H1", "T4"):
            prompt = PROMPTS[key]
            refused = refusal(prompt, moment.choice.level or 0, moment.state, moment.now, reason="said by phone")
            if moment.state.open_alert:
                assert refused is Refusal.ALERT
            elif moment.state.minor and prompt.level >= 4:
                assert refused is Refusal.MINOR
            elif refused is None:
                passes = {one.rule for one in every_hold(prompt, moment.state, moment.now)}
                assert why_fallen(prompt, moment.now, passes, moment.state, moment.now, alarmed=False) is None
            else:
                assert (refused, prompt.level) in ((Refusal.NOT_ON, 5), (Refusal.DATE, 4), (Refusal.DATE, 5))


def test_a_step_up_without_a_reason_is_the_only_thing_a_reason_mends() -> None:
    assert refusal(PROMPTS["E1"], 1, lived(), WEEK_9, reason="") is Refusal.REASON
    assert refusal(PROMPTS["E1"], 1, lived(), WEEK_9, reason="she asked") is None
    assert refusal(PROMPTS["B2"], 3, lived(), WEEK_9, reason="") is None


def test_the_rungs_say_what_holds_each_of_them() -> None:
    fresh = rungs_of(LadderState(START, ZONE, LadderPast()), evening(START))
    assert [rung.level for rung in fresh if not rung.holds] == [0, 1]
    assert fresh[3].holds[0].why == "Exploration held: not before week 3."
    assert {one.rule for one in fresh[4].holds} >= {1, 2, 3}
    open_now = rungs_of(lived(l5_on=True), WEEK_9)
    assert [rung.level for rung in open_now if not rung.holds][:4] == [0, 1, 2, 3]
    assert all(rung.holds for rung in rungs_of(lived(open_alert=True), WEEK_9))


@pytest.mark.parametrize(
    ("visits", "room"),
    [
        ([], Room(3, 3)),
        ([0], Room(3, 2)),  # Monday's visit holds Monday; Thursday morning is free again
        ([0, 3], Room(3, 0)),  # two visits a week leave nothing
    ],
)
def test_a_visit_plan_may_leave_no_room_for_challenging(visits: list[int], room: Room) -> None:
    monday = datetime(2026, 4, 27, 16, tzinfo=UTC)
    plan = tuple(
        Stretch(DateKind.FAMILY_VISIT, monday + n * DAY, monday + n * DAY + timedelta(hours=1)) for n in visits
    )
    due = [monday + timedelta(hours=9), monday + timedelta(days=3, hours=9), monday + timedelta(days=4, hours=9)]
    assert room_for_challenging(plan, due) == room
    assert room.none_left is (room.free == 0)
    assert not room_for_challenging(plan, []).none_left
