"""Store → agency calendar: when and how often the agency texts, on which days not, and who changed that."""

from datetime import date, datetime
from zoneinfo import available_timezones

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Viewer
from foster_bond.rules.calendar_form import PLAIN
from foster_bond.rules.local_time import local_day
from foster_bond.rules.page_values.agency_calendar import AgencyCalendarPage, ChangeLine, ClosedDay, HolidayTick
from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState
from foster_bond.rules.public_holidays import names_of_year, subdivisions_of
from foster_bond.rules.spoken_time import spoken_day, spoken_hour, when
from foster_bond.rules.state_hours import TIGHTER
from foster_bond.steps.reading._dates import SHOWN_BACK, Lines
from foster_bond.store import agencies, audit, calendar_dates, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Session, Store

CHANGES = 10
ACTS = frozenset({"calendar_changed", "agency_changed"})


def read_agency_calendar(
    store: Store, viewer: Viewer, now: datetime, *, form: FormState | None = None,
    day_form: FormState = NOTHING_TYPED, date_form: FormState = NOTHING_TYPED,
) -> AgencyCalendarPage:  # fmt: skip
    """What everybody at the agency may know about its days and hours. The forms hold what was typed and was off."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        today = local_day(now, agency.zone)
        marked = calendar_dates.of_agency(session, agency.id, today - SHOWN_BACK)
        return AgencyCalendarPage(
            name=agency.name,
            country=agency.country,
            polite_from=spoken_hour(agency.polite_from, language=viewer.language),
            polite_until=spoken_hour(agency.polite_until, language=viewer.language),
            sunday_from=spoken_hour(agency.polite_sunday_from, language=viewer.language),
            zones=tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))),
            states=_states(agency),
            state_rule=_rule(agency, viewer.language),
            holidays=_holidays(agency, today.year, viewer.language),
            year=today.year,
            closed=_closed(agency, viewer.language),
            dates=Lines(session, store.vault, viewer, agency.zone, now).of(marked),
            changes=_changes(session, agency, viewer, now),
            may_change=viewer.runs_people,
            may_mark=viewer.runs_schedules,
            form=form or FormState(values=_as_it_is(agency)),
            day_form=day_form,
            date_form=date_form,
        )


def _states(agency: Agency) -> tuple[Choice, ...]:
    known = subdivisions_of(agency.country)
    return tuple(Choice(one, one, chosen=one == agency.state) for one in known)


def _rule(agency: Agency, language: str) -> str:
    rule = TIGHTER.get(agency.state or "") if agency.country == "US" else None
    if rule is None:
        return ""
    hours = f"{spoken_hour(rule.earliest, language=language)} – {spoken_hour(rule.latest, language=language)}"
    return f"{agency.state}: {hours}, {spoken_hour(rule.sunday_earliest, language=language)} on Sundays."


def _holidays(agency: Agency, year: int, language: str) -> tuple[HolidayTick, ...]:
    try:
        offered = names_of_year(agency.country, agency.state, year)
    except InvalidInput:
        return ()
    return tuple(
        HolidayTick(name, spoken_day(day, language=language), name in agency.holidays)
        for name, day in sorted(offered.items(), key=lambda pair: pair[1])
    )


def _closed(agency: Agency, language: str) -> tuple[ClosedDay, ...]:
    return tuple(
        ClosedDay(row["date"], spoken_day(day, language=language) + f" {day.year}", row.get("name", ""))
        for row in agency.closed_days
        for day in [date.fromisoformat(row["date"])]
    )


def _changes(session: Session, agency: Agency, viewer: Viewer, now: datetime) -> tuple[ChangeLine, ...]:
    names = {one.id: one.name for one in staff.of_agency(session, agency.id)}
    return tuple(
        ChangeLine(
            when=when(event.at, agency.zone, language=viewer.language, place=False, now=now),
            who=names.get(event.staff_id or "", "the operator"),
            what=event.detail or "",
        )
        for event in audit.newest_of(session, agency.id, ACTS, CHANGES)
    )


def _as_it_is(agency: Agency) -> dict[str, str]:
    plain = {name: getattr(agency, name) for name in PLAIN}
    said = {name: f"{value:%H:%M}" if name.startswith("polite") else str(value) for name, value in plain.items()}
    return said | {"zone": agency.zone, "state": agency.state or ""}
