"""Rules: what the moments of a timeline show, one value for each kind."""

from dataclasses import dataclass
from typing import ClassVar

from foster_bond.rules.page_values.frame import When


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where one text out stands."""

    state: str  # scheduled, sending, accepted, sent, delivered, undelivered, failed, unknown, unresolved, cancelled …
    when: When | None = None  # when it came to stand there
    why: str = ""  # the plain sentence for staff when it did not simply arrive


@dataclass(frozen=True, slots=True)
class Asked:
    """The prompt a moment belongs to."""

    text: str  # as it was sent, fills included
    technique: str
    level: int  # 0..5
    language: str = "en"
    when: When | None = None  # when it was sent
    chosen: str = ""  # why it was this one: what chose it, and what of the ladder was held


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a reply."""

    text: str
    when: When
    late: bool = False  # came after the question had closed, or was recovered after an outage
    corrected: bool = False  # filed here by a person, not by the rule
    id: str = ""
    withdrawn: When | None = None  # when they took it back; its words are shown to nobody then
    pictures: int = 0  # photos or videos that came with it, never opened


@dataclass(frozen=True, slots=True)
class CarefulLook:
    """A part of a reply that a person should read with care; it woke nobody."""

    alert_id: str
    category: str
    state: str  # raised | notified | acknowledged | resolved
    may_take: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A prompt that a reply may belong to."""

    slot_id: str
    words: str
    when: When  # when it was asked


@dataclass(frozen=True, slots=True)
class MovedHere:
    """A person moved the reply here, and may take that back."""

    move_id: str
    by: str  # empty: nobody who still works here
    when: When
    before: str  # the prompt it stood under, or "on its own"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody of staff has read a reply, and said so."""

    name: str  # empty: nobody who still works here
    mine: bool
    when: When
    told: bool  # a text says so to whoever wrote


@dataclass(frozen=True, slots=True)
class Reflection:
    """A prompt and its reply, or a text nobody asked for (then `asked` is None)."""

    kind: ClassVar[str] = "reflection"
    id: str
    member_name: str
    asked: Asked | None
    parts: tuple[Part, ...]
    when: When  # of the first part
    minutes_after: int | None = None  # between the asking and the first part
    rating: int | None = None  # the number they gave themselves
    rating_of: int | None = None  # the top of that scale
    guess: bool = False  # the prompt asked them to imagine another mind
    language: str = "en"  # of the reply
    delivery: Delivery | None = None  # of the prompt
    notes: tuple[str, ...] = ()  # small machine facts, one short clause each: "next prompt stepped down to support"
    unread: bool = False
    open_prompt: bool = False  # the question still takes answers
    places: tuple[Place, ...] = ()  # where a person may move it, beside "on its own"
    maybe: Place | None = None  # the rule was not sure: it may belong there
    moved: MovedHere | None = None
    careful: tuple[CarefulLook, ...] = ()
    unseen: bool = False  # nobody of staff had opened the page since it came
    readers: tuple[Reader, ...] = ()  # who has said "I read this"
    may_say_read: bool = False


@dataclass(frozen=True, slots=True)
class PairSide:
    """One of the two or three sides of a moment."""

    heading: str  # "Grace, the teen's side"
    words: str
    when: When
    guess: bool = False
    staff_only: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PairMoment:
    """The same moment from several minds, side by side."""

    kind: ClassVar[str] = "pair"
    id: str
    title: str
    sides: tuple[PairSide, ...]
    when: When


@dataclass(frozen=True, slots=True)
class FixedAnswer:
    """The one fixed text that answered a text."""

    text: str
    delivery: Delivery
    language: str = "en"


@dataclass(frozen=True, slots=True)
class AlertMoment:
    """A text with a warning sign, and what became of it."""

    kind: ClassVar[str] = "alert"
    id: str
    alert_id: str
    member_name: str
    words: str
    category: str
    priority: str  # now | review
    state: str  # raised | notified | acknowledged | resolved
    when: When
    language: str = "en"
    asked: Asked | None = None  # the prompt that this text answered, if it did
    told: str = ""  # "Mina was told by text 20 seconds later"
    taken_by: str = ""
    taken_at: When | None = None
    answer: Delivery | None = None  # the fixed answer that went back
    may_take: bool = False
    reply_id: str = ""  # the reply that shows as this alert alone, and may be moved like any other
    places: tuple[Place, ...] = ()
    maybe: Place | None = None
    moved: MovedHere | None = None


