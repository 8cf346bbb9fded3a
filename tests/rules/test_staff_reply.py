"""What staff write by text: the first moment the gate leaves open, what it costs, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import Kind
from foster_bond.rules.placement_status import Rests
from foster_bond.rules.send_gate import Go, judge
from foster_bond.rules.staff_reply import LIVES, TOLD_APART, checked, may_be_told, price_of, way_of
from foster_bond.rules.states import Consent
from tests.rules.test_send_gate import DENVER, NIGHT, NINE_AM, SEVEN_PM, SUNDAY_NOON, SUNDAY_TEN, question


@pytest.mark.parametrize(
    ("at", "leaves", "why"),
    [(SEVEN_PM, SEVEN_PM, ""), (NIGHT, NINE_AM, "Outside polite hours."),
     (SUNDAY_TEN, SUNDAY_NOON, "Outside polite hours.")],
)  # fmt: skip
def test_it_leaves_at_the_first_polite_moment(at: object, leaves: object, why: str) -> None:
    way = way_of(question(Kind.STAFF_REPLY, at))  # type: ignore[arg-type]
    assert (way.leaves_at, way.why) == (leaves, why)


@pytest.mark.parametrize(
    "more",
    [{"consent": Consent.STOPPED}, {"consent": Consent.HOLD}, {"consent": Consent.NONE}, {"family_open": False},
     {"rests": Rests("The placement has ended.", over=True)}, {"zone": "Mars/Base"}],
)  # fmt: skip
def test_whom_no_text_may_reach_is_said_with_the_reason(more: dict[str, object]) -> None:
    way = way_of(question(Kind.STAFF_REPLY, **more))
    assert not way.open and way.why


@given(minutes=st.integers(0, 60 * 24 * 14), stopped=st.booleans())
def test_the_moment_that_is_said_is_one_the_gate_lets_through(minutes: int, stopped: bool) -> None:
    at = NIGHT + timedelta(minutes=minutes)
    consent = Consent.STOPPED if stopped else Consent.ACTIVE
    ask = replace(question(Kind.STAFF_REPLY, at, consent=consent), not_after=at + LIVES)
    leaves_at = way_of(ask).leaves_at
    assert (leaves_at is None) is stopped
    if leaves_at is not None:
        assert at <= leaves_at and judge(replace(ask, at=leaves_at)) == Go()
        assert polite_hours.is_open(ask.hours, leaves_at, DENVER)


def test_a_respite_does_not_keep_a_caseworker_away() -> None:
    assert way_of(question(Kind.STAFF_REPLY, rests=Rests("Away.", date(2026, 12, 1)))).open


def test_costly_signs_become_plain_and_are_named() -> None:
    weighed = checked("  “Thank you” – it’s on my list…\r\nSee you.  ")
    assert weighed.text == '"Thank you" - it\'s on my list...\nSee you.'
    assert (weighed.cost.encoding, weighed.cost.parts) == ("GSM-7", 1)
    assert len(weighed.changes) == 4


@pytest.mark.parametrize("words", ["", " \n ", "a" * 613, "ł" * 269])
def test_empty_and_endless_texts_are_refused(words: str) -> None:
    with pytest.raises(InvalidInput):
        checked(words)


def test_what_it_costs() -> None:
    assert [price_of(2, price, "$") for price in (None, 83, 100, 5000, 4500)] == ["", "$0.0166", "$0.02", "$1", "$0.90"]


def test_a_number_hears_once_a_week_that_it_was_read() -> None:
    assert may_be_told(None, NIGHT) and may_be_told(NIGHT - TOLD_APART, NIGHT)
    assert not may_be_told(NIGHT - TOLD_APART + timedelta(seconds=1), NIGHT)
