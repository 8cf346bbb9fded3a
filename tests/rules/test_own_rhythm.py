"""The opening paragraph and the word "quiet": facts against a family's own usual, and nothing about feelings."""

from datetime import UTC, date, datetime, timedelta

import pytest

from foster_bond.rules.marked_words import marked
from foster_bond.rules.own_rhythm import Habit, Person, gone_quiet, how_often, lead, usual_of
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.week_words import listed, month_short, times, week_heading

NOW = datetime(2026, 11, 17, 23, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def spoken(*people: Person, **more: str) -> str:
    return "".join(piece.words for piece in lead(people, **more))


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
    ("lately", "usual", "compared"),
    [
        (5, None, ""),
        (5, 5.4, ", about as often as usual"),
        (7, 5.0, ", a little more than usual"),
        (9, 5.0, ", more than usual"),
        (3, 5.0, ", a little less than usual"),
        (1, 5.0, ", less than usual"),
    ],
)
def test_written_against_their_own_usual(lately: int, usual: float | None, compared: str) -> None:
    words = spoken(Person("Grace", 9, lately, usual), last_words="Mon 16 Nov")
    often = times(lately)
    assert words == f"In the last four weeks Grace has written {often}{compared}. The last words came Mon 16 Nov."


def test_the_whole_paragraph() -> None:
    grace = Person("Grace", 12, 5, 4.0, "m1", ratings=(4, 2, 2, 3), usual_rating=4, rating_id="m2")
    ben = Person("Ben", 12, 1, 3.0, "m3")
    ivo, teen = Person("Ivo", 3, 0), Person("Teen", 0, 0)  # the teen was never asked, so is not silent
    assert spoken(grace, ben, ivo, teen, last_words="Mon 16 Nov") == (
        "In the last four weeks Grace has written five times, a little more than usual; Ben once, less than usual; "
        "nothing came from Ivo. Grace’s own last ratings were 2, 2 and 3 out of 5; usually 4. "
        "The last words came Mon 16 Nov."
    )
    assert {piece.moment_id for piece in lead([grace, ben], last_words="x")} == {"", "m1", "m2", "m3"}


def test_before_the_first_words() -> None:
    assert spoken(first_planned="Wed 18 Nov, 7:00 pm") == (
        "Nothing has been asked yet. The first prompt leaves Wed 18 Nov, 7:00 pm."
    )
    assert spoken(Person("Grace", 1, 0)) == "One prompt has been asked. Nothing has come back yet."
    assert spoken(Person("Grace", 6, 0), last_words="Tue 1 Sep") == (
        "Nothing has been written in the last four weeks. The last words came Tue 1 Sep."
    )


def test_a_usual_needs_two_weeks_to_stand_on() -> None:
    assert usual_of(3, None, NOW) is None
    assert usual_of(3, NOW - 41 * DAY, NOW) is None
    assert usual_of(4, NOW - 56 * DAY, NOW) == 4.0
    assert usual_of(8, NOW - 300 * DAY, NOW) == 4.0


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
