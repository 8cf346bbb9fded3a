"""Rules: what the family page shows of writing: a text to the family in the making, and who else is at it."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody of the family, and whether and when a text would reach them."""

    member_id: str
    name: str
    chosen: bool
    leaves: When | None  # None: no text may go to them
    why: str = ""  # why none may, or why it waits
    shared: bool = False  # others may read this phone


@dataclass(frozen=True, slots=True)
class Cost:
    """What a text costs as it stands."""

    parts: int
    units: int
    encoding: str
    price: str = ""  # empty: the agency has not said what a part costs
    changes: tuple[str, ...] = ()  # what is made plain when it is sent


@dataclass(frozen=True, slots=True)
class Writing:
    """A text to the family that is being written."""

    recipients: tuple[Recipient, ...]
    form: FormState = NOTHING_TYPED
    key: str = ""  # sent with the form, so that a second press writes nothing twice
    seen: str = ""  # the newest text from staff that this page knows
    about_id: str = ""  # the moment that it answers
    about_words: tuple[str, ...] = ()  # its parts
    about_by: str = ""
    about_language: str = "en"
    cost: Cost | None = None
    last: str = ""  # what a colleague wrote last, where that has to be read first
    last_by: str = ""
    kept: bool = False  # these words are a draft from earlier
    waiting: bool = False  # a draft that nobody asked to see: folded away


@dataclass(frozen=True, slots=True)
class Other:
    """A colleague who has this page open."""

    name: str
    writing: bool

    @property
    def mark(self) -> str:
        """Who and what, as a word that an address can carry."""
        return f"{self.name}{'.w' if self.writing else ''}"


@dataclass(frozen=True, slots=True)
class Begun:
    """What the address or a refused form says of the text: `open` False shows it only where a draft waits."""

    open: bool = False
    about: str = ""
    form: FormState = NOTHING_TYPED
    overtaken: str = ""  # the colleague's text that has to be read first


NOTHING_BEGUN = Begun()
