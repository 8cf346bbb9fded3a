"""Rules, the ladder → a caseworker's page: which rungs stand open for a person, and what holds each of the others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.blackout import Stretch, in_force
from foster_bond.rules.ladder_gates import Blocked, every_hold
from foster_bond.rules.ladder_state import CHALLENGING, EXPLORATION, LEVELS, LadderState, PromptFacts

_OTHERS_MIND = frozenset({EXPLORATION, CHALLENGING})  # what those rungs ask about, nearly always


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung as it stands for a person now. `holds` is empty where its prompts may go out."""

    level: int
    holds: tuple[Blocked, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How many of the coming prompts of a family fall outside its marked dates, where challenging may go out."""

    prompts: int
    free: int

    @property
    def none_left(self) -> bool:
        """True where there are prompts to come, and every one lies too close to a marked date."""
        return self.prompts > 0 and self.free == 0


def rungs_of(state: LadderState, now: datetime) -> tuple[Rung, ...]:
    """Every rung from secure base to relationship patterns, lowest first."""
    return tuple(
        Rung(level, every_hold(PromptFacts("", level, "child" if level in _OTHERS_MIND else "self"), state, now))
        for level in range(LEVELS)
    )


def room_for_challenging(stretches: Sequence[Stretch], due: Iterable[datetime]) -> Room:
    """How the marked dates leave room for challenging among prompts that are due at these instants."""
    times = list(due)
    return Room(len(times), sum(in_force(stretches, at) is None for at in times))
