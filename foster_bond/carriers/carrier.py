"""Carriers, the port: what every carrier promises the sending steps, in values that know no library.

A send has one of five outcomes, and the difference between `Later` and `Unknown` is the whole of "never twice":
`Later` is certain that nothing left, `Unknown` is not, and only a look-up may decide it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from foster_bond.errors import FosterBondError

LOOKUP_LIMIT = 1000
"""How many texts one look-up reads at most. Twilio lists newest first, 1,000 to a page."""

FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "read"})
"""Carrier statuses after which nothing more is expected."""

_RANKS = {
    "accepted": 0,
    "queued": 1,
    "scheduled": 1,
    "sending": 2,
    "sent": 3,
    "undelivered": 4,
    "canceled": 5,
    "failed": 5,
    "delivered": 5,
    "partially_delivered": 3,
    "read": 5,
}


def rank(status: str) -> int:
    """How far along a carrier status is; -1 for a word the carrier has not told us about yet."""
    return _RANKS.get(status, -1)


def supersedes(new: str, known: str | None) -> bool:
    """True where `new` may replace `known`: further along only, and of the final ones only undelivered → delivered.

    Callbacks arrive in any order and more than once, so an older word must never undo a later one.
    """
    if known is None:
        return rank(new) >= 0
    if known in FINAL:
        return known == "undelivered" and new in {"delivered", "read"}
    return rank(new) > rank(known)


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """One text to hand over.

    `sender` is an E.164 number, or a messaging service's id (starts "MG"). `callback_url` already carries our `ref`.
    `validity` is how long the carrier may keep trying.
    """

    ref: str
    to: str
    body: str
    sender: str
    callback_url: str
    validity: timedelta


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier took it and named it `sid`."""

    sid: str
    status: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier will never take this text (a 4xx). `code` is the carrier's own error number, where it gave one."""

    code: int | None
    status: int
    message: str


@dataclass(frozen=True, slots=True)
class Later:
    """Certain that nothing left: told to slow down (429), or no connection was ever made."""

    retry_after: timedelta | None
    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have left: time-out, reset, 5xx, an answer that cannot be read. Look it up, never repeat it."""

    why: str


@dataclass(frozen=True, slots=True)
class CredentialsRefused:
    """The carrier does not accept who we are (401, 403). Nothing is wrong with the text."""

    status: int


Outcome = Accepted | Refused | Later | Unknown | CredentialsRefused


@dataclass(frozen=True, slots=True)
class CarrierText:
    """A text we sent, as the carrier knows it. `sender` is None until a messaging service has chosen a number."""

    sid: str
    to: str
    sender: str | None
    body: str
    created_at: datetime
    status: str
    error_code: int | None


@dataclass(frozen=True, slots=True)
class CarrierInbound:
    """A text that somebody sent to one of our numbers, as the carrier knows it."""

    sid: str
    sender: str
    to: str
    body: str
    received_at: datetime
    media_count: int


class CarrierUnreachable(FosterBondError):
    """A look-up got no usable answer. `permanent`: asking again is useless until a person has put something right."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Carrier(Protocol):
    """What carries our texts. Safe for many sends at once within one event loop."""

    async def send(self, text: OutgoingText) -> Outcome:
        """Hand one text over, once. Never raises for what the network or the carrier does."""
        ...

    async def sent_to(self, to: str, *, limit: int = LOOKUP_LIMIT) -> Sequence[CarrierText]:
        """What the carrier holds of our texts to this number, newest first.

        Raises: CarrierUnreachable.
        """
        ...

    async def fetch(self, sid: str) -> CarrierText | None:
        """One text by the carrier's id; None where the carrier knows none.

        Raises: CarrierUnreachable.
        """
        ...

    async def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        """Texts that reached our number at or after `since`, oldest first.

        Raises: CarrierUnreachable.
        """
        ...

    async def check(self) -> None:
        """Ask the carrier whether it knows us; returns quietly if so.

        Raises: CarrierUnreachable, `permanent` where the credentials are refused.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections. Safe to call twice."""
        ...
