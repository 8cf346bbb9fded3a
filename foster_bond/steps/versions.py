"""Steps, shared floor: what a schedule says, from its row and back, and every version of it kept."""

from datetime import date, datetime, timedelta
from typing import Any

from foster_bond.rules.pack_values import Audience, PackSchedule
from foster_bond.rules.schedule_record import to_record
from foster_bond.store import prompts
from foster_bond.store.ids import new_id
from foster_bond.store.prompts import Anchor, Programme, Schedule, ScheduleVersion
from foster_bond.store.session import Session


def words_of(row: Schedule, programme: str) -> PackSchedule:
    """What the schedule says now; `programme` is the key of the programme it asks from."""
    between = None
    if row.between_from is not None and row.between_until is not None:
        between = (row.between_from, row.between_until)
    return PackSchedule(
        id=row.key, name=row.name, audience=Audience(tuple(row.roles), tuple(row.tags)), rule=row.rule, at=row.at,
        between=between, programme=programme, starts=row.starts, ends=row.ends,
        nudge_after=None if row.nudge_after_s is None else timedelta(seconds=row.nudge_after_s),
        closes_after=timedelta(seconds=row.closes_after_s), send_within=timedelta(seconds=row.send_within_s),
        counted_from=row.anchor, nudge_from=row.nudge_from, nudge_until=row.nudge_until,
    )  # fmt: skip


def mark_of(row: Schedule) -> str:
    """What changes whenever anybody changes the schedule: a form that was filled in before it is told."""
    waits = "" if row.draft is None else str(row.draft.get("at", ""))
    return f"{row.version}.{row.state}.{waits}"


def columns_of(words: PackSchedule, programme: Programme, starts: date) -> dict[str, Any]:
    """The row's columns for these words; `starts` is the day where they name none. Around visits nobody is reminded."""
    first, last = words.between or (None, None)
    nudge = None if words.nudge_after is None or programme.around_visits else int(words.nudge_after.total_seconds())
    return {
        "name": words.name, "roles": list(words.audience.roles), "tags": list(words.audience.tags),
        "rule": words.rule, "at": words.at, "between_from": first, "between_until": last,
        "programme_id": programme.id, "by_visits": programme.around_visits,
        "starts": words.starts or starts, "ends": words.ends, "nudge_after_s": nudge,
        "nudge_from": words.nudge_from, "nudge_until": words.nudge_until,
        "closes_after_s": int(words.closes_after.total_seconds()),
        "send_within_s": int(words.send_within.total_seconds()), "anchor": Anchor(words.counted_from).value,
    }  # fmt: skip


def changed_columns(row: Schedule, columns: dict[str, Any]) -> dict[str, Any]:
    """Those of the columns that the row does not say yet."""
    return {name: value for name, value in columns.items() if getattr(row, name) != value}


def keep(session: Session, row: Schedule, programme: str, now: datetime, by: str | None) -> None:
    """Write down what the schedule says at its number, unless that number is kept already."""
    if not prompts.has_version(session, row.id, row.version):
        session.add(
            ScheduleVersion(
                id=new_id(), agency_id=row.agency_id, schedule_id=row.id, number=row.version,
                words=to_record(words_of(row, programme)), made_at=now, made_by=by,
            )
        )  # fmt: skip


def take_over(session: Session, row: Schedule, changed: dict[str, Any], now: datetime, by: str | None) -> None:
    """Make this the schedule's next version, the one before it kept."""
    if not changed:
        return
    keep(session, row, prompts.programme(session, row.programme_id).key, row.changed_at or row.created_at, None)
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    row.changed_at = now
    session.flush()
    keep(session, row, prompts.programme(session, row.programme_id).key, now, by)
