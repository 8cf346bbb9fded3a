"""Rules, the numbers people give themselves → what may be said of them: only against the same person's own past.

Made for this service and not validated by anybody: each is "your own rating", never a measure of a person.
Source: domain.md section 4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median_low

from foster_bond.rules.ladder_state import SUPPORT

LAST = 3  # the answers that are named one by one
LEAST_FOR_USUAL = 3  # earlier answers, before anything is called usual
LEAST_FOR_LINE = 4  # domain.md section 4: no trend line below four points


class RatingKind(StrEnum):
    """What a person rates for themselves."""

    THERMOMETER = "thermometer"  # how much is left, 1 to 5
    CLOSENESS = "closeness"  # how close to the child, 1 to 7
    HARD_MOMENTS = "hard_moments"  # a count of hard moments, 0 to 10


SCALES = {RatingKind.THERMOMETER: (1, 5), RatingKind.CLOSENESS: (1, 7), RatingKind.HARD_MOMENTS: (0, 10)}
"""The lowest and the highest number of each."""
_REPLIES = {"1-5": RatingKind.THERMOMETER, "1-7": RatingKind.CLOSENESS, "0-10": RatingKind.HARD_MOMENTS}


def kind_of(*, level: int, target: str, reply: str) -> RatingKind | None:
    """What the number in an answer to such a prompt rates; None where it is no rating of oneself.

    "How sure are you, 1 to 5?" of a challenging prompt is a step of thinking, not a rating.
    """
    kind = _REPLIES.get(reply) if level <= SUPPORT else None
    return None if kind is RatingKind.THERMOMETER and target != "self" else kind


@dataclass(frozen=True, slots=True)
class RatingPoint:
    """One number, when it was given, and in which reflection."""

    value: int
    at: datetime
    reflection_id: str


@dataclass(frozen=True, slots=True)
class OwnRatings:
    """One person's answers to one kind of question, oldest first."""

    kind: RatingKind
    points: tuple[RatingPoint, ...]

    @property
    def last(self) -> tuple[RatingPoint, ...]:
        """The newest answers, oldest first, at most three."""
        return self.points[-LAST:]

    @property
    def usual(self) -> int | None:
        """The number they usually gave before those last ones: the middle one; None where there are too few."""
        before = [one.value for one in self.points[:-LAST]]
        return median_low(before) if len(before) >= LEAST_FOR_USUAL else None

    @property
    def may_draw_line(self) -> bool:
        """Whether the points may be joined by a line."""
        return len(self.points) >= LEAST_FOR_LINE


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """One answer with a number, and what its prompt is: what the store hands over."""

    member_id: str
    level: int
    target: str
    reply: str
    point: RatingPoint


def own_ratings(answers: Iterable[RatedAnswer]) -> dict[str, dict[RatingKind, OwnRatings]]:
    """Each person's own ratings by member and kind, oldest first; answers that rate nothing are left out."""
    found: dict[str, dict[RatingKind, list[RatingPoint]]] = {}
    for answer in answers:
        kind = kind_of(level=answer.level, target=answer.target, reply=answer.reply)
        if kind is not None and SCALES[kind][0] <= answer.point.value <= SCALES[kind][1]:
            found.setdefault(answer.member_id, {}).setdefault(kind, []).append(answer.point)
    return {
        member_id: {kind: _in_order(kind, kinds[kind]) for kind in RatingKind if kind in kinds}
        for member_id, kinds in found.items()
    }


def _in_order(kind: RatingKind, points: Iterable[RatingPoint]) -> OwnRatings:
    return OwnRatings(kind, tuple(sorted(points, key=lambda one: (one.at, one.reflection_id))))
