"""Rules: what the rota page shows: the week, the days that differ, time off, and the hours that nobody holds."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import When


@dataclass(frozen=True, slots=True)
class RotaLine:
    """One row that can be taken out."""

    row_id: str
    kind: str  # shift | exception | leave
    day: str  # "0" to "6" for a weekly watch, else a date
    hours: str  # "18:00-08:00"; empty for a whole day
    name: str  # empty: nobody


@dataclass(frozen=True, slots=True)
class RotaPage:
    """Who is on call when."""

    zone: str
    kept: bool  # False: nobody wrote a rota, the mark on each person decides
    now: tuple[str, ...]  # names of who is on call at this moment
    lines: tuple[RotaLine, ...]
    gaps: tuple[tuple[When, When], ...]  # of this week
    people: tuple[tuple[str, str], ...]  # id and name
    may_change: bool
