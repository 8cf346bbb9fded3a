"""The word "quiet": a silence against a family's own rhythm, and the small words around it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from foster_bond.rules.marked_words import marked
from foster_bond.rules.own_rhythm import Habit, gone_quiet, how_often
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.week_words import listed, month_short, times, week_heading

NOW = datetime(2026, 11, 17, 23, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("written", "every", "silent", "asked", "quiet"),
    [
        (8, 3.5, 11, 3, "Nothing for 11 days; they usually write twice a week."),
        (8, 3.5, 11, 1, None),  # they were hardly asked
        (8, 3.5, 9, 3, None),  # less than three of their own gaps
        (20, 1, 5, 5, None),  # nobody is called quiet sooner than after six days
        (20, 1, 6, 5, "Nothing for 6 days; they usually write most days."),
        (5, 10, 29, 4, None),
        (5, 10, 30, 4, "Nothing for 30 days; they usually write every 10 days."),
        (2, 3, 40, 9, None),  # twice is no rhythm
    ],
)
def test_quiet_is_measured_in_their_own_gaps(
    written: int, every: float, silent: int, asked: int, quiet: str | None
) -> None:
    last = NOW - silent * DAY
    habit = Habit(written, last - (written - 1) * every * DAY, last)
    assert gone_quiet(habit, asked, NOW) == quiet


def test_a_family_that_never_wrote_is_quiet_after_four_prompts() -> None:
    assert gone_quiet(Habit(0), 3, NOW) is None
    assert gone_quiet(Habit(0), 4, NOW) == "Four prompts asked, no word yet."


@pytest.mark.parametrize(
    ("gap", "words"),
    [(1, "most days"), (2, "several times a week"), (3.5, "twice a week"), (7, "once a week"), (14, "every 14 days")],
)
def test_a_rhythm_in_words(gap: float, words: str) -> None:
    assert how_often(gap) == words


@pytest.mark.parametrize(
    ("monday", "language", "words"),
    [
        (date(2026, 11, 16), "en", "This week"),
        (date(2026, 11, 9), "en", "Last week"),
        (date(2026, 11, 2), "en", "Week of 2 November"),
        (date(2025, 12, 29), "en", "Week of 29 December 2025"),
        (date(2026, 11, 16), "es", "Esta semana"),
        (date(2025, 12, 29), "es", "Semana del 29 de diciembre de 2025"),
    ],
)
def test_a_week_has_a_name(monday: date, language: str, words: str) -> None:
    assert week_heading(monday, date(2026, 11, 17), language) == words


def test_small_words() -> None:
    assert (times(1), times(2), times(3), times(40)) == ("once", "twice", "three times", "40 times")
    assert (listed(["2"]), listed(["2", "2", "3"])) == ("2", "2, 2 and 3")
    assert month_short(date(2026, 11, 1)) == "Nov"
    assert plain_name("Gra\u202ece\u2066\x00 ") == "Grace"


@pytest.mark.parametrize(
    ("spans", "signs"),
    [
        ([(8, 21)], ["not come back"]),
        ([(8, 11), (12, 16)], ["not", "come"]),
        ([(12, 21), (8, 16)], ["not come", " back"]),  # overlapping, in any order
        ([(8, 99), (50, 60)], ["not come back."]),
        ([(-5, 3), (7, 7)], ["She"]),
        ([], []),
    ],
)
def test_marked_words_are_the_whole_text_in_order(spans: list[tuple[int, int]], signs: list[str]) -> None:
    runs = marked("She has not come back.", spans)
    assert [run.text for run in runs if run.sign] == signs
    assert "".join(run.text for run in runs) == "She has not come back."


def test_marked_words_of_nothing() -> None:
    assert [(run.text, run.sign) for run in marked("", [(0, 4)])] == [("", False)]
