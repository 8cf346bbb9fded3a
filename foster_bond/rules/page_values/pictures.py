"""Rules: what the pictures of a family show: a year by week, its own ratings, and which rungs it was asked from."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import When


@dataclass(frozen=True, slots=True)
class WeekColumn:
    """One week of the year: how many prompts reached the family and how many of them were answered."""

    words: str  # "Week of 3 November"
    month: str  # its name where a new month begins; else empty
    asked: int
    answered: int
    rungs: tuple[tuple[int, int], ...]  # the same for each rung, lowest first


@dataclass(frozen=True, slots=True)
class RatingMark:
    """One number somebody gave. `x` runs from 0, the first Monday, to 1000, the end of this week."""

    x: int
    value: int
    when: When


@dataclass(frozen=True, slots=True)
class NoteMark:
    """A note that somebody of the staff wrote, on the same line of time."""

    x: int
    author: str
    when: When


@dataclass(frozen=True, slots=True)
class RatingPicture:
    """One person's own rating of one kind over the year, oldest first."""

    member_name: str
    kind: str  # thermometer | closeness | hard_moments
    low: int
    top: int
    marks: tuple[RatingMark, ...]
    joined: bool  # whether the marks may be joined by a line
    usual: int | None  # what they usually gave before the last ones
    last: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PicturesPage:
    """A family's year in pictures; each has the same as a table."""

    family_id: str
    name: str
    weeks: tuple[WeekColumn, ...]  # oldest first, 12 to 52 of them; empty before the first prompt
    ratings: tuple[RatingPicture, ...]
    notes: tuple[NoteMark, ...]
    techniques: tuple[str, ...]  # the names of the rungs, lowest first

    @property
    def asked(self) -> int:
        return sum(week.asked for week in self.weeks)

    @property
    def answered(self) -> int:
        return sum(week.answered for week in self.weeks)
