"""Rules, at the schedule page: the sentence as somebody filled it in, read whole or refused field by field."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from itertools import islice
from typing import TypeVar

from foster_bond.errors import InvalidInput
from foster_bond.library import ROLES
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.pack_values import COUNTED_FROM, Audience, PackSchedule
from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.recurrence import Rhythm, parse_hour, parse_rhythm, parse_rule
from foster_bond.rules.recurrence_days import days
from foster_bond.rules.rule_fields import fields_of, rule_from

MOST_HOURS, MOST_MINUTES, LONGEST_NAME, LONGEST_TAG = 30 * 24, 48 * 60, 120, 40
_MINUTE = timedelta(minutes=1)
SUNDAY = 6
Off = dict[str, tuple[str, ...]]
_T = TypeVar("_T")


def read_schedule_form(
    typed: Mapping[str, str], *, key: str, hours: PoliteHours, today: date, programmes: Mapping[str, int]
) -> PackSchedule:
    """What was typed, checked as a whole. `programmes` are those there are, with how many questions each holds.

    Raises: OffFields, each problem beside its field.
    """
    words, off = read_as_far(typed, key=key, programmes=programmes)
    if not off:
        _check_hours(words, hours, off)
        _check_reminder(words, off)
        _check_rhythm(words, today, off, _DAYS_IN.get(typed.get("unit", ""), "every"))
    if not off:
        _check_sundays(words, today, hours, off)
    if off:
        raise OffFields(off)
    return words


def read_as_far(typed: Mapping[str, str], *, key: str, programmes: Mapping[str, int]) -> tuple[PackSchedule, Off]:
    """What was typed as far as it can be read, and what is wrong with each field that cannot."""
    off: Off = {}
    between, nudged = typed.get("hour_kind") == "between", bool(typed.get("nudge"))
    words = PackSchedule(
        id=key,
        name=_name(typed, off),
        audience=_audience(typed, off),
        rule=_told(off, "every", lambda: rule_from(typed)) or "FREQ=DAILY",
        at=None if between else _clock(typed, "at", off),
        between=_window(typed, off) if between else None,
        programme=_programme(typed, programmes, off),
        starts=_day(typed, "starts", off) if _is_calendar(typed) else None,
        ends=_day(typed, "ends", off) if typed.get("end_kind") == "on" else None,
        nudge_after=_span(typed, "nudge_after", timedelta(hours=1), MOST_HOURS, off) if nudged else None,
        nudge_from=_clock(typed, "nudge_from", off, needed=False) if nudged else None,
        nudge_until=_clock(typed, "nudge_until", off, needed=False) if nudged else None,
        closes_after=_span(typed, "closes_after", timedelta(hours=1), MOST_HOURS, off),
        send_within=_span(typed, "send_within", timedelta(minutes=1), MOST_MINUTES, off),
        counted_from=_counted(typed, off),
    )
    return words, off


def _is_calendar(typed: Mapping[str, str]) -> bool:
    return typed.get("counted_from", COUNTED_FROM[0]) == COUNTED_FROM[0]


def _told(off: Off, field: str, read: Callable[[], _T]) -> _T | None:
    try:
        return read()
    except OffFields as wrong:
        off.update(wrong.by_field)
    except InvalidInput as wrong:
        off[field] = wrong.problems
    return None


def _name(typed: Mapping[str, str], off: Off) -> str:
    name = " ".join(typed.get("name", "").split())
    if not name or len(name) > LONGEST_NAME:
        off["name"] = (f"A name of at most {LONGEST_NAME} signs tells this schedule from the others.",)
    return name


def _audience(typed: Mapping[str, str], off: Off) -> Audience:
    roles = tuple(role for role in ROLES if typed.get(f"role_{role}"))
    tags = tuple(dict.fromkeys(tag.strip() for tag in re.split(r"[,;|]", typed.get("tags", "")) if tag.strip()))
    if not roles and not tags:
        off["who"] = ("Choose at least one kind of person, or name a tag; as it stands nobody would be asked.",)
    if any(len(tag) > LONGEST_TAG for tag in tags):
        off["tags"] = (f"A tag has at most {LONGEST_TAG} signs.",)
    return Audience(roles, tags)


def _clock(typed: Mapping[str, str], name: str, off: Off, *, needed: bool = True) -> time | None:
    words = typed.get(name, "").strip()
    if not words and not needed:
        return None
    return _told(off, name, lambda: parse_hour(words[:5]))


def _window(typed: Mapping[str, str], off: Off) -> tuple[time, time] | None:
    first, last = _clock(typed, "between_from", off), _clock(typed, "between_until", off)
    if first is None or last is None:
        return None
    if first >= last:
        off["between_until"] = ("The window must end after it starts, on the same day.",)
    return first, last


def _programme(typed: Mapping[str, str], programmes: Mapping[str, int], off: Off) -> str:
    key = typed.get("programme", "").strip()
    if key not in programmes:
        off["programme"] = ("Choose a programme or a question.",)
    elif not programmes[key]:
        off["programme"] = ("This programme holds no questions yet; add some to it, or choose another one.",)
    return key


def _day(typed: Mapping[str, str], name: str, off: Off) -> date | None:
    words = typed.get(name, "").strip()
    try:
        return date.fromisoformat(words)
    except ValueError:
        off[name] = ("Write the day like 2026-11-30.",)
        return None


def _span(typed: Mapping[str, str], name: str, unit: timedelta, most: int, off: Off) -> timedelta:
    words = typed.get(name, "").strip()
    if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,2})?", words, re.ASCII) and 0 < float(words) <= most:
        return max(round(float(words) * unit / _MINUTE), 1) * _MINUTE
    off[name] = (f"A number above 0, at most {most}.",)
    return unit


def _counted(typed: Mapping[str, str], off: Off) -> str:
    word = typed.get("counted_from", COUNTED_FROM[0])
    if word not in COUNTED_FROM:
        off["starts"] = ("Choose from when it counts.",)
        return COUNTED_FROM[0]
    return word


def _check_hours(words: PackSchedule, hours: PoliteHours, off: Off) -> None:
    said = f"Your polite hours are {hours.start:%H:%M} to {hours.end:%H:%M}"
    if words.at is not None and not hours.start <= words.at < hours.end:
        off["at"] = (_shut(said, words.at),)
    if words.between is not None and not (hours.start <= words.between[0] and words.between[1] <= hours.end):
        off["between_from"] = (f"{said}: the window must lie inside them.",)
    if words.nudge_from is not None and not hours.start <= words.nudge_from < hours.end:
        off["nudge_from"] = (_shut(said, words.nudge_from),)
    if words.nudge_until is not None and words.nudge_until <= hours.start:
        off["nudge_until"] = (_shut(said, words.nudge_until),)


def _shut(said: str, at: time) -> str:
    return f"{said}: at {at:%H:%M} nothing may leave. Choose an hour between them."


def _check_reminder(words: PackSchedule, off: Off) -> None:
    if words.nudge_after is not None and words.nudge_after >= words.closes_after:
        off["nudge_after"] = ("The reminder would come to a closed question; let it come sooner, or close it later.",)
    if words.nudge_from and words.nudge_until and words.nudge_from >= words.nudge_until:
        off["nudge_until"] = ("The latest time must be later than the hour it waits for.",)


def _check_rhythm(words: PackSchedule, today: date, off: Off, days: str) -> None:
    starts = words.starts or today
    try:
        parse_rhythm(words.rule, at=words.at, between=words.between, starts=starts, ends=words.ends)
    except InvalidInput as wrong:
        for said in wrong.problems:
            field = next((name for word, name in _ABOUT if word in said), days)
            off[field] = (*off.get(field, ()), said)
    if words.ends is not None and words.ends < today and "ends" not in off:
        off["ends"] = ("That day has passed, so nothing would go out; choose a later one, or no end.",)


def _check_sundays(words: PackSchedule, today: date, hours: PoliteHours, off: Off) -> None:
    """Refuse what would ask on Sundays only, at an hour at which nothing leaves on a Sunday."""
    last = words.at or (words.between or (time.max, time.max))[1]
    opens = hours.sunday_start
    if opens is not None and _waits_long_enough(last, words.send_within, opens):
        return
    rhythm = Rhythm(parse_rule(words.rule), words.at, words.between, words.starts or today, words.ends)
    first = list(islice(days(rhythm, rhythm.starts, rhythm.starts + timedelta(days=366)), 8))
    if first and all(day.weekday() == SUNDAY for day in first):
        field = "at" if words.at is not None else "between_until"
        when = "not at all" if opens is None else f"from {opens:%H:%M} on"
        off[field] = (
            f"It asks on Sundays only, and on Sundays texts leave {when}. Choose another hour or other days.",
        )


def _waits_long_enough(at: time, send_within: timedelta, opens: time) -> bool:
    span = timedelta(hours=opens.hour - at.hour, minutes=opens.minute - at.minute)
    return span < send_within


_DAYS_IN = {"week": "days", "month": "month_days", "rule": "rule"}  # which field holds the days, by unit
_ABOUT = (("The end", "ends"), ("The start", "starts"), ("hour", "at"))


def as_typed(words: PackSchedule, today: date) -> dict[str, str]:
    """What the form shows for a schedule: the same values that reading it gives back."""
    between = words.between or (time(18), time(20))
    nudge = words.nudge_after or timedelta(hours=20)
    fields = {
        "name": words.name, "tags": ", ".join(words.audience.tags), "programme": words.programme,
        "hour_kind": "at" if words.between is None else "between", "at": f"{words.at or time(19):%H:%M}",
        "between_from": f"{between[0]:%H:%M}", "between_until": f"{between[1]:%H:%M}",
        "starts": (words.starts or today).isoformat(), "counted_from": words.counted_from,
        "nudge_after": _in_hours(nudge), "closes_after": _in_hours(words.closes_after),
        "send_within": str(words.send_within // timedelta(minutes=1)), "month_days": "1", "count": "36",
        "nudge_from": "" if words.nudge_from is None else f"{words.nudge_from:%H:%M}",
        "nudge_until": "" if words.nudge_until is None else f"{words.nudge_until:%H:%M}",
        "ends": "" if words.ends is None else words.ends.isoformat(),
    }  # fmt: skip
    fields |= fields_of(words.rule) | {f"role_{role}": "on" for role in words.audience.roles}
    if words.ends is not None:
        fields["end_kind"] = "on"
    return fields | ({"nudge": "on"} if words.nudge_after is not None else {})


def _in_hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.2f}".rstrip("0").rstrip(".")
