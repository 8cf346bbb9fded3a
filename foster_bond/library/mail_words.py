"""Library: the mails to staff, by kind, part and language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def mail_words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """kind → "subject" or "body" → language → words."""
    return tomllib.loads(files("foster_bond.library").joinpath("mails.toml").read_text(encoding="utf-8"))
