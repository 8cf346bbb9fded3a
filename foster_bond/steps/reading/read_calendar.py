"""Store → calendar page: the dates of one family, what happened to its placement, and what each of them holds."""

from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.blackout import DateKind, MarkedDate
from foster_bond.rules.local_time import local_day
from foster_bond.rules.page_values.calendar import FamilyCalendarPage, PlacementLine
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.placement_status import placement_on
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import spoken_day
from foster_bond.steps.reading._dates import SHOWN_BACK, Lines, days_of
from foster_bond.store import calendar_dates, families, placement_events
from foster_bond.store.open_store import Store


def read_family_calendar(
    store: Store, viewer: Viewer, family_id: str, now: datetime, *, form: FormState = NOTHING_TYPED
) -> FamilyCalendarPage:
    """The calendar of a family that the viewer holds. Raises: NotYours."""
    with store.read() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        today = local_day(now, family.zone)
        lines = Lines(session, store.vault, viewer, family.zone, now)
        events = placement_events.of_families(session, [viewer.agency_id], [family.id]).get(family.id, [])
        rests = placement_on([row.event for row in events], today)
        return FamilyCalendarPage(
            family_id=family.id,
            name=plain_name(families.name_of(session, store.vault, family)),
            rests="" if rests is None else rests.why,
            dates=lines.of(calendar_dates.of_family(session, viewer.agency_id, family.id, today - SHOWN_BACK)),
            shared=lines.of(calendar_dates.of_agency(session, viewer.agency_id, today - SHOWN_BACK)),
            placement=tuple(
                PlacementLine(
                    event_id=row.id,
                    kind=row.kind,
                    when=days_of(MarkedDate(DateKind.AGENCY_DATE, row.day, row.last_day or row.day), viewer.language),
                    note=placement_events.note_of(session, store.vault, row),
                    added=lines.by(row.added_by, row.added_at),
                )
                for row in sorted(events, key=lambda row: row.day, reverse=True)
            ),
            form=form,
            placed_on="" if family.placed_on is None else family.placed_on.isoformat(),
            placed="" if (came := family.placed_on) is None else spoken_day(came, language=viewer.language, year=True),
            entered=spoken_day(local_day(family.created_at, family.zone), language=viewer.language, year=True),
        )
