"""Data we ship, for the head of the river: guided activities as steps, waits, branches and guards, in versions."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

SKIPS = ("minor", "hard_day", "blackout", "teen_home")  # what may make a step be passed over


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the prompt it asks, and when it may be asked.

    begins: we begin with it, so it counts in the caps and needs its rung; else it answers a text just received.
    after_s: how long after the step before. needs_answer: only if the step before was answered, not merely asked.
    skip_if: what makes it be passed over.
    """

    id: str
    prompt: str
    after_s: int = 0
    begins: bool = False
    needs_answer: bool = False
    skip_if: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One guided activity. `base` set: its steps follow reply by reply, and BASE, GO and DONE are live in it.

    beside: the flow that asks the other person about the same moment. home: "teen" = only where a teen lives.
    level: the rung that must be open when it begins. Units: expires_after_h, offer_lives_h and quiet_end_h in hours.
    """

    id: str
    version: int
    name: str
    roles: tuple[str, ...]
    steps: tuple[Step, ...]
    expires_after_h: int
    offer_lives_h: int
    with_worker: tuple[str, ...] = ()
    level: int = 0
    base: str | None = None
    quiet_end_h: int = 0
    beside: str | None = None
    home: str | None = None

    @property
    def step_by_step(self) -> bool:
        """True where each step follows a reply, and the words BASE, GO and DONE lead through it."""
        return self.base is not None

    def step(self, step_id: str) -> Step:
        """One of its steps, by its id."""
        return next(one for one in self.steps if one.id == step_id)


@cache
def flows() -> Mapping[tuple[str, int], Flow]:
    """Every flow that ever shipped, by id and version."""
    found = [_flow(row) for table in _tables() for row in table["flows"]]
    return MappingProxyType({(one.id, one.version): one for one in found})


def newest(flow_id: str) -> Flow | None:
    """The version that begins today; None where there is no such flow."""
    versions = [one for one in flows().values() if one.id == flow_id]
    return max(versions, key=lambda one: one.version, default=None)


@cache
def begun_by(prompt: str) -> Flow | None:
    """The step-by-step flow that this prompt is the first step of, in its newest version."""
    found = [newest(one.id) for one in flows().values() if one.step_by_step and one.steps[0].prompt == prompt]
    return found[0] if found else None


def _tables() -> list[Mapping[str, Any]]:
    entries = sorted(files(__name__).iterdir(), key=lambda entry: entry.name)
    return [tomllib.loads(one.read_text(encoding="utf-8")) for one in entries if one.name.endswith(".toml")]


def _flow(row: Mapping[str, Any]) -> Flow:
    told = {name: value for name, value in row.items() if name not in ("for", "with_worker", "steps")}
    steps = tuple(Step(**{**step, "skip_if": tuple(step.get("skip_if", ()))}) for step in row["steps"])
    return Flow(**told, roles=tuple(row["for"]), with_worker=tuple(row.get("with_worker", ())), steps=steps)
