"""Rules: what the calendar pages show: dates and what they hold, and each family's past and coming texts."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState, When


@dataclass(frozen=True, slots=True)
class DateLine:
    """One date on a calendar."""

    date_id: str
    kind: str  # the stored word of rules/blackout.py
    when: str  # "Thu 5 Nov, 2:00 pm"
    holds_from: When
    holds_until: When
    now: bool = False  # it holds at this moment
    manner: str = ""  # of a visit: in_person | video | cut_short
    note: str = ""
    added: str = ""  # "Mina, Mon 2 Nov"
    may_tell: bool = False  # a visit that has begun: how was it held?


@dataclass(frozen=True, slots=True)
class PlacementLine:
    """One event of a placement."""

    event_id: str
    kind: str  # start | move | ending | respite
    when: str
    note: str = ""
    added: str = ""


@dataclass(frozen=True, slots=True)
class FamilyCalendarPage:
    """The dates of one family, its placement, and what each of them holds."""

    family_id: str
    name: str
    rests: str  # why nothing of ours goes there now; empty where the placement stands
    dates: tuple[DateLine, ...]
    shared: tuple[DateLine, ...]  # dates that the agency marked for all families
    placement: tuple[PlacementLine, ...]
    form: FormState = NOTHING_TYPED
    placed_on: str = ""  # "2026-03-01", as a field of a form holds it
    placed: str = ""  # "Sun 1 Mar 2026": the day the child came
    entered: str = ""  # the day the family was entered, which counts where no other day is said

    @property
    def came_form(self) -> FormState:
        """The form of the day the child came: as it was typed, else as it is kept."""
        return self.form if "placed_on" in self.form.values else FormState({"placed_on": self.placed_on})


@dataclass(frozen=True, slots=True)
class TextLine:
    """One slot of a family's list: what was or will be sent, and why or why not."""

    occurrence_id: str  # empty where it is not a row yet: nothing can be done to it
    when: When
    member_name: str
    schedule: str
    text: str
    language: str
    technique: str
    level: int
    outcome: str  # planned | written | held | dropped | expired | skipped | sent
    reasons: tuple[str, ...]
    delivery: str = ""  # of a text that was written: the outbox word
    moved_from: When | None = None
    acts: tuple[str, ...] = ()  # skip | now | move | restore
    local: str = ""  # 2026-11-05T19:00 on the family's wall, for the field that moves it


@dataclass(frozen=True, slots=True)
class FamilyTextsPage:
    """Past and coming texts of one family."""

    family_id: str
    name: str
    zone: str
    coming: tuple[TextLine, ...]
    past: tuple[TextLine, ...]
    earlier: str = ""  # the cursor of older ones
    weeks: int = 2


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """What did not go out for one reason."""

    why: str
    count: int
    families: int
    lines: tuple["HeldLine", ...]


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One text that did not go out. The family is named only to those who may open its page."""

    when: When
    family_id: str
    family_name: str
    schedule: str
    outcome: str
    technique: str = ""


@dataclass(frozen=True, slots=True)
class HeldPage:
    """What did not go out this week, and why."""

    groups: tuple[HeldGroup, ...]
    sent: int
    held: int
    weeks: tuple[Choice, ...]
    more: bool = False
