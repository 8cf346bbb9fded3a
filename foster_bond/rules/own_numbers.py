"""Rules, at the numbers page: may an agency's own value of a public number stand in every text that names it?"""

import re
from collections.abc import Mapping
from functools import cache

from foster_bond.errors import InvalidInput
from foster_bond.library import system_texts
from foster_bond.rules.duties import duties_of
from foster_bond.rules.message_text import longest, system_text_id
from foster_bond.rules.public_lines import PublicLine, names, with_own_numbers
from foster_bond.rules.segments import GSM_SINGLE, measure

_SAID = re.compile(r"[0-9+][0-9 +-]{1,16}[0-9]", re.ASCII)


def texts_naming(line: PublicLine, country: str) -> tuple[str, ...]:
    """The ids of the fixed texts that say this number to people of this country."""
    return tuple(text_id for text_id, texts in _texts(country).items() if any(names(one, line) for one in texts))


def in_duties(line: PublicLine, country: str) -> bool:
    """Whether the duties that we ship say it to staff."""
    return any(names(words, line) for words in duties_of(country).values())


def read_own_number(line: PublicLine, typed: str, own: Mapping[str, str], country: str) -> str:
    """The value as texts will say it; `own` = the agency's other values.

    Raises: InvalidInput where it is no number, or where a text that names it would take more than one segment.
    """
    value = " ".join(typed.split())
    if not _SAID.fullmatch(value):
        raise InvalidInput("Write it as a text should say it: digits, blanks and dashes, like 1-800-222-1222.")
    for text_id in texts_naming(line, country):
        for text in _texts(country)[text_id]:
            units = measure(with_own_numbers(text, {**own, line.name: value}, country)).units
            if units > GSM_SINGLE:
                raise InvalidInput(
                    f"The text {text_id} would be {units} signs long with it; one text holds {GSM_SINGLE}."
                )
    return value


@cache
def _texts(country: str) -> Mapping[str, tuple[str, ...]]:
    """What this country's people may get, each with its longest fills in place, in each language."""
    return {
        one.id: tuple(longest(text, country) for text in one.texts.values())
        for one in system_texts().values()
        if one.country in (None, country) and system_text_id(one.id, country=country) == one.id
    }
