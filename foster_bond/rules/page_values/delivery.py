"""Rules: what the delivery and tasks pages show: what waits, what is in doubt, what a person must decide."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import Choice, When


@dataclass(frozen=True, slots=True)
class HandOver:
    """How long texts waited from the moment that pacing allowed until the carrier had them."""

    texts: int  # how many the figures rest on
    p50: float  # seconds
    p95: float
    p99: float
    within_10: float  # share, 0..1
    within_60: float
    kept: bool  # the promise: 95 % in 10 s and 99.9 % in 60 s


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """How many texts stand in one state for one reason."""

    state: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class PausedSender:
    """A sender, or the whole carrier, that is not sending."""

    sender: str  # the last four digits; empty: everything
    why: str
    since: When
    may_resume: bool = False  # an admin may say that it has been put right


@dataclass(frozen=True, slots=True)
class UnresolvedRow:
    """A text of which nobody knows whether it arrived."""

    message_id: str
    family_id: str
    family_name: str
    member_name: str
    kind: str  # the outbox kind
    text: str
    tried: When
    attempts: int
    language: str = "en"
    asked_carrier: When | None = None  # when we last asked
    may_ask: bool = True
    may_send_again: bool = True
    may_let_go: bool = True


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """The state of sending, for the agency."""

    waiting: int
    due_now: int  # of those waiting, the ones whose time has come
    in_flight: int
    unknown: int
    unresolved: tuple[UnresolvedRow, ...]
    sent_today: int
    oldest_due: When | None
    oldest_seconds: int
    hand_over: HandOver | None  # None = nothing was handed over in the last day
    reasons: tuple[ReasonRow, ...]
    paused: tuple[PausedSender, ...] = ()
    in_doubt: int = 0  # all of the agency's, also those of families that this viewer does not hold


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One thing that a person should do."""

    task_id: str
    kind: str  # unresolved | number | consent | unplaced | follow_up
    title: str  # "We do not know whether Grace got this"
    why: str
    family_id: str
    family_name: str
    due: When | None
    owner: str = ""
    overdue: bool = False
    unresolved: UnresolvedRow | None = None  # the text in doubt, with its three ways out
    may_finish: bool = True
    decide_on: str = ""  # the member on whose page an unclear wish is decided
    follow_up: bool = False  # `task_id` is that of a follow-up: a colleague's own words, with the day they set
    may_reopen: bool = False  # done, and it may be opened again


@dataclass(frozen=True, slots=True)
class TasksPage:
    """What is open, soonest first, and what was done last."""

    open: tuple[TaskRow, ...]
    done: tuple[TaskRow, ...] = ()


@dataclass(frozen=True, slots=True)
class UnplacedRow:
    """A text in that no family could be found for."""

    inbound_id: str
    number_end: str  # the last four digits
    text: str
    when: When
    why: str  # "This number belongs to two families." · "We do not know this number."
    choices: tuple[Choice, ...]  # where it may be filed: member id, "Grace Okafor"
    count: int = 1  # texts of a flood, grouped
    may_adopt: bool = False  # nobody has this number yet: it may be a member's new one
    pictures: int = 0  # photos or videos that came with it, never opened
    withdrawn: bool = False  # they took it back; its words are shown to nobody then
    foreign: bool = False  # neither English nor Spanish


@dataclass(frozen=True, slots=True)
class UnplacedPage:
    """Texts that wait for a person to say whose they are."""

    rows: tuple[UnplacedRow, ...]
    earlier: str = ""
