"""Rules of the pages: a moment as people say it, on the wall of the place it belongs to."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from foster_bond.rules.local_time import zone_of
from foster_bond.rules.page_values.frame import When

# strftime would follow the machine's locale, and each reader has their own.
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}


def when(at: datetime, zone: str, *, language: str = "en", place: bool = True, now: datetime | None = None) -> When:
    """The moment in that zone: "Tue 3 Nov, 7:00 pm in Denver"; with the year where `now` lies in another one."""
    wall = at.astimezone(zone_of(zone))
    words = f"{_day(wall, language)}{_year(wall, now)}, {_clock(wall, language)}"
    if place:
        words += f" {'en' if language == 'es' else 'in'} {city(zone)}"
    return When(words=words, iso=iso(at))


def hour_and_day(at: datetime, zone: str, *, language: str = "en", now: datetime | None = None) -> tuple[When, str]:
    """The moment as a list under headings of days says it: "7:00 pm", and "Tue 3 Nov" for the heading."""
    wall = at.astimezone(zone_of(zone))
    return When(words=_clock(wall, language), iso=iso(at)), f"{_day(wall, language)}{_year(wall, now)}"


def spoken_day(day: date, *, language: str = "en", year: bool = False) -> str:
    """A day of a calendar: "Tue 3 Nov", or with its year "Tue 3 Nov 2026"."""
    return f"{_day(day, language)} {day.year}" if year else _day(day, language)


def spoken_hour(at: time, *, language: str = "en") -> str:
    """An hour of a wall: "7:00 pm"."""
    return _clock(at, language)


def iso(at: datetime) -> str:
    """The UTC instant to the second, as machines read it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def city(zone: str) -> str:
    """The place a zone is named after: "New York" for America/New_York."""
    return zone.rpartition("/")[2].replace("_", " ")


def _day(wall: date, language: str) -> str:
    return f"{_of(_DAYS, language)[wall.weekday()]} {wall.day} {_of(_MONTHS, language)[wall.month - 1]}"


def _year(wall: datetime, now: datetime | None) -> str:
    return f" {wall.year}" if now is not None and now.astimezone(wall.tzinfo).year != wall.year else ""


def _clock(wall: datetime | time, language: str) -> str:
    if language == "es":
        return f"{wall:%H:%M}"
    return f"{wall.hour % 12 or 12}:{wall:%M} {'am' if wall.hour < 12 else 'pm'}"


def _of(words: Mapping[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    return words.get(language, words["en"])
