"""Rules, under the schedule: a recurrence rule as RFC 5545 writes it, read into plain values or refused in words."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from foster_bond.errors import InvalidInput

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SUB_DAILY = ("HOURLY", "MINUTELY", "SECONDLY")
_HOUR_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
_LINES_OF_A_CALENDAR = ("DTSTART", "DTEND", "EXDATE", "RDATE", "EXRULE", "TZID")
_LARGEST_INTERVAL = 999
LARGEST_COUNT = 5000  # a text a day for 13 years; a bound, so that finding the last day stays cheap
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}", re.ASCII)
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """One recurrence rule. `by_day` holds (ordinal, weekday): (0, 0) every Monday, (-1, 4) the last Friday."""

    freq: str
    interval: int = 1
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0
    count: int | None = None
    until: date | datetime | None = None  # a datetime is naive local or aware UTC, as it was written


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When texts come: a rule of days, and an hour or a window of hours, all on the member's own wall."""

    rule: Rule
    at: time | None
    between: tuple[time, time] | None
    starts: date
    ends: date | None = None


def parse_rule(text: str) -> Rule:
    """The rule in `text`, with or without a leading "RRULE:".

    Raises: InvalidInput with one plain sentence per thing that is off.
    """
    problems: list[str] = []
    parts = _parts(text, problems)
    rule = _read(parts, problems)
    if not problems:
        problems += _misfits(rule)
    if problems:
        raise InvalidInput(" ".join(problems), tuple(problems))
    return rule


def _parts(text: str, problems: list[str]) -> dict[str, str]:
    body = text.strip().upper()
    for line in _LINES_OF_A_CALENDAR:
        if re.search(rf"\b{line}\b", body):
            problems.append(f"{line} does not belong in the rule: the schedule has its own start, end and zone.")
    if problems:
        return {}
    parts: dict[str, str] = {}
    for piece in body.removeprefix("RRULE:").split(";"):
        name, equals, value = (bit.strip() for bit in piece.partition("="))
        if not (name and equals and value):
            problems.append(f"{piece!r} is not a part of a rule; write it like FREQ=WEEKLY;BYDAY=MO.")
        elif name in parts:
            problems.append(f"{name} stands in the rule twice.")
        parts[name] = value
    return parts


def _read(parts: dict[str, str], problems: list[str]) -> Rule:
    known = {
        "FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST", "COUNT", "UNTIL",
    }  # fmt: skip
    for name in parts:
        if name in _HOUR_PARTS:
            problems.append(f"{name} is not possible: a rhythm comes at most once a day, its hour is given apart.")
        elif name not in known and not problems:
            problems.append(f"{name} is not something a rhythm can have.")
    return Rule(
        freq=_frequency(parts.get("FREQ"), problems),
        interval=(_numbers(parts, "INTERVAL", 1, _LARGEST_INTERVAL, problems, single=True) or (1,))[0],
        by_day=_days(parts.get("BYDAY"), problems),
        by_month_day=_numbers(parts, "BYMONTHDAY", 1, 31, problems, signed=True),
        by_month=_numbers(parts, "BYMONTH", 1, 12, problems),
        by_set_pos=_numbers(parts, "BYSETPOS", 1, 366, problems, signed=True),
        week_start=_week_start(parts.get("WKST"), problems),
        count=(_numbers(parts, "COUNT", 1, LARGEST_COUNT, problems, single=True) or (None,))[0],
        until=_until(parts.get("UNTIL"), problems),
    )


def _frequency(word: str | None, problems: list[str]) -> str:
    if word in FREQUENCIES:
        return word
    if word in _SUB_DAILY:
        problems.append(f"FREQ={word} is not possible: a rhythm comes at most once a day.")
    elif not problems:
        problems.append("The rule needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
    return "DAILY"


def _numbers(
    parts: dict[str, str],
    name: str,
    low: int,
    high: int,
    problems: list[str],
    *,
    signed: bool = False,
    single: bool = False,
) -> tuple[int, ...]:
    """The whole numbers of one part, sorted; empty where the part is missing or off."""
    if name not in parts:
        return ()
    pieces = parts[name].split(",")
    if not (single and len(pieces) > 1) and all(_NUMBER.fullmatch(piece) for piece in pieces):
        found = sorted({int(piece) for piece in pieces})
        if all(low <= (abs(n) if signed else n) <= high for n in found):
            return tuple(found)
    counted = f"{low} to {high}" + (f" or -{low} to -{high}" if signed else "")
    kind = "a whole number" if single else "whole numbers"
    problems.append(f"{name} takes {kind} from {counted}, not {parts[name]}.")
    return ()


def _days(value: str | None, problems: list[str]) -> tuple[tuple[int, int], ...]:
    found: set[tuple[int, int]] = set()
    for piece in value.split(",") if value else ():
        match = _DAY.fullmatch(piece.strip())
        ordinal = int(match[1] or 0) if match else 0
        if match is None or abs(ordinal) > 53 or (match[1] and not ordinal):
            problems.append(f"BYDAY takes days like MO or 2TU or -1FR, not {piece}.")
        else:
            found.add((ordinal, WEEKDAYS.index(match[2])))
    return tuple(sorted(found, key=lambda day: (day[1], day[0])))


def _week_start(value: str | None, problems: list[str]) -> int:
    if value is None or value in WEEKDAYS:
        return WEEKDAYS.index(value or "MO")
    problems.append(f"WKST takes one day like MO or SU, not {value}.")
    return 0


def _until(value: str | None, problems: list[str]) -> date | datetime | None:
    if value is None:
        return None
    match = _UNTIL.fullmatch(value)
    try:
        if match is None:
            raise ValueError(value)
        day = date(*_split(match[1], 4, 6))
        if match[2] is None:
            return day
        wall = datetime.combine(day, time(*_split(match[2], 2, 4)))
        return wall.replace(tzinfo=UTC) if match[3] else wall
    except ValueError:
        problems.append(f"UNTIL takes a day like 20261231, not {value}.")
        return None


def _split(digits: str, first: int, second: int) -> tuple[int, int, int]:
    return int(digits[:first]), int(digits[first:second]), int(digits[second:])


def _misfits(rule: Rule) -> list[str]:
    """What RFC 5545 forbids of parts that are each fine on their own."""
    problems = []
    if rule.count is not None and rule.until is not None:
        problems.append("COUNT and UNTIL cannot stand together: choose one end.")
    if rule.freq in ("DAILY", "WEEKLY") and any(ordinal for ordinal, _ in rule.by_day):
        problems.append("BYDAY can count days (2TU, -1FR) in a MONTHLY or YEARLY rule only.")
    if rule.freq == "WEEKLY" and rule.by_month_day:
        problems.append("BYMONTHDAY cannot stand in a WEEKLY rule: choose MONTHLY, or days of the week.")
    if rule.by_set_pos and not (rule.by_day or rule.by_month_day or rule.by_month):
        problems.append("BYSETPOS needs BYDAY, BYMONTHDAY or BYMONTH to choose from.")
    return problems
