"""How the loopback carrier reports what became of a text: which statuses, how soon, in what order, how often."""

import random
from dataclasses import dataclass, field


@dataclass
class Callbacks:
    """Statuses after acceptance. `copies` > 1 repeats each, `shuffle` mixes the order, by `seed`.

    `results` names another end for some numbers: `{"+13035550198": "undelivered:30003"}`.
    """

    statuses: tuple[str, ...] = ("sent", "delivered")
    delay: float = 0.0
    copies: int = 1
    shuffle: bool = False
    seed: int = 0
    results: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def for_number(self, to: str) -> list[tuple[str, int | None]]:
        """Status and error code of each callback, in the order they go out."""
        plan = [_result(s) for s in self.statuses]
        if to in self.results:
            plan = [*plan[:-1], _result(self.results[to])]
        plan = [one for one in plan for _ in range(self.copies)]
        if self.shuffle:
            self._chance.shuffle(plan)
        return plan


def _result(words: str) -> tuple[str, int | None]:
    status, _, code = words.partition(":")
    return status, int(code) if code else None
