"""Rules, under the gate: whether a family's placement stands, rests or has ended, from what staff recorded of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PlacementKind(StrEnum):
    """What may happen to a placement."""

    START = "start"  # the child comes, or comes back
    MOVE = "move"  # the child goes to another home: this placement is over
    ENDING = "ending"  # the child goes home, is adopted, comes of age
    RESPITE = "respite"  # the child is elsewhere for some days


_OVER = frozenset({PlacementKind.MOVE, PlacementKind.ENDING})


@dataclass(frozen=True, slots=True)
class PlacementEvent:
    """One event on a local day; a respite runs to `last_day`, or until somebody sets one."""

    kind: PlacementKind
    day: date
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Rests:
    """Nothing of ours goes to the family. `through` is the last such day; None: until a person acts."""

    why: str
    through: date | None = None
    over: bool = False


def placement_on(events: Iterable[PlacementEvent], today: date) -> Rests | None:
    """What keeps everything of ours from a family on that local day; None where the placement stands.

    The latest start, move or ending up to the day decides.
    """
    known = sorted(events, key=lambda one: one.day)  # of one day the one that was recorded last
    turns = [one for one in known if one.kind is not PlacementKind.RESPITE]
    past = [one for one in turns if one.day <= today]
    if past and past[-1].kind in _OVER:
        return Rests("The placement has ended.", over=True)
    respites = [one for one in known if _rests_on(one, today)]
    if respites:
        open_end = any(one.last_day is None for one in respites)
        last = None if open_end else max(one.last_day or one.day for one in respites)
        return Rests("The placement rests: the child is in respite care.", last)
    return None


def _rests_on(one: PlacementEvent, today: date) -> bool:
    return one.kind is PlacementKind.RESPITE and one.day <= today and (one.last_day is None or today <= one.last_day)
