"""Rules: what the page of a family's guided activities shows: those under way, what may be offered, and both sides."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a run: asked, answered, passed over, or still to come."""

    number: int
    text: str  # in the person's language, as the agency's prompt says it today
    language: str
    asked: When | None = None
    answer_id: str = ""  # the moment on the timeline that answers it
    passed: str = ""  # minor, hard_day, blackout, teen_home; "left" where they went on without an answer


@dataclass(frozen=True, slots=True)
class RunLine:
    """One person on one activity."""

    run_id: str
    member_name: str
    flow: str  # dream_journey, P1 … P6, P1-direct …
    version: int
    state: str  # due, asked, held, done, expired, stopped
    why: str  # how it ended: finished, word, silence, alert, stop, pause, worker, gone, unsent
    number: int  # of the step where it stands, from 1
    of: int
    started: When
    by: str  # who offered it; empty: a programme
    due: When | None = None
    expires: When | None = None
    held: When | None = None
    resumed: When | None = None
    ended: When | None = None
    with_worker: bool = False
    steps: tuple[StepLine, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class MayOffer:
    """One activity for one person, and what stands in its way (a `Refusal`; empty: nothing)."""

    flow: str
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class PersonToOffer:
    """Somebody of the family with what they may be offered."""

    member_id: str
    name: str
    role: str
    with_worker: bool  # only while a worker sits beside them
    offers: tuple[MayOffer, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a shared moment, in the person's own words."""

    letter: str  # A: the own side, B: a guess at the other's, D: asked directly
    member_name: str
    role: str
    asked: str
    words: tuple[str, ...]
    language: str
    when: When
    moment_id: str


@dataclass(frozen=True, slots=True)
class SharedMoment:
    """The sides of one moment that were answered, next to each other."""

    pair: str  # P1 … P6
    when: When
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class ActivitiesPage:
    """A family's guided activities. `form_of` is the member whose form was refused."""

    family_id: str
    name: str
    open: tuple[RunLine, ...]
    past: tuple[RunLine, ...]
    people: tuple[PersonToOffer, ...]
    shared: tuple[SharedMoment, ...]
    form: FormState = NOTHING_TYPED
    form_of: str = ""
