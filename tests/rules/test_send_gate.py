"""The gate: one row of design.md's table per kind, each rule with its reason, and what must hold for any question."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import MANNERS, Kind
from foster_bond.rules.local_time import local_day
from foster_bond.rules.placement_status import Rests
from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.send_gate import ANSWER_LIVES, WELCOME_WAIT, Ask, Caps, Drop, Go, Hold, Used, Verdict, judge
from foster_bond.rules.states import Consent

DENVER = "America/Denver"
SEVEN_PM = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # Tuesday 3 November, 19:00 in Denver
NIGHT = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)  # Wednesday, 2:00
NINE_AM = datetime(2026, 11, 4, 16, 0, tzinfo=UTC)
SUNDAY_TEN = datetime(2026, 11, 8, 17, 0, tzinfo=UTC)
SUNDAY_NOON = datetime(2026, 11, 8, 19, 0, tzinfo=UTC)
TODAY = date(2026, 11, 3)
WEEK = timedelta(days=7)

CAPPED = (Kind.PROMPT, Kind.NUDGE, Kind.AGAIN)
FAMILY = (*CAPPED, Kind.FLOW_STEP, Kind.WELCOME, Kind.ACK, Kind.STAFF_REPLY)  # kinds that need consent
POLITE = (*FAMILY, Kind.CONSENT_ASK)
ANY_HOUR = (Kind.KEYWORD_REPLY, Kind.CRISIS_REPLY, Kind.STAFF_ALERT)


def question(kind: Kind, at: datetime = SEVEN_PM, **more: object) -> Ask:
    """A text that nothing stands against."""
    consent = Consent.NONE if kind is Kind.CONSENT_ASK else Consent.ACTIVE
    plain = Ask(
        kind=kind, at=at, zone=DENVER, hours=PoliteHours(), consent=consent, not_before=at, not_after=at + WEEK,
        answers_at=at,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]  # field names are checked at run


def test_every_kind_has_its_row() -> None:
    assert {*POLITE, *ANY_HOUR} == set(Kind) == set(MANNERS)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_nothing_stands_against_goes(kind: Kind) -> None:
    assert judge(question(kind)) == Go()


LOST = "We do not know the time zone Mars/Base, so nobody knows their hour: import the family with another."


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("where", [{"zone": "Mars/Base"}, {"hours": PoliteHours(also_in=frozenset({"Mars/Base"}))}])
def test_where_the_zone_is_not_known_only_what_leaves_at_any_hour_leaves(kind: Kind, where: dict[str, object]) -> None:
    verdict: Verdict = Go() if kind in ANY_HOUR else Drop(LOST) if kind is Kind.ACK else Hold(LOST)
    assert judge(question(kind, **where)) == verdict


@pytest.mark.parametrize("kind", FAMILY)
@pytest.mark.parametrize(
    ("consent", "verdict"),
    [
        (Consent.NONE, Hold("This number has not agreed to texts yet.")),
        (Consent.PENDING, Hold("This number has not agreed to texts yet.")),
        (Consent.HOLD, Hold("They may have asked us to stop; a person has to decide first.")),
        (Consent.STOPPED, Drop("This number has stopped all texts.")),
    ],
)
def test_a_family_must_have_agreed(kind: Kind, consent: Consent, verdict: Verdict) -> None:
    assert judge(question(kind, consent=consent)) == verdict


@pytest.mark.parametrize("kind", ANY_HOUR)
@pytest.mark.parametrize("consent", list(Consent))
def test_answers_and_alerts_need_no_consent(kind: Kind, consent: Consent) -> None:
    assert judge(question(kind, consent=consent)) == Go()


@pytest.mark.parametrize(
    ("consent", "verdict"),
    [
        (Consent.NONE, Go()),
        (Consent.PENDING, Go()),  # the ask itself makes it pending; once ever is the outbox's own key
        (Consent.ACTIVE, Drop("This number has already decided.")),
        (Consent.HOLD, Drop("This number has already decided.")),
        (Consent.STOPPED, Drop("This number has already decided.")),
    ],
)
def test_the_question_itself_goes_to_who_has_not_decided(consent: Consent, verdict: Verdict) -> None:
    assert judge(question(Kind.CONSENT_ASK, consent=consent)) == verdict


@pytest.mark.parametrize("kind", [kind for kind in POLITE if kind is not Kind.ACK])
@pytest.mark.parametrize(
    ("at", "until"),
    [
        (NIGHT, NINE_AM),
        (SUNDAY_TEN, SUNDAY_NOON),  # Sundays begin at noon
        (datetime(2026, 11, 4, 3, 0, tzinfo=UTC), NINE_AM),  # 20:00 itself is closed
    ],
)
def test_a_family_is_not_woken(kind: Kind, at: datetime, until: datetime) -> None:
    assert judge(question(kind, at)) == Hold("Outside polite hours.", until)


def test_a_thank_you_is_dropped_at_night_rather_than_kept() -> None:
    assert judge(question(Kind.ACK, NIGHT)) == Drop("Outside polite hours; a thank-you is not worth waking anyone.")


@pytest.mark.parametrize("kind", ANY_HOUR)
def test_answers_and_alerts_leave_at_any_hour(kind: Kind) -> None:
    assert judge(question(kind, NIGHT)) == Go()


def test_a_welcome_that_answers_a_yes_leaves_at_any_hour() -> None:
    assert judge(question(Kind.WELCOME, NIGHT, answers_yes=True)) == Go()
    assert isinstance(judge(question(Kind.WELCOME, NIGHT)), Hold)


def test_a_fixed_answer_is_for_a_fresh_text_only() -> None:
    answers = question(Kind.KEYWORD_REPLY)
    stale = Drop("The text it answers is more than five minutes old.", expired=True)
    assert judge(replace(answers, answers_at=SEVEN_PM - ANSWER_LIVES)) == Go()
    assert judge(replace(answers, answers_at=SEVEN_PM - ANSWER_LIVES - timedelta(seconds=1))) == stale
    assert judge(replace(answers, answers_at=None)) == stale


@pytest.mark.parametrize("kind", list(Kind))
def test_an_open_alert_silences_what_is_automatic(kind: Kind) -> None:
    silent = kind in (*CAPPED, Kind.FLOW_STEP, Kind.ACK)
    held = Hold("All prompts wait until the open alert is cleared.")
    assert judge(question(kind, open_alert=True)) == (held if silent else Go())


@pytest.mark.parametrize("kind", list(Kind))
def test_a_closed_placement_ends_what_goes_to_the_family(kind: Kind) -> None:
    dropped = kind in (*FAMILY, Kind.CONSENT_ASK)
    assert judge(question(kind, family_open=False)) == (Drop("The placement is closed.") if dropped else Go())


@pytest.mark.parametrize("kind", list(Kind))
def test_a_pause_holds_prompts_and_reminders_only(kind: Kind) -> None:
    until = SEVEN_PM + timedelta(days=2)
    assert judge(question(kind, paused_until=until)) == (Hold("Paused.", until) if kind in CAPPED else Go())
    assert judge(question(kind, paused_until=SEVEN_PM)) == Go()  # it ends at that very moment


@pytest.mark.parametrize("kind", list(Kind))
def test_a_prompt_lets_the_welcome_go_first_for_ten_minutes(kind: Kind) -> None:
    welcomed = SEVEN_PM - timedelta(minutes=4)
    held = Hold("The welcome texts go first.", welcomed + WELCOME_WAIT)
    assert judge(question(kind, welcomed_at=welcomed)) == (held if kind in CAPPED else Go())
    assert judge(question(kind, welcomed_at=SEVEN_PM - WELCOME_WAIT)) == Go()


def test_a_blackout_date_holds_the_prompt_it_bars() -> None:
    until = SEVEN_PM + timedelta(days=1)
    verdict = judge(question(Kind.PROMPT, blackout_until=until, blackout="a hearing"))
    assert verdict == Hold("Too close to a hearing for this question.", until)


OVER = Rests("The placement has ended.", over=True)
RESTS = "The placement rests: the child is in respite care."
AUTOMATIC = (*CAPPED, Kind.FLOW_STEP, Kind.WELCOME)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_placement_that_has_ended_gets_nothing_of_ours(kind: Kind) -> None:
    assert judge(question(kind, rests=OVER)) == (Drop(OVER.why) if kind in (*FAMILY, Kind.CONSENT_ASK) else Go())


def test_a_farewell_leaves_because_it_is_over_and_obeys_all_else() -> None:
    over = question(Kind.NUDGE, rests=OVER, family_open=False, present=False, farewell=True)
    assert judge(over) == Go()
    assert judge(replace(over, consent=Consent.STOPPED)) == Drop("This number has stopped all texts.")
    assert isinstance(judge(replace(over, open_alert=True)), Hold)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_placement_that_rests_waits_until_the_morning_after(kind: Kind) -> None:
    """A caseworker may still write to the family; a thank-you that comes days later is none."""
    for through, until in ((TODAY, NINE_AM), (None, None)):
        wanted: Verdict = Hold(RESTS, until) if kind in AUTOMATIC else Drop(RESTS) if kind is Kind.ACK else Go()
        assert judge(question(kind, rests=Rests(RESTS, through))) == wanted
    assert judge(question(kind, rests=Rests(RESTS, TODAY - timedelta(days=1)))) == Go()  # it ended yesterday


@pytest.mark.parametrize("kind", list(Kind))
def test_a_holiday_of_the_agency_holds_prompts_and_reminders(kind: Kind) -> None:
    held = Hold("The agency sends nothing on Election Day.", NINE_AM)
    assert judge(question(kind, closed_day="Election Day")) == (held if kind in CAPPED else Go())


@pytest.mark.parametrize(
    ("kind", "prompts", "nudges", "why"),
    [
        (Kind.PROMPT, [0], [], "Already asked today; one prompt a day is the most."),
        (Kind.AGAIN, [0], [], "Already asked today; one prompt a day is the most."),
        (Kind.NUDGE, [0], [], None),  # a reminder of today's own prompt
        (Kind.PROMPT, [1, 2, 4], [], None),
        (Kind.PROMPT, [1, 2, 4, 6], [], "Already 4 prompts in seven days, the most allowed."),
        (Kind.PROMPT, [1, 2, 4, 7], [], None),  # the eighth day back does not count
        (Kind.NUDGE, [1, 2, 4, 6], [], None),
        (Kind.PROMPT, [1, 3, 5], [2, 4, 6], "Already 6 texts in seven days, the most allowed."),
        (Kind.NUDGE, [1, 3, 5], [2, 4, 6], "Already 6 texts in seven days, the most allowed."),
        (Kind.NUDGE, [1, 3, 5], [2, 4, 7], None),
        (Kind.FLOW_STEP, [0, 1, 2, 3], [0, 1, 2, 3], None),  # these use no cap
        (Kind.STAFF_REPLY, [0, 1, 2, 3], [0, 1, 2, 3], None),
        (Kind.WELCOME, [0, 1, 2, 3], [0, 1, 2, 3], None),
    ],
)
def test_caps_count_local_days_over_all_schedules(kind: Kind, prompts: list[int], nudges: list[int], why: str) -> None:
    used = Used(
        tuple(TODAY - timedelta(days=back) for back in prompts), tuple(TODAY - timedelta(days=back) for back in nudges)
    )
    assert judge(question(kind, used=used)) == (Go() if why is None else Hold(why, NINE_AM))


def test_a_lowered_cap_is_kept() -> None:
    used = Used((TODAY - timedelta(days=1),))
    assert judge(question(Kind.PROMPT, used=used, caps=Caps(1, 1, 1))) == Hold(
        "Already 1 prompts in seven days, the most allowed.", NINE_AM
    )


def test_before_its_time_it_waits_and_after_its_window_it_is_over() -> None:
    soon = SEVEN_PM + timedelta(minutes=5)
    assert judge(question(Kind.PROMPT, not_before=soon)) == Hold("It is not its time yet.", soon)
    over = question(Kind.PROMPT, not_after=SEVEN_PM)
    assert judge(over) == Drop("Its time to leave has passed.", expired=True)


def test_a_hold_past_the_window_expires_with_its_own_reason() -> None:
    verdict = judge(question(Kind.PROMPT, NIGHT, not_after=NIGHT + timedelta(hours=1)))
    assert verdict == Drop("Outside polite hours.", expired=True)
    paused = question(Kind.PROMPT, paused_until=SEVEN_PM + timedelta(hours=2), not_after=SEVEN_PM + timedelta(hours=1))
    assert judge(paused) == Drop("Paused.", expired=True)


INSTANTS = st.integers(0, 6 * 366 * 24 * 60).map(lambda m: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
ZONES = st.sampled_from(
    ["America/New_York", DENVER, "Pacific/Honolulu", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago"]
)
QUARTERS = [time(hour, quarter) for hour in range(8, 21) for quarter in (0, 15, 30, 45)]
HOURS = st.builds(
    lambda ends, sunday: PoliteHours(min(ends), max(ends), None if sunday is None else min(sunday, *ends, time(20))),
    st.lists(st.sampled_from([*QUARTERS, time(21)]), min_size=2, max_size=2, unique=True),
    st.sampled_from([None, *QUARTERS]),
)


@st.composite
def questions(draw: st.DrawFn) -> Ask:
    """Any question at all."""
    at = draw(INSTANTS)
    zone = draw(ZONES)
    today = local_day(at, zone)

    def near() -> datetime | None:
        return draw(st.none() | st.integers(-3000, 3000).map(lambda minutes: at + timedelta(minutes=minutes)))

    days = st.lists(st.integers(-1, 9).map(lambda back: today - timedelta(days=back)), max_size=6).map(tuple)
    return Ask(
        kind=draw(st.sampled_from(list(Kind))), at=at, zone=zone, hours=draw(HOURS),
        consent=draw(st.sampled_from(list(Consent))), not_before=near() or at, not_after=near() or at + WEEK,
        paused_until=near(), family_open=draw(st.booleans()), open_alert=draw(st.booleans()), blackout_until=near(),
        rests=draw(st.sampled_from([None, OVER, Rests(RESTS), Rests(RESTS, today), Rests(RESTS, today + WEEK)])),
        closed_day=draw(st.sampled_from([None, "a holiday"])), answers_at=near(), answers_yes=draw(st.booleans()),
        welcomed_at=near(), used=Used(draw(days), draw(days)),
        caps=Caps(1, draw(st.integers(1, 4)), draw(st.integers(1, 6))),
    )  # fmt: skip


@given(questions())
def test_what_goes_was_allowed_to(ask: Ask) -> None:
    if judge(ask) != Go():
        return
    manners, today = MANNERS[ask.kind], local_day(ask.at, ask.zone)
    assert ask.not_before <= ask.at < ask.not_after
    if manners.consent:
        assert ask.consent is Consent.ACTIVE and ask.family_open
        assert ask.rests is None or (ask.kind is Kind.STAFF_REPLY and not ask.rests.over)
    if manners.polite and not (ask.kind is Kind.WELCOME and ask.answers_yes):
        assert polite_hours.is_open(ask.hours, ask.at, ask.zone)
    if manners.caps:
        week = [day for day in (*ask.used.prompts, *ask.used.nudges) if today - timedelta(days=6) <= day <= today]
        assert len(week) < ask.caps.texts_a_week and not ask.open_alert and ask.closed_day is None
        assert ask.paused_until is None or ask.paused_until <= ask.at
    if ask.kind in (Kind.PROMPT, Kind.AGAIN):
        assert today not in ask.used.prompts


@given(questions())
def test_a_hold_ends_later_and_inside_the_window_and_says_why(ask: Ask) -> None:
    verdict = judge(ask)
    if isinstance(verdict, Go):
        return
    assert verdict.why.endswith(".") and len(verdict.why) <= 300
    if isinstance(verdict, Hold) and verdict.until is not None:
        assert ask.at < verdict.until < ask.not_after


@given(questions())
def test_asking_twice_gives_the_same_answer(ask: Ask) -> None:
    assert judge(ask) == judge(replace(ask))


@given(questions())
def test_holds_with_an_end_lead_to_an_answer_in_a_few_steps(ask: Ask) -> None:
    """A slot that is looked at again whenever its hold ends comes to an end: nothing loops for ever."""
    for _ in range(40):
        verdict = judge(ask)
        if not isinstance(verdict, Hold) or verdict.until is None:
            return
        ask = replace(ask, at=verdict.until)
    raise AssertionError(f"still held: {verdict}")


@pytest.mark.parametrize("kind", Kind)
def test_who_has_left_gets_nothing_by_itself(kind: Kind) -> None:
    automatic = kind in (*CAPPED, Kind.FLOW_STEP, Kind.WELCOME, Kind.CONSENT_ASK)
    assert judge(question(kind, present=False)) == (Drop("They have left the family.") if automatic else Go())
