"""Rules, beside the schedule: what a change does to the texts to come: which move, which come new, which never come."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foster_bond.rules.local_time import week_start
from foster_bond.rules.page_values.plan import PlannedText

_LEAVES = ("planned", "written")


@dataclass(frozen=True, slots=True)
class Changed:
    """One text that a change touches: as it was to leave and as it would; one of the two may be missing."""

    before: PlannedText | None
    after: PlannedText | None

    @property
    def text(self) -> PlannedText:
        """The text as it would be, or as it was where it goes."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to the texts that would leave in the coming weeks."""

    moved: tuple[Changed, ...] = ()
    added: tuple[Changed, ...] = ()
    cancelled: tuple[Changed, ...] = ()
    weeks: int = 0

    @property
    def everything(self) -> tuple[Changed, ...]:
        """All of it in order of time."""
        whole = (*self.moved, *self.added, *self.cancelled)
        return tuple(sorted(whole, key=lambda one: (one.text.leaves_at or one.text.due_at, one.text.occurrence_key)))

    @property
    def families(self) -> int:
        """How many families have a text that moves."""
        return len({one.text.family_id for one in self.moved})


def effect(before: Iterable[PlannedText], after: Iterable[PlannedText], weeks: int) -> Effect:
    """Compare two plans of the same people.

    A text is the same where it is the same question, asked of the same person as often before; on a ladder, where
    replies choose the question, where it is the same slot, or the one that takes its place in the same week.
    """
    old, new = _by_identity(before), _by_identity(after)
    moved = [Changed(old[key], new[key]) for key in old.keys() & new.keys() if _differs(old[key], new[key])]
    gone = [old[key] for key in old.keys() - new.keys()]
    come = [new[key] for key in new.keys() - old.keys()]
    paired, gone, come = _in_the_same_week(gone, come)
    return Effect(
        moved=(*moved, *paired),
        added=tuple(Changed(None, one) for one in come),
        cancelled=tuple(Changed(one, None) for one in gone),
        weeks=weeks,
    )


def _by_identity(texts: Iterable[PlannedText]) -> dict[tuple[str, str, str, int], PlannedText]:
    found: dict[tuple[str, str, str, int], PlannedText] = {}
    asked: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in texts:
        if one.state not in _LEAVES:
            continue
        what = f"{one.local_date}" if one.depends_on_replies else one.prompt_id or ""
        key = (one.member_id, one.schedule_id, what)
        found[(*key, asked[key])] = one
        asked[key] += 1
    return found


def _differs(one: PlannedText, other: PlannedText) -> bool:
    if one.leaves_at != other.leaves_at:
        return True
    return not one.depends_on_replies and one.text != other.text


def _in_the_same_week(
    gone: Sequence[PlannedText], come: Sequence[PlannedText]
) -> tuple[list[Changed], list[PlannedText], list[PlannedText]]:
    waiting: dict[tuple[str, str, object], list[PlannedText]] = defaultdict(list)
    for one in sorted(come, key=lambda text: text.due_at):
        waiting[one.member_id, one.schedule_id, week_start(one.local_date)].append(one)
    paired, left = [], []
    for one in sorted(gone, key=lambda text: text.due_at):
        others = waiting[one.member_id, one.schedule_id, week_start(one.local_date)] if one.depends_on_replies else []
        if others:
            paired.append(Changed(one, others.pop(0)))
        else:
            left.append(one)
    return paired, left, [one for some in waiting.values() for one in some]
