"""A guided activity as a machine: every event from every state, by hand and at random."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.library import prompts, system_texts
from foster_bond.library.flows import SKIPS, Flow, Step, begun_by, flows, newest
from foster_bond.rules.flow import (
    MOVES,
    OPEN_STATES,
    Around,
    Did,
    Ending,
    Event,
    FlowState,
    Standing,
    begin,
    take,
)

NOON = datetime(2026, 11, 2, 19, tzinfo=UTC)
DREAM = flows()["dream_journey", 1]
PAIR = flows()["P3", 1]
ASIDE = flows()["P3-direct", 1]
DAY = Around()
NIGHT = Around(quiet=True)
MINUTE = timedelta(minutes=1)


def asked(flow: Flow, step: str, at: datetime = NOON) -> Standing:
    return Standing(FlowState.ASKED, step, at, at + timedelta(hours=flow.expires_after_h))


def reply(step: str, **more: bool) -> Event:
    return Event(Did.REPLY, step=step, **more)


class TestTheDataThatShips:
    def test_every_step_asks_a_prompt_we_ship_and_every_word_has_a_text(self) -> None:
        for flow in flows().values():
            assert {step.prompt for step in flow.steps} <= set(prompts())
            assert {word for step in flow.steps for word in step.skip_if} <= set(SKIPS)
            assert flow.base is None or flow.base in system_texts()
            assert flow.beside is None or newest(flow.beside) is not None
            assert flow.steps[0].begins and len({step.id for step in flow.steps}) == len(flow.steps)

    def test_the_dream_journey_is_the_five_prompts_in_order_and_only_the_first_is_begun(self) -> None:
        assert [step.prompt for step in DREAM.steps] == ["D1", "D2", "D3", "D4", "D5"]
        assert [step.begins for step in DREAM.steps] == [True, False, False, False, False]
        assert begun_by("D1") is DREAM and begun_by("D2") is None and begun_by("P3A") is None

    def test_a_guess_at_another_comes_a_day_after_the_own_side_and_only_after_an_answer(self) -> None:
        for flow in flows().values():
            for step in flow.steps:
                if prompts()[step.prompt].side == "B":
                    assert step.needs_answer and step.after_s >= 86400

    def test_who_is_asked_in_a_flow_is_in_the_audience_of_each_prompt(self) -> None:
        for flow in flows().values():
            for step in flow.steps:
                assert set(flow.roles) <= set(prompts()[step.prompt].roles), (flow.id, step.prompt)


class TestOneDreamJourney:
    def test_reply_by_reply_to_the_end(self) -> None:
        standing = begin(DREAM, NOON, NOON, DAY).standing
        said = None
        for number, step in enumerate(DREAM.steps):
            standing = take(DREAM, standing, Event(Did.WROTE), DAY, NOON + number * MINUTE).standing
            assert (standing.state, standing.step) == (FlowState.ASKED, step.id)
            turn = take(DREAM, standing, reply(step.id), DAY, NOON + number * MINUTE)
            standing, said = turn.standing, turn.say
        assert (standing.state, standing.why, said) == (FlowState.DONE, Ending.FINISHED, "ACK")

    def test_base_holds_and_go_takes_up_the_same_step(self) -> None:
        held = take(DREAM, asked(DREAM, "3"), Event(Did.BASE), DAY, NOON)
        assert (held.standing.state, held.say) == (FlowState.HELD, "D-BASE")
        on = take(DREAM, held.standing, Event(Did.GO), DAY, NOON + MINUTE)
        assert (on.standing.state, on.standing.step, on.standing.due_at) == (FlowState.DUE, "3", NOON + MINUTE)

    def test_a_hard_day_before_the_childs_eyes_leads_to_the_base_and_then_past_them(self) -> None:
        turn = take(DREAM, asked(DREAM, "3"), reply("3", hard_day=True), DAY, NOON)
        assert (turn.say, turn.standing.state, turn.standing.step) == ("D-BASE", FlowState.HELD, "5")
        assert [(step.id, why) for step, why in turn.passed] == [("4", "hard_day")]

    def test_a_date_on_the_calendar_leaves_the_childs_eyes_out(self) -> None:
        turn = take(DREAM, asked(DREAM, "3"), reply("3"), Around(skips=frozenset({"blackout"})), NOON)
        assert (turn.standing.state, turn.standing.step) == (FlowState.DUE, "5")

    def test_a_teen_looks_at_the_safe_place_only(self) -> None:
        turn = take(DREAM, asked(DREAM, "2"), reply("2"), Around(skips=frozenset({"minor"})), NOON)
        assert (turn.standing.state, turn.say) == (FlowState.DONE, "ACK")

    def test_when_the_hours_end_inside_it_the_base_answers_and_go_resumes_the_next_day(self) -> None:
        night = take(DREAM, asked(DREAM, "2"), reply("2"), NIGHT, NOON)
        assert (night.say, night.standing.state, night.standing.step) == ("D-BASE", FlowState.HELD, "3")
        still = take(DREAM, night.standing, Event(Did.GO), NIGHT, NOON + MINUTE)
        assert (still.say, still.standing.state) == ("D-BASE", FlowState.HELD)
        morning = take(DREAM, still.standing, Event(Did.GO), DAY, NOON + timedelta(hours=14))
        assert (morning.standing.state, morning.standing.step) == (FlowState.DUE, "3")

    @pytest.mark.parametrize(
        ("event", "around"),
        [
            (reply("1"), DAY),  # a late part of the step before
            (reply("2", seen=False), DAY),  # said before the step had left
            (Event(Did.GO, seen=False), DAY),  # GO twice in a row
        ],
    )
    def test_late_and_doubled_texts_move_nothing(self, event: Event, around: Around) -> None:
        before = asked(DREAM, "2")
        assert take(DREAM, before, event, around, NOON + MINUTE).standing == before

    def test_48_hours_of_silence_end_it_and_a_reply_counts_anew(self) -> None:
        standing = take(DREAM, asked(DREAM, "2"), reply("2"), DAY, NOON + timedelta(hours=40)).standing
        standing = take(DREAM, standing, Event(Did.WROTE), DAY, NOON + timedelta(hours=40)).standing
        later = NOON + timedelta(hours=40 + 48)
        assert take(DREAM, standing, Event(Did.LOOK), DAY, later - MINUTE).standing.open
        over = take(DREAM, standing, Event(Did.LOOK), DAY, later).standing
        assert (over.state, over.why) == (FlowState.EXPIRED, Ending.SILENCE)

    def test_a_new_version_of_the_data_changes_nothing_for_who_is_under_way(self) -> None:
        second = replace(DREAM, version=2, steps=(*DREAM.steps[:2], Step("other", "B1")))
        standing = asked(DREAM, "2")
        assert take(DREAM, standing, reply("2"), DAY, NOON).standing.step == "3"
        assert take(second, standing, reply("2"), DAY, NOON).standing.step == "other"

    @pytest.mark.parametrize("did", [Did.GO, Did.BASE, Did.DONE])
    def test_said_too_late_it_is_over_even_where_no_clock_has_looked(self, did: Did) -> None:
        turn = take(DREAM, asked(DREAM, "2"), Event(did), DAY, NOON + timedelta(hours=49))
        assert (turn.standing.state, turn.say) == (FlowState.EXPIRED, None)


class TestOnePair:
    def test_without_an_answer_there_is_no_second_side(self) -> None:
        standing = asked(PAIR, "A")
        for hours in range(1, PAIR.expires_after_h):
            standing = take(PAIR, standing, Event(Did.LOOK), DAY, NOON + timedelta(hours=hours)).standing
            assert (standing.state, standing.step) == (FlowState.ASKED, "A")
        assert take(PAIR, standing, Event(Did.LOOK), DAY, standing.expires_at).standing.state is FlowState.EXPIRED

    def test_a_day_after_the_answer_the_other_side_is_due(self) -> None:
        standing = take(PAIR, asked(PAIR, "A"), reply("A"), DAY, NOON).standing
        assert (standing.state, standing.step, standing.due_at) == (FlowState.DUE, "B", NOON + timedelta(days=1))
        assert standing.expires_at > NOON + timedelta(days=1)

    def test_the_other_person_is_asked_directly_whether_or_not_they_answered_the_first(self) -> None:
        early = take(ASIDE, asked(ASIDE, "first"), Event(Did.LOOK), DAY, NOON + timedelta(hours=23)).standing
        assert early.state is FlowState.ASKED
        due = take(ASIDE, early, Event(Did.LOOK), DAY, NOON + timedelta(hours=24)).standing
        assert (due.state, due.step) == (FlowState.DUE, "D")

    @pytest.mark.parametrize("did", [Did.GO, Did.BASE, Did.DONE])
    def test_the_words_of_a_journey_mean_nothing_in_it(self, did: Did) -> None:
        turn = take(PAIR, asked(PAIR, "A"), Event(did), DAY, NOON)
        assert (turn.standing, turn.say) == (asked(PAIR, "A"), None)


@st.composite
def events(draw: st.DrawFn) -> tuple[Event, Around, int]:
    did = draw(st.sampled_from(list(Did)))
    minutes = draw(st.integers(0, 60 * 60))
    event = Event(
        did, step=draw(st.sampled_from(["1", "2", "3", "4", "5", "A", "B", "first", "D"])), seen=draw(st.booleans()),
        hard_day=draw(st.booleans()), why=draw(st.sampled_from(list(Ending))),
        until=draw(st.none() | st.integers(0, 5000).map(lambda some: NOON + some * MINUTE)),
    )  # fmt: skip
    around = Around(draw(st.booleans()), frozenset(draw(st.sets(st.sampled_from(SKIPS)))))
    return event, around, minutes


@given(st.sampled_from(list(flows().values())), st.lists(events(), max_size=30))
def test_whatever_happens_the_machine_stays_whole(flow: Flow, happened: list[tuple[Event, Around, int]]) -> None:
    now = NOON
    standing = begin(flow, now, now, DAY).standing
    order = [step.id for step in flow.steps]
    for event, around, minutes in happened:
        now += minutes * MINUTE
        turn = take(flow, standing, event, around, now)
        before, after = standing, turn.standing
        assert after.state is before.state or after.state in MOVES[before.state]
        assert after.step in order and order.index(after.step) >= order.index(before.step)
        assert (after.state is FlowState.DUE) == (after.due_at is not None)
        assert after.open == (after.state in OPEN_STATES) == (after.why is None)
        if not before.open:
            assert after == before and turn.say is None and turn.passed == ()
        if (
            event.did is Did.BASE and flow.step_by_step and before.open and now < before.expires_at
        ):  # never a failure, from any state
            assert (after.state, turn.say) == (FlowState.HELD, flow.base)
        if event.did is Did.END:
            assert not after.open
        if after.step != before.step and event.did is Did.REPLY:
            assert event.step == before.step and event.seen  # only an answer to the open step leads on
        assert not ({step.id for step, _ in turn.passed} & {after.step} and after.open)
        if after.open and after.state is not before.state and after.state is not FlowState.HELD:
            assert not (set(flow.step(after.step).skip_if) & around.skips) or event.did in (
                Did.WROTE,
                Did.LATER,
                Did.LOST,
            )
        assert turn.say in (None, flow.base, "ACK")
        standing = after
    end = take(flow, standing, Event(Did.LOOK), Around(), standing.expires_at + timedelta(days=400)).standing
    end = take(flow, end, Event(Did.LOOK), Around(), end.expires_at + timedelta(days=400)).standing
    assert not end.open  # nothing stays open for ever
