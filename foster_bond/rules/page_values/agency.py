"""Rules: what the agency, audit and trouble pages show."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When


@dataclass(frozen=True, slots=True)
class RotaEntry:
    """Who is told of an alert, in which order."""

    name: str
    role: str
    after_minutes: int  # 0 = at once


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """The promises and limits one agency works under."""

    name: str
    slug: str
    zone: str  # IANA name
    local_now: When
    text_name: str  # how texts name the agency
    polite_from: str  # "8:00 am"
    polite_to: str  # "8:30 pm"
    week_cap: int
    carrier: str  # simulated | twilio
    senders: tuple[str, ...]  # as shown to staff, "+1 303 555 0100"
    office: str = ""  # office line
    on_call: str = ""  # line answered now
    hotline: str = ""  # state reporting line
    country: str = "US"
    families: int = 0
    staff: int = 0
    rota: tuple[RotaEntry, ...] = ()
    missing: tuple[str, ...] = ()  # plain sentences: what should be set before a family is texted
    may_change: bool = False
    form: FormState = NOTHING_TYPED  # lines, hours and caps as they are, or as they were typed


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act on the record."""

    seq: int | None  # None = not chained yet
    when: When
    who: str
    did: str  # "signed in", "opened the Okafor family"
    about: str = ""
    family_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Who did what, newest first."""

    rows: tuple[AuditRow, ...]
    chained_to: int  # the highest number in the chain
    unchained: int  # rows that wait for the next link
    checked: When | None = None  # when the chain was last verified whole
    broken_at: int | None = None
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The door."""

    email: str = ""
    problem: str = ""  # one plain sentence; the same for a wrong address and a wrong password
    wait_minutes: int = 0  # throttled for about so long
    ended: bool = False  # the session ran out
    demo: tuple[tuple[str, str], ...] = ()  # e-mail and password of the made-up staff, in the demo only


@dataclass(frozen=True, slots=True)
class TroublePage:
    """A page instead of the one that was asked for."""

    kind: str  # not_found | not_allowed | too_many | broken | ended | conflict | bad_request
    status: int
    wait_seconds: int = 0
    ref: str = ""  # what to quote when telling somebody; finds the log line
    words: str = ""  # one plain sentence more, where there is one
