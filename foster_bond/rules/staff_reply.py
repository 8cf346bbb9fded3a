"""Rules of the river, page → outbox: a text from staff to a family: may it leave, when, and what does it cost?"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from foster_bond.errors import InvalidInput
from foster_bond.rules.segments import Measure, measure, plain
from foster_bond.rules.send_gate import Ask, Go, Hold, judge

TAKE_BACK = timedelta(seconds=30)  # between the press and the leaving: a slip can still be taken back
LIVES = timedelta(days=2)  # what found no polite hour by then is stale: it ends and the page says so
MOST_PARTS = 4
TOLD_APART = timedelta(days=7)  # "I read this" is told to a number at most once in this time
_TRIES = 8  # openings looked at: two days hold three at most


@dataclass(frozen=True, slots=True)
class Way:
    """Whether a text may go to somebody, and when it would leave. `why` are the gate's own words."""

    leaves_at: datetime | None  # None: it cannot be sent
    why: str = ""  # empty: it leaves at once

    @property
    def open(self) -> bool:
        return self.leaves_at is not None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A text as it would be sent, and what it costs."""

    text: str
    cost: Measure
    changes: tuple[str, ...]  # what was made plain, one short sentence each


def way_of(ask: Ask) -> Way:
    """The first moment from `ask.at` on at which the gate lets it through; every hold on the way is waited for."""
    why = ""
    for _ in range(_TRIES):
        verdict = judge(ask)
        if isinstance(verdict, Go):
            return Way(ask.at, why)
        why = why or verdict.why
        if not isinstance(verdict, Hold) or verdict.until is None or verdict.until <= ask.at:
            return Way(None, verdict.why)
        ask = replace(ask, at=verdict.until)
    return Way(None, why)


def weigh(words: str) -> Weighed:
    """The words with plain signs in place of costly ones, and their parts; accents stay."""
    made = plain(words.replace("\r\n", "\n").strip())
    return Weighed(made.text, measure(made.text), made.changes)


def checked(words: str) -> Weighed:
    """The same of words that may be sent. Raises: InvalidInput."""
    weighed = weigh(words)
    if not weighed.text:
        raise InvalidInput("An empty text says nothing: write it first.")
    if weighed.cost.parts > MOST_PARTS:
        raise InvalidInput(f"A text may have {MOST_PARTS} parts at most; this one has {weighed.cost.parts}.")
    return weighed


def price_of(parts: int, segment_price: int | None, currency: str) -> str:
    """What so many parts cost, as staff read it; empty where the agency has not said what one costs.

    Units: `segment_price` in ten-thousandths of the currency.
    """
    if segment_price is None:
        return ""
    amount = f"{parts * segment_price / 10_000:.4f}".rstrip("0")
    return f"{currency}{amount}0" if amount[-2:-1] == "." else f"{currency}{amount.rstrip('.') or '0'}"


def may_be_told(last_told: datetime | None, now: datetime) -> bool:
    """Whether "I read this" goes out as a text: not where the number heard it a few days ago."""
    return last_told is None or now - last_told >= TOLD_APART
