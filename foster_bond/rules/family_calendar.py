"""Rules, under the gate: all that stands on the calendar of one family, its agency's dates included."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.blackout import MarkedDate, Stretch, in_force, stretches
from foster_bond.rules.local_time import local_day
from foster_bond.rules.placement_status import PlacementEvent, Rests, placement_on


@dataclass(frozen=True, slots=True)
class FamilyCalendar:
    """The dates that may hold something, what happened to the placement, and which members are asked about visits."""

    dates: tuple[MarkedDate, ...] = ()
    placement: tuple[PlacementEvent, ...] = ()
    asked_about_visits: frozenset[str] = frozenset()  # members

    def stretches(self, zone: str, around: datetime) -> tuple[Stretch, ...]:
        """What the dates cover on walls in `zone`."""
        return stretches(self.dates, zone, around) if self.dates else ()

    def near(self, zone: str, at: datetime) -> Stretch | None:
        """The date that holds at that instant, if one does."""
        return in_force(self.stretches(zone, at), at)

    def rests(self, zone: str, at: datetime) -> Rests | None:
        """What keeps our texts away on that local day."""
        return placement_on(self.placement, local_day(at, zone)) if self.placement else None


EMPTY = FamilyCalendar()
