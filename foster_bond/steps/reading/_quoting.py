"""What the reading steps share: replies of a stretch of days as quotes, each with the prompt beside it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from foster_bond.errors import InvalidInput
from foster_bond.rules.local_time import local_day, local_instant
from foster_bond.rules.record.values import Entry, EntryKind, Person, Quote, Record
from foster_bond.store.families import Family

BACK = timedelta(days=90)
LONGEST = timedelta(days=366 * 3)
EARLIEST = date(2000, 1, 1)  # the calendar itself ends near year 1, and an instant there is none


def stretch(family: Family, since: str, until: str, now: datetime) -> tuple[date, date]:
    """The days that were typed, or the last ninety. Raises: InvalidInput."""
    today = local_day(now, family.zone)
    try:
        first = date.fromisoformat(since) if since else today - BACK
        last = date.fromisoformat(until) if until else today
    except ValueError:
        raise InvalidInput("Write days like 2026-11-26.") from None
    if not timedelta(0) <= last - first <= LONGEST or first < EARLIEST or last > today + LONGEST:
        raise InvalidInput("Choose days that follow each other, three years at most.")
    return first, last


def bounds(family: Family, first: date, last: date) -> tuple[datetime, datetime]:
    """From the first minute of one day to the last of the other, on the family's wall."""
    midnight = time()
    after = local_instant(last + timedelta(days=1), midnight, family.zone)
    return local_instant(first, midnight, family.zone), after


def replies(record: Record, *days: tuple[datetime, datetime]) -> list[tuple[Person, Entry]]:
    """What may be quoted, of these days where some are given, the oldest first: no keyword and nothing withheld."""
    found = [
        (person, entry)
        for person in record.people
        for entry in person.entries
        if entry.kind is EntryKind.TEXT_IN and entry.what == "reply" and entry.words and entry.kept_back is None
        and all(since <= entry.at < until for since, until in days)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one[1].at, one[1].id))


def quotes_of(record: Record, chosen: Sequence[str]) -> tuple[Quote, ...]:
    """The chosen replies with their prompts. Raises: InvalidInput where one may not be quoted."""
    known = {entry.id: (person, entry) for person, entry in replies(record)}
    if not set(chosen) <= known.keys():
        raise InvalidInput("One of these replies may not be quoted: choose again.")
    told = sorted((known[one] for one in set(chosen)), key=lambda one: (one[1].at, one[1].id))
    return tuple(
        Quote(person.name, entry.at, entry.words, entry.asked, entry.asked_at, entry.guess, person.language)
        for person, entry in told
    )
