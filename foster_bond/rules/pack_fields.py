"""Rules, beside the head of the river: read one table of a pack field by field, and name every problem found."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from foster_bond.errors import InvalidInput
from foster_bond.rules.recurrence import parse_hour

LONGEST_ID = 40
LONGEST_NAME = 120
LONGEST_RULE = 300

_DURATION = re.compile(r"([0-9]{1,4})\s*([mhd])", re.ASCII)
_T = TypeVar("_T")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class FieldReader:
    """One table of a pack. A method that finds a field off names it in `problems` and gives an empty value, which
    nobody may use: ask `clean` first.
    """

    def __init__(self, kind: str, number: int, raw: object, problems: list[str]) -> None:
        self._raw: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
        self._problems = problems
        named = self._raw.get("id")
        self.where = f"{kind} {shown(named)}" if isinstance(named, str) and named.strip() else f"{kind} number {number}"
        self._count_before = len(problems)

    @property
    def clean(self) -> bool:
        """Whether nothing has been off so far in this table."""
        return len(self._problems) == self._count_before

    def problem(self, said: str) -> None:
        """Name a problem of this table; `said` goes on from its name and needs no full stop."""
        self._problems.append(f"{self.where}: {said}.")

    def has(self, field: str) -> bool:
        return field in self._raw

    def raw(self, field: str) -> object:
        return self._raw.get(field)

    def only(self, known: Iterable[str]) -> None:
        """Name every field that a pack does not have: a misspelt field must not be lost in silence."""
        for field in sorted(set(self._raw) - set(known)):
            self.problem(f"{shown(field)} is not a field we know")

    def words(self, field: str, *, most: int = LONGEST_NAME) -> str:
        """A required line of text."""
        value = self._raw.get(field)
        if value is None:
            return self._off(f"{field} is missing", "")
        if not isinstance(value, str) or not value.strip():
            return self._off(f"{field} must be a text in quotes, not {shown(value)}", "")
        line = value.strip()
        if _has_control_sign(line):
            return self._off(f"{field} holds a line break or another control sign", "")
        return line if len(line) <= most else self._off(f"{field} is longer than {most} signs", "")

    def key(self, field: str) -> str:
        """A required id: short, no blanks."""
        found = self.words(field, most=LONGEST_ID)
        return self._off(f"{field} may not hold blanks", "") if re.search(r"\s", found) else found

    def one_of(self, field: str, allowed: Sequence[str]) -> str:
        """A required word out of a few."""
        if not self.has(field):
            return self._off(f"{field} is missing; it is one of {', '.join(allowed)}", "")
        value = self._raw[field]
        if isinstance(value, str) and value in allowed:
            return value
        return self._off(f"{field} is one of {', '.join(allowed)}, not {shown(value)}", "")

    def flag(self, field: str) -> bool:
        """True or false; false where it is missing."""
        value = self._raw.get(field, False)
        return value if isinstance(value, bool) else self._off(f"{field} is true or false, not {shown(value)}", False)

    def whole(self, field: str, first: int, last: int) -> int:
        """A required whole number."""
        if not self.has(field):
            return self._off(f"{field} is missing; it is a whole number from {first} to {last}", first)
        value = self._raw[field]
        if type(value) is int and first <= value <= last:  # `type`, because true is an int to Python
            return value
        return self._off(f"{field} must be a whole number from {first} to {last}, not {shown(value)}", first)

    def list_of(
        self, field: str, *, raw: object = None, allowed: Sequence[str] = (), empty: str | None = None
    ) -> tuple[str, ...]:
        """A list of words as it stands, each one of `allowed` where given; `empty` says why it may not be empty."""
        value = self._raw.get(field) if raw is None else raw
        if value is None:
            return self._off(f"{field} is missing", ())
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            return self._off(f"{field} must be a list of texts, not {shown(value)}", ())
        items = tuple(item.strip() for item in value)
        if any(_has_control_sign(item) or len(item) > LONGEST_NAME for item in items):
            return self._off(f"{field} holds a control sign or a text longer than {LONGEST_NAME} signs", ())
        for strange in (item for item in items if allowed and item not in allowed):
            self.problem(f"{field} may hold {', '.join(allowed)}, not {shown(strange)}")
        return self._off(empty, ()) if empty and not items else items

    def table(self, field: str) -> Mapping[str, Any]:
        """A required table."""
        value = self._raw.get(field)
        if isinstance(value, Mapping):
            return value
        return self._off(f"{field} is missing" if value is None else f"{field} must be a table, not {shown(value)}", {})

    def hour(self, field: str, *, raw: object = None) -> time | None:
        """An optional local hour, `"19:00"` or TOML's own 19:00:00."""
        value = self._raw.get(field) if raw is None else raw
        if value is None or (isinstance(value, time) and not value.second and not value.microsecond):
            return value
        try:
            return parse_hour(value if isinstance(value, str) else "")
        except InvalidInput:
            return self._off(f'{field} must be an hour like "19:00", not {shown(value)}', None)

    def window(self, field: str) -> tuple[time, time] | None:
        """Two optional local hours."""
        value = self._raw.get(field)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != 2:
            return self._off(f'{field} must be two hours like ["18:00", "20:00"], not {shown(value)}', None)
        first, last = (self.hour(field, raw=item) for item in value)
        return None if first is None or last is None else (first, last)

    def day(self, field: str) -> date | None:
        """An optional day, `2026-11-03` with or without quotes."""
        value = self._raw.get(field)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(value.strip() if isinstance(value, str) else "")
        except ValueError:
            return self._off(f"{field} must be a day like 2026-11-03, not {shown(value)}", None)

    def duration(self, field: str) -> timedelta | None:
        """An optional length of time: minutes, hours or days, `"60m"`, `"20h"`, `"2d"`; never zero."""
        value = self._raw.get(field)
        if value is None:
            return None
        found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
        length = int(found[1]) * _UNITS[found[2]] if found else timedelta(0)
        said = f'{field} must be a length of time like "60m", "20h" or "2d", not {shown(value)}'
        return length or self._off(said, None)

    def _off(self, said: str, instead: _T) -> _T:
        self.problem(said)
        return instead


def shown(value: object) -> str:
    """A value as a short quotation for a sentence, safe to print."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    flat = "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))
    return flat if len(flat) <= 60 else f"{flat[:57]}..."


def _has_control_sign(text: str) -> bool:
    return any(unicodedata.category(sign) == "Cc" for sign in text)
