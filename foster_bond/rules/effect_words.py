"""Rules of the pages: what a change does to the texts of the coming days, in one sentence."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from foster_bond.rules.page_values.plan import PlannedText


class Fate(NamedTuple):
    """What is foreseen for one slot."""

    leaves_at: datetime | None  # None: it does not leave
    prompt_id: str | None


class Effect(NamedTuple):
    """How many of the coming texts a change touches."""

    stopped: int = 0  # would have left and now do not
    released: int = 0  # would not have left and now do
    moved: int = 0
    otherwise: int = 0  # another question than before

    @property
    def total(self) -> int:
        return sum(self)


def fates(planned: Iterable[PlannedText]) -> dict[str, Fate]:
    """What is foreseen, by slot."""
    return {one.occurrence_key: Fate(one.leaves_at, one.prompt_id) for one in planned}


def effect_of(before: Mapping[str, Fate], after: Mapping[str, Fate]) -> Effect:
    """What is different afterwards. A slot that only one side knows counts as one that does not leave on the other."""
    counts = [0, 0, 0, 0]
    for key in before.keys() | after.keys():
        old, new = before.get(key, _NEVER), after.get(key, _NEVER)
        if (old.leaves_at is None) != (new.leaves_at is None):
            counts[0 if new.leaves_at is None else 1] += 1
        elif new.leaves_at is not None and old.leaves_at != new.leaves_at:
            counts[2] += 1
        elif new.leaves_at is not None and old.prompt_id != new.prompt_id:
            counts[3] += 1
    return Effect(*counts)


def effect_words(effect: Effect, *, span: str = "in the next two weeks") -> str:
    """ "From now on 2 texts wait or are left out and 1 leaves at another time, in the next two weeks." """
    said = [
        (effect.stopped, "waits or is left out", "wait or are left out"),
        (effect.released, "leaves that was held", "leave that were held"),
        (effect.moved, "leaves at another time", "leave at another time"),
        (effect.otherwise, "asks something else", "ask something else"),
    ]
    parts = [
        f"{count} {'text' if count == 1 else 'texts'} {one if count == 1 else many}"
        for count, one, many in said
        if count
    ]
    if not parts:
        return f"No text changes {span}."
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"From now on {listed}, {span}."


_NEVER = Fate(None, None)
