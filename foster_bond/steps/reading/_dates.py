"""What the reading steps share: the dates of a calendar as a page says them, each with what it holds."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.blackout import DateKind, MarkedDate, stretches
from foster_bond.rules.local_time import local_day
from foster_bond.rules.page_values.calendar import DateLine
from foster_bond.rules.placement_status import placement_on
from foster_bond.rules.spoken_time import iso, spoken_day, spoken_hour, when
from foster_bond.store import calendar_dates, placement_events, staff
from foster_bond.store.calendar_dates import CalendarDate
from foster_bond.store.families import Family
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Session

SHOWN_BACK = timedelta(days=4)  # a date holds for three days after it


class Lines:
    """Rows of a calendar as a page says them, on the walls of one zone."""

    def __init__(self, session: Session, vault: Vault, viewer: Viewer, zone: str, now: datetime) -> None:
        self._session, self._vault, self._viewer, self._zone, self._now = session, vault, viewer, zone, now
        self._names: Mapping[str, str] = {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)}

    def of(self, rows: Sequence[CalendarDate]) -> tuple[DateLine, ...]:
        """Each of these dates with what it holds next, or holds now."""
        return tuple(self._line(row) for row in rows)

    def by(self, staff_id: str | None, at: datetime) -> str:
        """Who wrote it down, and on which day."""
        day = spoken_day(local_day(at, self._zone), language=self._viewer.language)
        return f"{self._names.get(staff_id or '', 'the operator')}, {day}"

    def _line(self, row: CalendarDate) -> DateLine:
        found = stretches([row.marked], self._zone, self._now)
        one = next((one for one in found if one.holds_until > self._now), found[-1])
        held = row.kind == DateKind.FAMILY_VISIT.value and one.starts <= self._now
        marked = row.marked
        if marked.kind is DateKind.BIRTHDAY:
            day = local_day(one.starts, self._zone)
            marked = MarkedDate(marked.kind, day, day)
        return DateLine(
            date_id=row.id, kind=row.kind, when=days_of(marked, self._viewer.language),
            holds_from=when(one.holds_from, self._zone, language=self._viewer.language, place=False, now=self._now),
            holds_until=when(one.holds_until, self._zone, language=self._viewer.language, place=False, now=self._now),
            now=one.holds_at(self._now), manner=row.manner or "",
            note=calendar_dates.note_of(self._session, self._vault, row), added=self.by(row.added_by, row.added_at),
            may_tell=held,
        )  # fmt: skip


def days_of(marked: MarkedDate, language: str) -> str:
    """A date as people say it: "Thu 5 Nov, 2:00 pm", "Fri 6 Nov, 5:00 pm – Sun 8 Nov, 6:00 pm"."""
    first = spoken_day(marked.day, language=language)
    first += "" if marked.at is None else f", {spoken_hour(marked.at, language=language)}"
    if marked.last_day == marked.day:
        return first if marked.until is None else f"{first} – {spoken_hour(marked.until, language=language)}"
    last = spoken_day(marked.last_day, language=language)
    return f"{first} – {last}" + ("" if marked.until is None else f", {spoken_hour(marked.until, language=language)}")


def dates_of(session: Session, vault: Vault, viewer: Viewer, family: Family, now: datetime) -> tuple[DateLine, ...]:
    """What is marked for a family and holds something now or later, its agency's dates included, soonest first."""
    since = local_day(now, family.zone) - SHOWN_BACK
    own = calendar_dates.of_family(session, viewer.agency_id, family.id, since)
    found = Lines(session, vault, viewer, family.zone, now).of(
        [*own, *calendar_dates.of_agency(session, viewer.agency_id, since)]
    )
    return tuple(sorted((one for one in found if one.holds_until.iso > iso(now)), key=lambda one: one.holds_from.iso))


def rests_of(session: Session, family: Family, now: datetime) -> str:
    """Why nothing of ours goes to a family today; empty where its placement stands."""
    rows = placement_events.of_families(session, [family.agency_id], [family.id]).get(family.id, [])
    found = placement_on([row.event for row in rows], local_day(now, family.zone))
    return "" if found is None else found.why
