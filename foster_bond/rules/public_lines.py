"""Rules: the public numbers that our fixed texts and duties name, and an agency's own value in place of one.

Each stands in the shipped texts as a literal; the agency's own value takes its place wherever a text names it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class PublicLine:
    """One number that is nobody's own. `number` is how our texts are shipped with it."""

    name: str
    number: str
    what: str


# Source: the programme's research (crisis by text); every agency calls them itself, and once a month again.
_LINES: Mapping[str, tuple[PublicLine, ...]] = {
    "US": (
        PublicLine("emergency", "911", "Emergency: police, fire, ambulance"),
        PublicLine("crisis", "988", "Suicide and crisis lifeline, by call or text; Spanish with 2"),
        PublicLine("childhelp", "1-800-422-4453", "Childhelp: advice on abuse, no reporting line"),
        PublicLine("violence", "1-800-799-7233", "Domestic violence hotline"),
        PublicLine("poison", "1-800-222-1222", "Poison help"),
        PublicLine("ncmec", "1-800-843-5678", "Missing children (NCMEC), for staff"),
    ),
    "GB": (
        PublicLine("emergency", "999", "Emergency: police, fire, ambulance"),
        PublicLine("crisis", "116 123", "Samaritans"),
        PublicLine("shout", "85258", "Shout, by text"),
        PublicLine("childhelp", "0808 800 5000", "NSPCC helpline"),
    ),
}


def public_lines(country: str) -> tuple[PublicLine, ...]:
    """The public numbers that the texts of this country name."""
    return _LINES.get(country, _LINES["US"])


def with_own_numbers(text: str, own: Mapping[str, str], country: str = "US") -> str:
    """The text with the agency's own values, by the name of the line, in place of ours. Before it is filled: what an
    agency or a person wrote is never touched."""
    ours = {line.number: own[line.name] for line in public_lines(country) if own.get(line.name)}
    return _any_of(tuple(ours)).sub(lambda found: ours[found[0]], text) if ours else text


def names(text: str, line: PublicLine) -> bool:
    """Whether a shipped text says this number."""
    return _any_of((line.number,)).search(text) is not None


@cache
def _any_of(numbers: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w+-])(?:{'|'.join(map(re.escape, numbers))})(?![\w-])")
