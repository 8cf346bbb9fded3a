"""Rules: what the phones page shows (demo only): simulated phones as message threads, and the virtual clock."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on a phone."""

    id: str
    mine: bool  # True = typed on this phone; False = it arrived
    text: str
    when: When
    day: str = ""  # set on the first text of a day: "Monday 9 November"
    note: str = ""  # "answered late", "2 parts"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PhoneThread:
    """One simulated phone."""

    phone_id: str  # opaque; never the number
    number: str  # fictional, so it may be shown
    member_name: str  # empty: a number that nobody knows
    family_name: str
    family_id: str
    language: str
    bubbles: tuple[Bubble, ...]  # oldest first
    local_now: When
    stopped: bool = False
    staff: bool = False  # a staff phone: alerts arrive here


@dataclass(frozen=True, slots=True)
class MailItem:
    """One mail that the demo kept instead of sending."""

    id: str
    to: str
    subject: str
    body: str
    when: When


@dataclass(frozen=True, slots=True)
class PhonesPage:
    """All simulated phones of the agency and the clock that moves them."""

    now: When  # the virtual time
    threads: tuple[PhoneThread, ...]
    next_text: When | None  # None = nothing is planned
    seen: str = ""  # cursor for the poll
    mail: tuple[MailItem, ...] = ()
    form: FormState = NOTHING_TYPED
    form_phone: str = ""  # the phone whose answer was refused, so that its words and error come back there
    moving: bool = False  # the clock is on its way; the buttons wait
