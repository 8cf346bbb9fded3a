"""Library: the phrase patterns for warning signs, one file per language, as data."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "es")


@cache
def warning_phrases(language: str) -> Mapping[str, Any]:
    """The shipped patterns of one language: `patterns` by category and strength, and what softens them."""
    folder = files("foster_bond.library").joinpath("warning_signs")
    return tomllib.loads(folder.joinpath(f"{language}.toml").read_text(encoding="utf-8"))
