"""Rules: what the people page shows: the staff of one agency."""

from dataclasses import dataclass

from foster_bond.rules.page_values.frame import FormState, When


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One staff member."""

    staff_id: str
    name: str
    email: str
    role: str  # caseworker | supervisor | lead | admin
    families: int = 0
    on_call: bool = False
    last_seen: When | None = None
    disabled: bool = False
    me: bool = False
    invited: bool = False  # has a one-time link and has not signed in yet


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link that is shown once to the admin who made it."""

    name: str
    url: str
    until: When


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who works here and what each may do."""

    rows: tuple[PersonRow, ...]
    roles: tuple[str, ...]
    form: FormState
    link: OneTimeLink | None = None
    may_change: bool = True


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """The landing page of a one-time link: choose a password."""

    token: str
    name: str
    email: str
    shortest: int  # characters
    form: FormState
    gone: bool = False  # used before or too old: the page says so and shows no form
