"""Library: what a prompt's author is told to look at, and which shipped texts do it on purpose."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class LintException:
    """A shipped prompt that does on purpose what a lint speaks against."""

    prompt: str
    lints: tuple[str, ...]
    why: str


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(files("foster_bond.library").joinpath("prompt_lints.toml").read_text(encoding="utf-8"))


@cache
def lint_list(name: str) -> frozenset[str]:
    """A plain list of words: `names`, `not_names` or `reserved`."""
    return frozenset(_tables()[name])


def lint_patterns(kind: str, language: str) -> tuple[str, ...]:
    """The patterns of `advice`, `told` or `claims` in one language."""
    return tuple(_tables()[kind][language])


@cache
def lint_exceptions() -> Mapping[str, LintException]:
    """By the id of the shipped prompt."""
    rows = (LintException(row["prompt"], tuple(row["lints"]), row["why"]) for row in _tables()["exceptions"])
    return MappingProxyType({row.prompt: row for row in rows})
