"""Beside the river: dates of a family or an agency, and what happened to a placement; texts obey within seconds."""

from collections.abc import Callable, Mapping
from datetime import datetime

from foster_bond.errors import InvalidInput, NotAllowed, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.blackout import DateKind
from foster_bond.rules.date_form import read_date, read_manner, read_note, read_placed_on, read_placement
from foster_bond.rules.local_time import local_day
from foster_bond.steps.asking._effects import with_effect
from foster_bond.steps.asking._following import follow_visits
from foster_bond.steps.enrolling import count_anew
from foster_bond.steps.leaving import follow_placement
from foster_bond.steps.looking_again import look_again
from foster_bond.store import agencies, audit, calendar_dates, families, placement_events
from foster_bond.store.open_store import Session, Store

MOST = 200  # dates of one family, or of one agency: a calendar is read by people


def add_family_date(store: Store, viewer: Viewer, family_id: str, typed: Mapping[str, str], now: datetime) -> str:
    """Mark a date on a family's calendar; what that does to its coming texts. Raises: NotYours, OffFields."""
    note = read_note(typed)

    def write(session: Session) -> None:
        agencies.lock(session, viewer.agency_id)
        family = families.held(session, viewer, family_id)
        date_ = read_date(typed, for_family=True, today=local_day(now, family.zone))
        _room_for_one(session, viewer, family.id)
        row = calendar_dates.add(
            session, store.vault, agency_id=viewer.agency_id, family_id=family.id, date_=date_, note=note,
            added_by=viewer.by, at=now,
        )  # fmt: skip
        _note(session, viewer, "date_added", ("calendar_date", row.id), f"{row.kind} {row.day} family {family.id}", now)
        follow_visits(session, viewer.agency_id, family.id, now)

    return _changed(store, viewer, family_id, now, write)


