"""Rules, at the calendar pages: a date or a placement event as somebody typed it, read whole or refused by field."""

from collections.abc import Mapping
from datetime import date, time, timedelta

from foster_bond.errors import InvalidInput
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.blackout import DateKind, MarkedDate, VisitManner
from foster_bond.rules.placement_status import PlacementEvent, PlacementKind

EARLIEST = timedelta(days=31)  # older dates hold nothing any more
LATEST = timedelta(days=2 * 366)
CHILDHOOD = timedelta(days=25 * 366)  # a child may have come long ago; only a typing error lies before that
LONGEST = timedelta(days=31)  # one date that covers more is a rest of the placement, or a typing error
NOTE_LENGTH = 500
_OFF_DAY = "Write a day like 2026-11-26."
_OFF_HOUR = "Write an hour like 14:30."


def read_date(typed: Mapping[str, str], *, for_family: bool, today: date) -> MarkedDate:
    """The date that was typed. `for_family`: False for one that holds for every family of the agency.

    Raises: OffFields.
    """
    off: dict[str, tuple[str, ...]] = {}
    kind = _kind(typed, off) if for_family else DateKind.AGENCY_DATE
    day = _day(typed, "day", off)
    last_day = _day(typed, "last_day", off, otherwise=day)
    at, until = _hour(typed, "at", off), _hour(typed, "until", off)
    if day is not None and last_day is not None and not off:
        _check_span(kind, day, last_day, today, off)
        if until is not None and at is None:
            off["at"] = ("Write when it begins, too.",)
        elif at is not None and until is not None and (last_day, until) <= (day, at):
            off["until"] = ("It would end before it begins.",)
    if off or day is None or last_day is None:
        raise OffFields(off)
    manner = _manner(typed) if kind is DateKind.FAMILY_VISIT else None
    return MarkedDate(kind, day, last_day, at, until, manner)


def read_placement(typed: Mapping[str, str], *, today: date) -> PlacementEvent:
    """The placement event that was typed. Raises: OffFields."""
    off: dict[str, tuple[str, ...]] = {}
    words = typed.get("what", "").strip()
    if words not in set(PlacementKind):
        off["what"] = ("Choose what happened.",)
    day = _day(typed, "since", off)
    last_day = _day(typed, "through", off, otherwise=None)
    if not off and last_day is not None:
        if words != PlacementKind.RESPITE.value:
            off["through"] = ("Only a respite has a last day.",)
        elif day is not None and last_day < day:
            off["through"] = ("The last day lies before the first.",)
    if day is not None and not off and abs(day - today) > LATEST:
        off["since"] = ("Write a day within two years of today.",)
    if off or day is None:
        raise OffFields(off)
    return PlacementEvent(PlacementKind(words), day, last_day)


def read_placed_on(typed: Mapping[str, str], *, today: date) -> date | None:
    """The day the child came; None where the field is empty. Raises: OffFields."""
    off: dict[str, tuple[str, ...]] = {}
    day = _day(typed, "placed_on", off, otherwise=None)
    if day is not None and not today - CHILDHOOD <= day <= today + LATEST:
        off["placed_on"] = ("Write a day at most 25 years ago and at most two years from today.",)
    if off:
        raise OffFields(off)
    return day


def read_note(typed: Mapping[str, str]) -> str:
    """What was written beside it, for staff only. Raises: OffFields."""
    note = typed.get("note", "").strip()
    if len(note) > NOTE_LENGTH:
        raise OffFields(
            {"note": (f"At most {NOTE_LENGTH} characters; write the rest as a note on the family's page.",)}
        )
    return note


def read_manner(words: str) -> VisitManner:
    """How a visit was held. Raises: InvalidInput."""
    if words not in set(VisitManner):
        raise InvalidInput("Choose how the visit was held.")
    return VisitManner(words)


def _kind(typed: Mapping[str, str], off: dict[str, tuple[str, ...]]) -> DateKind:
    words = typed.get("kind", "").strip()
    if words in set(DateKind) - {DateKind.AGENCY_DATE}:
        return DateKind(words)
    off["kind"] = ("Choose what it is.",)
    return DateKind.HEARING


def _manner(typed: Mapping[str, str]) -> VisitManner | None:
    words = typed.get("manner", "").strip()
    return VisitManner(words) if words in set(VisitManner) else None


def _check_span(kind: DateKind, day: date, last_day: date, today: date, off: dict[str, tuple[str, ...]]) -> None:
    if last_day < day:
        off["last_day"] = ("The last day lies before the first.",)
    elif last_day - day > LONGEST:
        off["last_day"] = (f"One date covers at most {LONGEST.days} days.",)
    elif kind is DateKind.BIRTHDAY:
        if last_day != day:
            off["last_day"] = ("A birthday is one day.",)
    elif last_day < today - EARLIEST:
        off["day"] = ("That is more than a month ago: it holds nothing any more.",)
    elif day > today + LATEST:
        off["day"] = ("Write a day within two years of today.",)


def _day(typed: Mapping[str, str], name: str, off: dict[str, tuple[str, ...]], **default: date | None) -> date | None:
    words = typed.get(name, "").strip()
    if not words and default:
        return default["otherwise"]
    try:
        return date.fromisoformat(words)
    except ValueError:
        off[name] = (_OFF_DAY,)
        return None


def _hour(typed: Mapping[str, str], name: str, off: dict[str, tuple[str, ...]]) -> time | None:
    words = typed.get(name, "").strip()
    if not words:
        return None
    try:
        return time.fromisoformat(words).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        off[name] = (_OFF_HOUR,)
        return None
