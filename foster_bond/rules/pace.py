"""Rules, schedule → sender: whether texts due together can leave inside their windows at the sender's pace."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.local_time import zone_of


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts that fall due at one moment and must have left before another. `parts`: of the longest of them."""

    due_at: datetime
    closes_at: datetime
    texts: int
    parts: int


def why_too_slow(batches: Iterable[Batch], parts_per_second: float, zone: str) -> str | None:
    """The arithmetic, where some of the texts could not leave in time; None where all can.

    Every stretch from a due moment to the end of a window is looked at: what lies whole inside it must fit into it.
    """
    known = sorted(batches, key=lambda one: one.due_at)
    for start in sorted({one.due_at for one in known}):
        for end in sorted({one.closes_at for one in known if one.closes_at > start}):
            inside = [one for one in known if one.due_at >= start and one.closes_at <= end]
            needed = sum(one.texts * one.parts for one in inside) / parts_per_second
            room = (end - start).total_seconds()
            if needed > room:
                return _said(inside, start, end, needed, room, parts_per_second, zone)
    return None


def _said(
    inside: list[Batch], start: datetime, end: datetime, needed: float, room: float, pace: float, zone: str
) -> str:
    texts, parts = sum(one.texts for one in inside), max(one.parts for one in inside)
    first, last = (moment.astimezone(zone_of(zone)).strftime("%H:%M") for moment in (start, end))
    each = f"of {parts} parts" if parts > 1 else "of 1 part"
    who = (
        f"{texts:,} texts {each} between {first} and {last} need"
        if texts > 1
        else (f"1 text {each} between {first} and {last} needs")
    )
    return (
        f"{who} {needed:,.0f} s at {pace:g} parts a second, "
        f"and there are {room:,.0f} s. Let them leave within a longer time, or spread them over several schedules."
    )
