"""Rules, reflection → page: two views of one moment: which side of which moment a prompt asks about.

Source: prompts.md section 8. A is the own side, B a guess at the other's, D the other person, asked directly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from foster_bond.library import prompts
from foster_bond.library.flows import flows
from foster_bond.rules.ladder_state import LadderPast
from foster_bond.rules.local_time import local_day

TOGETHER = timedelta(days=14)  # sides further apart are of two moments
OWN, GUESS, DIRECT = "A", "B", "D"


@cache
def side_of(prompt: str) -> tuple[str, str] | None:
    """The moment (`P1` …) and the side (`A`, `B`, `D`) of a prompt; None where it is about no pair."""
    known = prompts().get(prompt)
    if known is not None and known.pair is not None and known.side is not None:
        return known.pair, known.side
    for flow in flows().values():
        if flow.id.endswith("-direct") and flow.steps[-1].prompt == prompt:
            return flow.id.removesuffix("-direct"), DIRECT
    return None


@dataclass(frozen=True, slots=True)
class Told:
    """One answered side: `key` is whatever the caller knows it by."""

    key: str
    prompt: str
    at: datetime


def together(told: Iterable[Told]) -> tuple[tuple[str, Sequence[Told]], ...]:
    """The moments of which at least two different sides were answered, the newest first, each in order A, B, D."""
    open_: dict[str, list[Told]] = {}
    found: list[tuple[str, list[Told]]] = []
    for one in sorted(told, key=lambda one: one.at):
        place = side_of(one.prompt)
        if place is None:
            continue
        pair, side = place
        group = open_.get(pair)
        begins = group is None or one.at - group[0].at > TOGETHER or (side == OWN and _has(group, OWN))
        if begins or group is None:
            group = open_[pair] = []
            found.append((pair, group))
        group.append(one)
    whole = [(pair, group) for pair, group in found if len({side_of(one.prompt) for one in group}) > 1]
    whole.sort(key=lambda one: one[1][-1].at, reverse=True)
    return tuple((pair, sorted(group, key=lambda one: (side_of(one.prompt) or ("", ""))[1])) for pair, group in whole)


def _has(group: Sequence[Told], side: str) -> bool:
    return any((side_of(one.prompt) or ("", ""))[1] == side for one in group)


@cache
def first_of(prompt: str) -> str | None:
    """The prompt that must have been answered, a day or more before, before this one may be asked."""
    place = side_of(prompt)
    if place is None or place[1] != GUESS:
        return None
    return next((key for key, one in prompts().items() if one.pair == place[0] and one.side == OWN), None)


def why_not_yet(first: str, past: LadderPast, zone: str, now: datetime) -> str | None:
    """Why the second side of a moment may not be asked yet: the own side comes first, and a day lies between."""
    asked = next((one for one in reversed(past.recent) if one.prompt.id == first), None)
    if asked is None or asked.answered_at is None:
        return "the own side comes first, and only an answer to it opens the other's"
    if local_day(now, zone) <= local_day(asked.sent_at, zone):
        return "the other's side comes a day after the own one"
    return None