def add_agency_date(store: Store, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> str:
    """Mark a date for every family of the agency; what that does. Raises: NotAllowed, OffFields."""
    _may_run(viewer)
    note = read_note(typed)

    def write(session: Session) -> None:
        agency = agencies.by_id(session, viewer.agency_id)
        date_ = read_date(typed, for_family=False, today=local_day(now, agency.zone))
        _room_for_one(session, viewer, None)
        row = calendar_dates.add(
            session, store.vault, agency_id=agency.id, family_id=None, date_=date_, note=note, added_by=viewer.by,
            at=now,
        )  # fmt: skip
        _note(session, viewer, "date_added", ("calendar_date", row.id), f"{row.kind} {row.day} all families", now)

    return _changed(store, viewer, None, now, write)


def remove_date(store: Store, viewer: Viewer, family_id: str | None, date_id: str, now: datetime) -> str:
    """Take a date of a family out, or (None) of the agency; what that does. Raises: NotYours, NotAllowed."""
    _check_place(store, viewer, family_id, date_id)

    def write(session: Session) -> None:
        agencies.lock(session, viewer.agency_id)
        row = calendar_dates.one_of_viewer(session, viewer, date_id)
        calendar_dates.take_out(row, viewer.by, now)
        _note(session, viewer, "date_removed", ("calendar_date", row.id), f"{row.kind} {row.day}", now)
        if family_id is not None:
            follow_visits(session, viewer.agency_id, family_id, now)

    return _changed(store, viewer, family_id, now, write)


def say_how_visit_went(store: Store, viewer: Viewer, family_id: str, date_id: str, words: str, now: datetime) -> str:
    """A visit was held in person, by video, cut short or (`cancelled`) not at all. Raises: NotYours, InvalidInput."""
    manner = None if words == "cancelled" else read_manner(words)
    _check_place(store, viewer, family_id, date_id)

    def write(session: Session) -> None:
        agencies.lock(session, viewer.agency_id)
        row = calendar_dates.one_of_viewer(session, viewer, date_id)
        if row.kind != DateKind.FAMILY_VISIT.value:
            raise InvalidInput("Only a family visit is held in some way.")
        row.manner = None if manner is None else manner.value
        row.kind = DateKind.CANCELLED_VISIT.value if manner is None else row.kind
        _note(session, viewer, "visit_told", ("calendar_date", row.id), words, now)
        follow_visits(session, viewer.agency_id, family_id, now)

    return _changed(store, viewer, family_id, now, write)


def record_placement(store: Store, viewer: Viewer, family_id: str, typed: Mapping[str, str], now: datetime) -> str:
    """Write down what happened to the placement; what that does. Raises: NotYours, OffFields."""
    note = read_note(typed)

    def write(session: Session) -> None:
        family = families.held(session, viewer, family_id)
        event = read_placement(typed, today=local_day(now, family.zone))
        row = placement_events.add(
            session, store.vault, agency_id=viewer.agency_id, family_id=family.id, event=event, note=note,
            added_by=viewer.by, at=now,
        )  # fmt: skip
        session.flush()
        follow_placement(session, family, now, by=viewer.by)
        about = ("placement_event", row.id)
        _note(session, viewer, "placement_recorded", about, f"{row.kind} {row.day} family {family.id}", now)

    return _changed(store, viewer, family_id, now, write)


def remove_placement(store: Store, viewer: Viewer, family_id: str, event_id: str, now: datetime) -> str:
    """Take a placement event out that was written down by mistake; what that does. Raises: NotYours."""
    with store.read() as session:
        if placement_events.one_of_viewer(session, viewer, event_id, lock=False).family_id != family_id:
            raise NotYours("placement event")

    def write(session: Session) -> None:
        row = placement_events.one_of_viewer(session, viewer, event_id)
        row.removed_by, row.removed_at = viewer.by, now
        session.flush()
        follow_placement(session, families.held(session, viewer, family_id), now, by=viewer.by)
        _note(session, viewer, "placement_removed", ("placement_event", row.id), f"{row.kind} {row.day}", now)

    return _changed(store, viewer, family_id, now, write)


def set_placed_on(store: Store, viewer: Viewer, family_id: str, typed: Mapping[str, str], now: datetime) -> str:
    """Keep the day the child came, from which some schedules count; what that does. Raises: NotYours, OffFields."""

    def write(session: Session) -> None:
        family = families.held(session, viewer, family_id)
        before, day = family.placed_on, read_placed_on(typed, today=local_day(now, family.zone))
        count_anew(session, family, day, now)
        said = " → ".join("not said" if one is None else one.isoformat() for one in (before, day))
        _note(session, viewer, "placed_on_changed", ("family", family.id), said, now)

    return _changed(store, viewer, family_id, now, write)


def _changed(
    store: Store, viewer: Viewer, family_id: str | None, now: datetime, write: Callable[[Session], None]
) -> str:
    def change() -> None:
        with store.write() as session:
            write(session)
            session.flush()
            look_again(session, viewer.agency_id, now, family_id=family_id)

    if family_id is not None:
        with store.read() as session:
            families.held(session, viewer, family_id)
    return with_effect(store, agency_id=viewer.agency_id, family_id=family_id, now=now, change=change)


def _check_place(store: Store, viewer: Viewer, family_id: str | None, date_id: str) -> None:
    if family_id is None:
        _may_run(viewer)
    with store.read() as session:
        if calendar_dates.one_of_viewer(session, viewer, date_id, lock=False).family_id != family_id:
            raise NotYours("date")


def _may_run(viewer: Viewer) -> None:
    if not viewer.runs_schedules:
        raise NotAllowed("calendar")


def _room_for_one(session: Session, viewer: Viewer, family_id: str | None) -> None:
    if calendar_dates.how_many(session, viewer.agency_id, family_id) >= MOST:
        raise InvalidInput(f"A calendar holds at most {MOST} dates: take old ones out first.")


def _note(session: Session, viewer: Viewer, act: str, subject: tuple[str, str], detail: str, now: datetime) -> None:
    audit.write(session, viewer.agency_id, act, now, staff_id=viewer.by, subject=subject, detail=detail)
