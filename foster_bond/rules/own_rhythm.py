"""Reflections → what a caseworker reads first: how often somebody writes, against their own usual. Facts, no guesses.

Never what anybody feels: only what was asked, what came back, when, and the numbers that people gave themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.page_values.family import LeadPiece
from foster_bond.rules.week_words import listed, number_word, times

LATELY = timedelta(days=28)
LOOK_BACK = timedelta(days=84)
LEAST_TO_COMPARE = timedelta(days=14)  # a shorter "usual" is chance
QUIET_GAPS = 3.0  # so many of their own usual gaps without a word
QUIET_DAYS = 6  # nobody is called quiet sooner, however often they wrote
QUIET_ASKED = 2  # silence says something only if we asked
NEVER_ASKED = 4  # prompts without any answer, ever
_ONES = 3  # ratings named in the sentence


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


@dataclass(frozen=True, slots=True)
class Person:
    """What one member did lately. `lately_id`, `rating_id`: the moment that the words rest on."""

    name: str
    asked: int  # prompts that reached them in the last 12 weeks
    lately: int
    usual: float | None = None  # in 28 days, over the weeks before; None: too little to compare
    lately_id: str = ""
    ratings: tuple[int, ...] = ()  # their own, lately, oldest first
    usual_rating: int | None = None
    rating_id: str = ""


def usual_of(before: int, first_asked: datetime | None, now: datetime) -> float | None:
    """How often in 28 days, from `before` times in the eight weeks that ended 28 days ago."""
    if first_asked is None:
        return None
    span = (now - LATELY) - max(first_asked, now - LOOK_BACK)
    return None if span < LEAST_TO_COMPARE else before * (LATELY / span)


def lead(people: Sequence[Person], *, last_words: str = "", first_planned: str = "") -> tuple[LeadPiece, ...]:
    """The opening paragraph of a family's page.

    `last_words`: when the family last wrote; `first_planned`: when the next prompt leaves; both as spoken.
    """
    asked = sum(one.asked for one in people)
    if not last_words:
        return (LeadPiece(_nothing_yet(asked, first_planned)),)
    pieces = _written([one for one in people if one.asked or one.lately])
    for one in people:
        pieces += _ratings(one)
    return (*pieces, LeadPiece(f" The last words came {last_words}."))


def _nothing_yet(asked: int, first_planned: str) -> str:
    if asked:
        noun = "prompt has" if asked == 1 else "prompts have"
        return f"{number_word(asked).capitalize()} {noun} been asked. Nothing has come back yet."
    then = f" The first prompt leaves {first_planned}." if first_planned else ""
    return f"Nothing has been asked yet.{then}"


def _written(people: Sequence[Person]) -> list[LeadPiece]:
    wrote = [one for one in people if one.lately]
    silent = [one for one in people if not one.lately]
    if not wrote:
        return [LeadPiece("Nothing has been written in the last four weeks.")]
    pieces = [LeadPiece("In the last four weeks ")]
    for number, one in enumerate(wrote):
        verb = " has written " if number == 0 else " "
        pieces += [LeadPiece(f"{'; ' if number else ''}{one.name}{verb}"), LeadPiece(times(one.lately), one.lately_id)]
        compared = _compared(one.lately, one.usual)
        pieces += [LeadPiece(f", {compared}")] if compared else []
    if silent:
        pieces.append(LeadPiece(f"; nothing came from {listed([one.name for one in silent])}"))
    return [*pieces, LeadPiece(".")]


def _compared(lately: int, usual: float | None) -> str:
    if usual is None:
        return ""
    more = lately - usual
    if abs(more) < 1 or abs(more) < 0.15 * usual:
        return "about as often as usual"
    little = "a little " if abs(more) < 0.5 * max(usual, 1) else ""
    return f"{little}{'more' if more > 0 else 'less'} than usual"


def _ratings(one: Person) -> list[LeadPiece]:
    if not one.ratings:
        return []
    named = [str(value) for value in one.ratings[-_ONES:]]
    usually = "" if one.usual_rating is None else f"; usually {one.usual_rating}"
    noun, verb = ("ratings", "were") if len(named) > 1 else ("rating", "was")
    last = "last " if len(one.ratings) > _ONES else ""
    return [
        LeadPiece(f" {one.name}’s own {last}{noun} {verb} "),
        LeadPiece(listed(named), one.rating_id),
        LeadPiece(f" out of 5{usually}."),
    ]