@dataclass(frozen=True, slots=True)
class ConsentMoment:
    """Consent changed."""

    kind: ClassVar[str] = "consent"
    id: str
    member_name: str
    before: str  # none | pending | active | hold | stopped
    after: str
    how: str  # text | recorded | import | staff | carrier
    when: When
    words: str = ""  # the exact words, where there were some
    by: str = ""  # the staff member who recorded it
    language: str = "en"
    answer: FixedAnswer | None = None


@dataclass(frozen=True, slots=True)
class SentMoment:
    """A text out that stands on its own: not yet answered, a welcome, a fixed answer, a reminder, a staff reply."""

    kind: ClassVar[str] = "sent"
    id: str
    member_name: str
    kind_of_text: str  # the outbox kind: prompt, nudge, welcome, consent_ask, keyword_reply, ack, crisis_reply …
    text: str
    when: When
    delivery: Delivery
    technique: str = ""
    level: int | None = None
    language: str = "en"
    answer_until: When | None = None  # until when an answer is filed here; None = it takes none (any more)
    message_id: str = ""  # given when the state is unresolved and a person may act on it
    chosen: str = ""  # why this prompt was chosen
    by: str = ""  # who of staff wrote it
    answers_id: str = ""  # the moment that it answers
    take_back_id: str = ""  # given while it has not left and the viewer may take it back


@dataclass(frozen=True, slots=True)
class HoldMoment:
    """A text that did not go out when planned."""

    kind: ClassVar[str] = "hold"
    id: str
    member_name: str
    text: str
    technique: str
    level: int
    was_due: When
    why: str
    outcome: str  # held | moved | dropped | expired
    until: When | None = None  # where it moved to, or until when it waits
    when: When | None = None  # when the rule decided; None = at its time
    language: str = "en"


@dataclass(frozen=True, slots=True)
class NoteMoment:
    """What a colleague, or the reader, wrote for the record."""

    kind: ClassVar[str] = "note"
    id: str
    author: str
    mine: bool
    text: str
    when: When


@dataclass(frozen=True, slots=True)
class SaidMoment:
    """A text in that answers no prompt: a wish such as PAUSE, or a thumbs-up, with our fixed answer to it."""

    kind: ClassVar[str] = "said"
    id: str
    member_name: str
    words: str
    meaning: str  # the keyword's meaning as stored, "reaction" or "photo"
    when: When
    language: str = "en"
    answer: FixedAnswer | None = None


@dataclass(frozen=True, slots=True)
class CallMoment:
    """Somebody called the number that is only for texts."""

    kind: ClassVar[str] = "call"
    id: str
    member_name: str
    when: When


@dataclass(frozen=True, slots=True)
class VisitMoment:
    """Staff visited the family."""

    kind: ClassVar[str] = "visit"
    id: str
    by: str  # empty: nobody who still works here
    mine: bool
    day: str
    note: str
    when: When  # when it was written down


@dataclass(frozen=True, slots=True)
class PlacementMoment:
    """Something happened to the placement."""

    kind: ClassVar[str] = "placement"
    id: str
    what: str  # start | move | ending | respite
    days: str
    by: str
    note: str
    when: When  # when it was written down


@dataclass(frozen=True, slots=True)
class WalkMoment:
    """A guided activity as one moment: what was asked and said in it, the oldest first."""

    kind: ClassVar[str] = "walk"
    id: str
    member_name: str
    flow: str  # dream_journey
    state: str  # due, asked, held, done, expired, stopped
    why: str  # how it ended
    number: int  # of the step where it stands
    of: int
    when: When  # of the newest thing in it
    inside: "tuple[Moment, ...]"
    unread: bool = False


@dataclass(frozen=True, slots=True)
class ViewsMoment:
    """One moment from two or three sides, next to each other: by letter (A own, B a guess, D asked directly)."""

    kind: ClassVar[str] = "views"
    id: str
    pair: str  # P1 … P6
    when: When
    sides: "tuple[tuple[str, Moment], ...]"


Moment = (
    Reflection
    | WalkMoment
    | ViewsMoment
    | PairMoment
    | AlertMoment
    | ConsentMoment
    | SentMoment
    | SaidMoment
    | HoldMoment
    | NoteMoment
    | CallMoment
    | VisitMoment
    | PlacementMoment
)


@dataclass(frozen=True, slots=True)
class Week:
    """The moments of one week, newest first."""

    words: str  # "This week", "Week of 9 November"
    moments: tuple[Moment, ...]
