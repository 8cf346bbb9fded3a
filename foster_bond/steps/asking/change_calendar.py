"""Beside the river: an admin changes when and how often the agency texts; coming texts obey within seconds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time

from foster_bond.errors import NotAllowed, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.calendar_form import PLAIN, read_closed_day, read_holidays, read_manners
from foster_bond.rules.local_time import local_day
from foster_bond.rules.sender_tiers import TIERS
from foster_bond.steps.asking._effects import with_effect
from foster_bond.steps.looking_again import look_again
from foster_bond.store import agencies, audit
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Session, Store

SAID = {
    "zone": "zone", "state": "state", "polite_from": "texts from", "polite_until": "texts until",
    "polite_sunday_from": "Sundays from", "prompts_a_day": "prompts a day", "prompts_a_week": "prompts a week",
    "texts_a_week": "texts a week", "sender_tier": "sender",
}  # fmt: skip


def change_manners(store: Store, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> str:
    """Zone, state, hours, limits and sender as typed; what that does to coming texts. Raises: NotAllowed, OffFields."""

    def change(_session: Session, agency: Agency) -> str:
        wanted = read_manners(typed, country=agency.country)
        changed = []
        for name in ("zone", "state", *PLAIN):
            old, new = getattr(agency, name), getattr(wanted, name)
            if old != new:
                setattr(agency, name, new)
                changed.append(f"{SAID[name]} {_spoken(old)} → {_spoken(new)}")
        agency.texts_per_second = TIERS[agency.sender_tier]
        return "; ".join(changed)

    return _changed(store, viewer, now, change)


def keep_holidays(store: Store, viewer: Viewer, ticked: Sequence[str], now: datetime) -> str:
    """Send nothing on these public holidays, every year; what that does. Raises: NotAllowed, InvalidInput."""

    def change(_session: Session, agency: Agency) -> str:
        year = local_day(now, agency.zone).year
        kept = read_holidays(ticked, country=agency.country, state=agency.state, year=year)
        before, agency.holidays = set(agency.holidays), kept
        said = [f"keeps {name}" for name in kept if name not in before]
        said += [f"texts on {name} again" for name in sorted(before - set(kept))]
        return "; ".join(said)

    return _changed(store, viewer, now, change)


def close_day(store: Store, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> str:
    """Send nothing on one more day; what that does. Raises: NotAllowed, OffFields."""

    def change(_session: Session, agency: Agency) -> str:
        row = read_closed_day(typed, agency.closed_days, today=local_day(now, agency.zone))
        agency.closed_days = sorted([*agency.closed_days, row], key=lambda one: one["date"])
        return f"closed on {row['date']}, {row['name']}"

    return _changed(store, viewer, now, change)


def open_day(store: Store, viewer: Viewer, day: str, now: datetime) -> str:
    """Text on that day again; what that does. Raises: NotAllowed, NotYours where it was not closed."""

    def change(_session: Session, agency: Agency) -> str:
        kept = [row for row in agency.closed_days if row.get("date") != day]
        if len(kept) == len(agency.closed_days):
            raise NotYours("closed day")
        agency.closed_days = kept
        return f"open on {day} again"

    return _changed(store, viewer, now, change)


def _changed(store: Store, viewer: Viewer, now: datetime, change: Callable[[Session, Agency], str]) -> str:
    if not viewer.runs_people:
        raise NotAllowed("calendar")
    said: list[str] = []

    def write() -> None:
        with store.write() as session:
            agency = agencies.lock(session, viewer.agency_id)
            said.append(change(session, agency))
            if not said[0]:
                return
            session.flush()
            look_again(session, agency.id, now)
            audit.write(
                session, agency.id, "calendar_changed", now, staff_id=viewer.by, subject=("agency", agency.id),
                detail=said[0][:300],
            )  # fmt: skip

    effect = with_effect(store, agency_id=viewer.agency_id, family_id=None, now=now, change=write)
    return effect if said[0] else ""


def _spoken(value: object) -> str:
    return f"{value:%H:%M}" if isinstance(value, time) else "none" if value is None else str(value)
