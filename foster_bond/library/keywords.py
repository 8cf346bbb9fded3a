"""Library: the words a family can text, by meaning and language, as data."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Words = Mapping[str, tuple[str, ...]]


@cache
def keyword_words() -> Mapping[str, Any]:
    """The shipped word list: `meanings` by meaning and language, and the smaller lists beside it.

    Source: the keyword table of the programme's texts (meanings, polite words, lengths of a pause).
    """
    return _read("keywords.toml")


@cache
def stop_wishes() -> Mapping[str, Any]:
    """The phrase patterns for plain requests and unclear wishes to stop, with their word classes."""
    return _read("stop_wishes.toml")


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("foster_bond.library").joinpath(name).read_text(encoding="utf-8"))


@cache
def reaction_words() -> Mapping[str, Any]:
    """How phones write a reaction or a forwarded text, by kind."""
    return _read("reactions.toml")


@cache
def rating_words() -> Mapping[str, list[str]]:
    """The words that may stand before and behind a figure that is a rating."""
    words: Mapping[str, list[str]] = keyword_words()["rating"]
    return words


@cache
def other_languages() -> Mapping[str, Any]:
    """Small words of languages that we do not speak, by language, and those that speak for English or Spanish."""
    return _read("other_languages.toml")
