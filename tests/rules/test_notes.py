"""The service's own notes: which week, which texts name both words, and what waits while N1 is open."""

from datetime import UTC, date, datetime, timedelta

import pytest

from foster_bond.library import system_texts
from foster_bond.rules.kinds import NOTES, Kind
from foster_bond.rules.notes import in_reminder_week, names_stop_and_pause
from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.send_gate import Ask, Go, Hold, judge
from foster_bond.rules.states import Consent

TEN = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)  # 10 am in Denver


def ask(kind: Kind, *, note: bool = False) -> Ask:
    return Ask(
        kind=kind, at=TEN, zone="America/Denver", hours=PoliteHours(), consent=Consent.ACTIVE, not_before=TEN,
        not_after=TEN + timedelta(hours=2), reconfirming=True, note=note,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [Kind.PROMPT, Kind.NUDGE, Kind.AGAIN])
def test_every_prompt_waits_while_n1_is_open(kind: Kind) -> None:
    assert judge(ask(kind)) == Hold("They are being asked whether they still want the texts.")


@pytest.mark.parametrize("kind", [Kind.WELCOME, Kind.STAFF_REPLY, Kind.FLOW_STEP])
def test_what_is_no_prompt_does_not_wait(kind: Kind) -> None:
    assert judge(ask(kind)) == Go()


def test_the_question_itself_leaves() -> None:
    assert judge(ask(Kind.NUDGE, note=True)) == Go()


def test_the_week_is_the_same_in_every_month() -> None:
    for month in range(1, 13):
        days = [day for day in range(1, 29) if in_reminder_week(date(2026, month, day))]
        assert days == list(range(8, 15)), month


def test_the_texts_that_name_both_words_are_found_by_their_words() -> None:
    found = names_stop_and_pause()
    assert {"N2", "K8"} <= set(found)
    assert not {"W1", "STOP", "K1"} & set(found)


def test_the_notes_exist() -> None:
    assert set(system_texts()) >= NOTES
