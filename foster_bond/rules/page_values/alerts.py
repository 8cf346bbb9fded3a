"""Rules: what the alerts page shows: open ones first, then what became of the others."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import When
from foster_bond.rules.response_times import ResponseTimes


@dataclass(frozen=True, slots=True)
class Told:
    """One person who was, or will be, told."""

    name: str
    channel: str  # text | email | page
    when: When | None  # None = not yet
    state: str = "told"  # told | trying | failed | planned


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of what they wrote. `sign`: these words raised the alarm."""

    text: str
    sign: bool = False


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert; texts of the same trouble are grouped by the step."""

    alert_id: str
    family_id: str  # empty when the viewer may not open the family, or there is none
    family_name: str  # empty when the number belongs to no family
    member_name: str
    category: str
    priority: str  # now | review
    state: str  # raised | notified | acknowledged | resolved
    words: tuple[tuple[Run, ...], ...]  # what they wrote, oldest text first
    raised: When
    minutes: int
    language: str = "en"
    told: tuple[Told, ...] = ()
    answered: str = ""  # "We answered by text 8 seconds later", or why we could not
    taken_by: str = ""
    taken_at: When | None = None
    resolved_by: str = ""
    resolved_at: When | None = None
    resolution: str = ""
    duty: str = ""  # what staff have to do about this kind, in the agency's words
    drill: bool = False
    due: When | None = None  # until when it has to be read, where it wakes nobody
    late: bool = False  # that moment has passed
    may_take: bool = False
    may_hand_over: bool = False
    may_dismiss: bool = False
    may_resolve: bool = False


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """What needs somebody now, and the last ones that were dealt with."""

    open: tuple[AlertRow, ...]
    closed: tuple[AlertRow, ...]
    earlier: str = ""
    colleagues: tuple[tuple[str, str], ...] = ()  # id and name: to whom an alert may be handed over
    reasons: tuple[tuple[str, str], ...] = ()  # key and words: why one may be a false alarm
    may_drill: bool = False
    times: ResponseTimes | None = None  # for supervisors: the last 90 days
