"""Rules, at the schedule page: a recurrence rule as a few fields that anybody can fill in, and back again."""

import re
from collections.abc import Mapping

from foster_bond.errors import InvalidInput
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.recurrence_rule import LARGEST_COUNT, WEEKDAYS, Rule, parse_rule

UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY"}
LAST = "last"
_MOST_APART = 99
_MONTH_DAY = re.compile(r"[0-9]{1,2}", re.ASCII)


def rule_from(typed: Mapping[str, str]) -> str:
    """The rule that the fields `every`, `unit`, `day_MO` …, `month_days`, `rule` and `count` say.

    Raises: OffFields.
    """
    unit = typed.get("unit", "")
    if unit == "rule":
        return _own_rule(typed)
    off: dict[str, tuple[str, ...]] = {}
    every = _whole(typed.get("every", "1"), 1, _MOST_APART)
    if unit not in UNITS or every is None:
        off["every"] = (f"Choose days, weeks or months, and a whole number from 1 to {_MOST_APART}.",)
    parts = [f"FREQ={UNITS.get(unit, 'DAILY')}", *([f"INTERVAL={every}"] if every and every > 1 else [])]
    parts += _days_of_it(typed, unit, off)
    if typed.get("end_kind") == "after":
        count = _whole(typed.get("count", ""), 1, LARGEST_COUNT)
        if count is None:
            off["count"] = (f"After how many? A whole number from 1 to {LARGEST_COUNT}.",)
        parts.append(f"COUNT={count}")
    if off:
        raise OffFields(off)
    return ";".join(parts)


def _days_of_it(typed: Mapping[str, str], unit: str, off: dict[str, tuple[str, ...]]) -> list[str]:
    if unit == "month":
        return [f"BYMONTHDAY={_month_days(typed.get('month_days', ''), off)}"]
    if unit != "week":
        return []
    days = [day for day in WEEKDAYS if typed.get(f"day_{day}")]
    if not days:
        off["days"] = ("Choose at least one day of the week.",)
    return [f"BYDAY={','.join(days)}"]


def _own_rule(typed: Mapping[str, str]) -> str:
    words = typed.get("rule", "").strip()
    try:
        rule = parse_rule(words)
    except InvalidInput as wrong:
        raise OffFields({"rule": wrong.problems}) from None
    if typed.get("end_kind") == "after" and rule.count is None:
        raise OffFields({"count": ("Write the number into the rule, like COUNT=36.",)})
    return words


def _whole(words: str, least: int, most: int) -> int | None:
    found = words.strip()
    return int(found) if re.fullmatch("[0-9]{1,5}", found, re.ASCII) and least <= int(found) <= most else None


def _month_days(words: str, off: dict[str, tuple[str, ...]]) -> str:
    found = []
    for piece in re.split(r"[\s,;]+", words.strip().casefold()):
        if piece == LAST:
            found.append("-1")
        elif _MONTH_DAY.fullmatch(piece) and 1 <= int(piece) <= 31:
            found.append(piece)
        else:
            off["month_days"] = ("Days of the month are numbers from 1 to 31, or last: 1, 15, last.",)
    return ",".join(dict.fromkeys(found))


def fields_of(rule_text: str) -> dict[str, str]:
    """The fields that say this rule; what they cannot say stands in `rule` as it is written."""
    rule = parse_rule(rule_text)
    unit = next((unit for unit, freq in UNITS.items() if freq == rule.freq), "")
    if not unit or not _is_plain(rule, unit):
        return {"unit": "rule", "rule": rule_text, "end_kind": "never", "every": "1"}
    fields = {"unit": unit, "every": str(rule.interval), "end_kind": "never"}
    fields |= {f"day_{WEEKDAYS[day]}": "on" for _, day in rule.by_day}
    if rule.by_month_day:
        fields["month_days"] = ", ".join(LAST if day == -1 else str(day) for day in _last_at_the_end(rule.by_month_day))
    if rule.count is not None:
        fields |= {"end_kind": "after", "count": str(rule.count)}
    return fields


def _is_plain(rule: Rule, unit: str) -> bool:
    if rule.by_set_pos or rule.by_month or rule.until is not None or (rule.week_start and rule.interval > 1):
        return False
    if any(ordinal for ordinal, _ in rule.by_day) or any(day < -1 for day in rule.by_month_day):
        return False
    has = {"week": bool(rule.by_day), "month": bool(rule.by_month_day)}
    return (bool(rule.by_day), bool(rule.by_month_day)) == (unit == "week", unit == "month") and has.get(unit, True)


def _last_at_the_end(days: tuple[int, ...]) -> list[int]:
    return sorted(days, key=lambda day: 32 if day < 0 else day)
