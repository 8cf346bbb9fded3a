"""Viewer → follow-up: something to do about a family on a day. From that day it stands among the tasks."""

from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.local_time import local_day
from foster_bond.rules.visit_days import read_coming_day
from foster_bond.store import audit, families, follow_ups
from foster_bond.store.open_store import Store

LONGEST = 1000  # characters


def add_follow_up(
    store: Store, viewer: Viewer, family_id: str, words: str, day: str, now: datetime, *, once_key: str,
    moment_id: str | None = None,
) -> bool:  # fmt: skip
    """True where it is new; the same form sent again makes none. Raises: NotYours, OffFields (what was typed)."""
    words = words.strip()
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        off: dict[str, tuple[str, ...]] = {}
        if not words:
            off["words"] = ("Write what is to be done.",)
        elif len(words) > LONGEST:
            off["words"] = (f"At most {LONGEST} characters; this has {len(words)}.",)
        due_on = local_day(now, family.zone)
        try:
            due_on = read_coming_day(day, today=due_on)
        except InvalidInput as wrong:
            off["day"] = wrong.problems
        if off:
            raise OffFields(off)
        new = follow_ups.add(
            session, store.vault, agency_id=family.agency_id, family_id=family.id, words=words, due_on=due_on,
            moment_id=moment_id, by=viewer.by, at=now, once_key=f"{viewer.staff_id}:{once_key[:40]}",
        )  # fmt: skip
        if new:
            audit.write(session, viewer.agency_id, "follow_up", now, staff_id=viewer.by, subject=("family", family.id))
        return new


def finish_follow_up(store: Store, viewer: Viewer, follow_up_id: str, now: datetime) -> None:
    """It is done. Raises: NotYours; Conflict where it is done already."""
    _set(store, viewer, follow_up_id, now, done=True)


def reopen_follow_up(store: Store, viewer: Viewer, follow_up_id: str, now: datetime) -> None:
    """It is not done after all. Raises: NotYours; Conflict where it is open."""
    _set(store, viewer, follow_up_id, now, done=False)


def _set(store: Store, viewer: Viewer, follow_up_id: str, now: datetime, *, done: bool) -> None:
    with store.write() as session:
        row = follow_ups.seen(session, viewer, follow_up_id)
        if row is None:
            raise NotYours("follow-up")
        if not follow_ups.set_done(session, row, by=viewer.by, at=now if done else None):
            raise Conflict("A colleague has done this already." if done else "A colleague has opened this again.")
        act = "finish_follow_up" if done else "reopen_follow_up"
        audit.write(session, viewer.agency_id, act, now, staff_id=viewer.by, subject=("family", row.family_id))
