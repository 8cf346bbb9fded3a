"""What the loopback carrier does wrong, and when: in a fixed order, for one number, or by seeded chance."""

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """One way of answering. Those of `AFTER` take the text into the ledger first, then fail."""

    OK = "ok"
    HANG = "hang"
    RESET_BEFORE = "reset_before"
    ERROR_500_BEFORE = "error_500_before"
    TOO_MANY = "too_many"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    CODE = "code"
    ACCEPT_THEN_HANG = "accept_then_hang"
    ACCEPT_LATE = "accept_late"
    RESET_AFTER_ACCEPT = "reset_after_accept"
    RESET_MID = "reset_mid"
    ERROR_500_AFTER_ACCEPT = "error_500_after_accept"
    GARBAGE_BODY = "garbage_body"
    WRONG_SID = "wrong_sid"
    NO_SID = "no_sid"
    ALIEN_SID = "alien_sid"
    OTHER_TEXT = "other_text"
    SLOW_DRIP = "slow_drip"


AFTER = frozenset(
    {
        Kind.OK,
        Kind.ACCEPT_THEN_HANG,
        Kind.RESET_AFTER_ACCEPT,
        Kind.RESET_MID,
        Kind.ERROR_500_AFTER_ACCEPT,
        Kind.GARBAGE_BODY,
        Kind.WRONG_SID,
        Kind.NO_SID,
        Kind.ALIEN_SID,
        Kind.OTHER_TEXT,
        Kind.SLOW_DRIP,
    }
)
_ALIASES = {"429": "too_many", "401": "unauthorized", "403": "forbidden", "500": "error_500_before"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind with its number: `code:21610` is Twilio's error 21610, `accept_late:2.5` accepts after 2.5 seconds."""

    kind: Kind
    number: float | None = None

    @classmethod
    def parse(cls, words: str) -> Self:
        name, _, number = words.partition(":")
        return cls(Kind(_ALIASES.get(name, name)), float(number) if number else None)


OK = Fault(Kind.OK)


@dataclass
class Script:
    """Asked once per request. `first` is used up in order; then `by_to`; then chance by `rates`; else all is well.

    `look_ups` and `look_up_rates` do the same for list, fetch and account requests.
    """

    first: deque[Fault] = field(default_factory=deque)
    by_to: dict[str, Fault] = field(default_factory=dict)
    rates: dict[Fault, float] = field(default_factory=dict)
    look_ups: deque[Fault] = field(default_factory=deque)
    look_up_rates: dict[Fault, float] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    @classmethod
    def of(cls, *faults: str, look_ups: tuple[str, ...] = ()) -> Self:
        """These answers in this order, then all is well."""
        return cls(first=deque(map(Fault.parse, faults)), look_ups=deque(map(Fault.parse, look_ups)))

    @classmethod
    def seeded(cls, seed: int, rates: Mapping[str, float], look_up_rates: Mapping[str, float] | None = None) -> Self:
        """Faults by chance, the same for the same seed and order of requests."""
        return cls(seed=seed, rates=_parsed(rates), look_up_rates=_parsed(look_up_rates or {}))

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """The same from a JSON object: `first`, `by_to`, `rates`, `look_ups`, `look_up_rates`, `seed`."""
        return cls(
            first=deque(map(Fault.parse, told.get("first", ()))),
            by_to={to: Fault.parse(words) for to, words in told.get("by_to", {}).items()},
            rates=_parsed(told.get("rates", {})),
            look_ups=deque(map(Fault.parse, told.get("look_ups", ()))),
            look_up_rates=_parsed(told.get("look_up_rates", {})),
            seed=int(told.get("seed", 0)),
        )

    def for_create(self, to: str) -> Fault:
        if self.first:
            return self.first.popleft()
        return self.by_to.get(to) or self._draw(self.rates)

    def for_look_up(self) -> Fault:
        return self.look_ups.popleft() if self.look_ups else self._draw(self.look_up_rates)

    def _draw(self, rates: dict[Fault, float]) -> Fault:
        if not rates:
            return OK
        drawn = self._chance.random()
        for fault, rate in rates.items():
            drawn -= rate
            if drawn < 0:
                return fault
        return OK


def _parsed(rates: Mapping[str, float]) -> dict[Fault, float]:
    return {Fault.parse(words): float(rate) for words, rate in rates.items()}
