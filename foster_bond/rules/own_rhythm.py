"""Reflections → the word "quiet": a silence that is longer than the family's own. Facts, no guesses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.week_words import number_word

LOOK_BACK = timedelta(days=84)
QUIET_GAPS = 3.0  # so many of their own usual gaps without a word
QUIET_DAYS = 6  # nobody is called quiet sooner, however often they wrote
QUIET_ASKED = 2  # silence says something only if we asked
NEVER_ASKED = 4  # prompts without any answer, ever


@dataclass(frozen=True, slots=True)
class Habit:
    """How often a family wrote. The silence since the last time does not count."""

    written: int
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def gap_days(self) -> float | None:
        """Days between two times they wrote; None below three times."""
        if self.written < 3 or self.first_at is None or self.last_at is None:
            return None
        return max((self.last_at - self.first_at) / timedelta(days=1) / (self.written - 1), 0.5)


def gone_quiet(habit: Habit, asked_since: int, now: datetime) -> str | None:
    """The sentence about a silence that is longer than their own; None where there is none.

    `asked_since`: prompts that reached them after their last words.
    """
    if habit.last_at is None:
        return (
            f"{number_word(asked_since).capitalize()} prompts asked, no word yet."
            if asked_since >= NEVER_ASKED
            else None
        )
    gap, silent = habit.gap_days, (now - habit.last_at).days
    if gap is None or asked_since < QUIET_ASKED or silent < max(QUIET_DAYS, QUIET_GAPS * gap):
        return None
    return f"Nothing for {silent} days; they usually write {how_often(gap)}."


def how_often(gap_days: float) -> str:
    """A rhythm as people say it."""
    a_week = 7 / gap_days
    for least, words in (
        (4.5, "most days"),
        (2.5, "several times a week"),
        (1.5, "twice a week"),
        (0.75, "once a week"),
    ):
        if a_week >= least:
            return words
    return f"every {round(gap_days)} days"
