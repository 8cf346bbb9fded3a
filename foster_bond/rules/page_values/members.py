"""Rules: what the page of a schedule's members shows: who takes part, since when, and how far they have come."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState, When


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One place in a schedule."""

    member_id: str
    who: str  # a name for who holds the family, else a reference
    state: str  # active | paused | ended | left
    picked: str  # in | out where a person decided, else empty
    since: str  # the day their weeks count from
    asked: int  # how many questions of an ordered programme have been asked
    of: int  # how many it holds; 0 = it does not count
    next_due: When | None = None
    role: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class PickingBox:
    """What picking these people would do, before anything changes."""

    new: int
    back: int
    already: int
    over: tuple[str, ...]
    skipped: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Everybody in a schedule, and who could be."""

    schedule_id: str
    name: str
    state: str
    rows: tuple[MemberRow, ...]
    others: tuple[Choice, ...] = ()
    may_change: bool = False
    form: FormState = NOTHING_TYPED
    picking: PickingBox | None = None
    more: int = 0  # so many more take part than are shown
