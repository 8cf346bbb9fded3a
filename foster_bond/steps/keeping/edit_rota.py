"""Beside the river: who is on call when: weekly watches, dates that differ, time off."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TypeVar

from foster_bond.errors import InvalidInput, NotAllowed, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.store import audit, rota, staff
from foster_bond.store.open_store import Session, Store

T = TypeVar("T")

MOST = 500  # rows of one agency; a rota is read by people


def add_watch(store: Store, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> str:
    """A watch of every week: `weekday` 0-6 (0 = Monday), `since`, `until` as HH:MM, `staff_id`.

    Raises: NotAllowed, NotYours, InvalidInput.
    """
    weekday = _read(typed, "weekday", int, "Choose a weekday.")
    if weekday not in range(7):
        raise InvalidInput("Choose a weekday.")
    since, until = _hours(typed)

    def write(session: Session) -> str:
        staff_id = _person(session, viewer, typed)
        return rota.add_shift(session, viewer.agency_id, weekday, since, until, staff_id)

    return _written(store, viewer, now, f"watch {weekday} {since:%H:%M}-{until:%H:%M}", write)


def add_exception(store: Store, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> str:
    """A watch of one `day` in place of its weekday's; without `staff_id` nobody is on call that day.

    Raises: NotAllowed, NotYours, InvalidInput.
    """
    day = _day(typed, "day")
    nobody = not typed.get("staff_id", "")
    since, until = (time(), time()) if nobody else _hours(typed)

    def write(session: Session) -> str:
        staff_id = None if nobody else _person(session, viewer, typed)
        return rota.add_exception(session, viewer.agency_id, day, since, until, staff_id)

    return _written(store, viewer, now, f"exception {day}", write)


def add_time_off(store: Store, viewer: Viewer, typed: Mapping[str, str], now: datetime) -> str:
    """Whole days off, `first` to `last`, for `staff_id`. People may write their own.

    Raises: NotAllowed, NotYours, InvalidInput.
    """
    first, last = _day(typed, "first"), _day(typed, "last")
    if last < first:
        raise InvalidInput("The last day lies before the first.")

    def write(session: Session) -> str:
        return rota.add_leave(session, viewer.agency_id, _person(session, viewer, typed), first, last)

    own = typed.get("staff_id", "") == viewer.staff_id
    return _written(store, viewer, now, f"time off {first} to {last}", write, own=own)


def remove_row(store: Store, viewer: Viewer, row_id: str, now: datetime) -> None:
    """Take one row of the rota out. Raises: NotAllowed, NotYours."""

    def write(session: Session) -> str:
        if not rota.remove(session, viewer.agency_id, row_id):
            raise NotYours("rota")
        return row_id

    _written(store, viewer, now, "removed a row", write)


def _written(
    store: Store, viewer: Viewer, now: datetime, what: str, write: Callable[[Session], str], *, own: bool = False
) -> str:
    if not (own or viewer.sees_all_families):
        raise NotAllowed("rota")
    with store.write() as session:
        rows = (rota.shifts, rota.exceptions_of, rota.leaves)
        if sum(len(read(session, viewer.agency_id)) for read in rows) >= MOST:
            raise InvalidInput(f"A rota holds at most {MOST} rows: take old ones out first.")
        row_id = write(session)
        audit.write(session, viewer.agency_id, "rota_changed", now, staff_id=viewer.by, detail=what)
        return row_id


def _person(session: Session, viewer: Viewer, typed: Mapping[str, str]) -> str:
    person = staff.find(session, viewer.agency_id, typed.get("staff_id", ""))
    if person is None or person.disabled_at is not None:
        raise InvalidInput("Choose somebody who works here.")
    return person.id


def _hours(typed: Mapping[str, str]) -> tuple[time, time]:
    says = "Write hours like 18:00."
    return _read(typed, "since", time.fromisoformat, says), _read(typed, "until", time.fromisoformat, says)


def _day(typed: Mapping[str, str], name: str) -> date:
    return _read(typed, name, date.fromisoformat, "Write a day like 2026-11-26.")


def _read(typed: Mapping[str, str], name: str, read: Callable[[str], T], says: str) -> T:
    try:
        return read(typed.get(name, ""))
    except ValueError:
        raise InvalidInput(says) from None
