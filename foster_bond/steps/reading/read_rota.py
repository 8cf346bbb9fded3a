"""Store → rota page: who is on call when, and the hours of this week that nobody holds."""

from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.page_values.frame import When
from foster_bond.rules.page_values.rota import RotaLine, RotaPage
from foster_bond.rules.spoken_time import when
from foster_bond.store import agencies, rota, staff
from foster_bond.store.open_store import Session, Store


def read_rota(store: Store, viewer: Viewer, now: datetime) -> RotaPage:
    """Everybody at the agency may read it."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        people = [one for one in staff.of_agency(session, agency.id) if one.disabled_at is None]
        names = {one.id: one.name for one in people}
        kept = rota.of_agency(session, agency)
        on_call, _ = rota.on_call_and_away(kept, people, now)

        def say(at: datetime) -> When:
            return when(at, agency.zone, language=viewer.language, now=now)

        return RotaPage(
            zone=agency.zone,
            kept=kept.is_kept,
            now=tuple(names[one] for one in on_call if one in names),
            lines=_lines(session, agency.id, names, now, agency.zone),
            gaps=tuple((say(since), say(until)) for since, until in kept.gaps(local_day(now, agency.zone)))
            if kept.is_kept
            else (),
            people=tuple(names.items()),
            may_change=viewer.sees_all_families,
        )


def _lines(session: Session, agency_id: str, names: dict[str, str], now: datetime, zone: str) -> tuple[RotaLine, ...]:
    today = local_day(now, zone)
    found = [
        RotaLine(one.id, "shift", str(one.weekday), f"{one.since:%H:%M}-{one.until:%H:%M}", names.get(one.staff_id, ""))
        for one in rota.shifts(session, agency_id)
    ]
    found += [
        RotaLine(
            one.id, "exception", one.day.isoformat(),
            "" if one.staff_id is None else f"{one.since:%H:%M}-{one.until:%H:%M}", names.get(one.staff_id or "", ""),
        )
        for one in rota.exceptions_of(session, agency_id) if one.day >= today
    ]  # fmt: skip
    found += [
        RotaLine(one.id, "leave", f"{one.first} – {one.last}", "", names.get(one.staff_id, ""))
        for one in rota.leaves(session, agency_id) if one.last >= today
    ]  # fmt: skip
    return tuple(found)
