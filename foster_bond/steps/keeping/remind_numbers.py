"""The clock → tasks: once a month somebody calls the agency's numbers and the crisis lines, and says so."""

from datetime import datetime, timedelta

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.store import agencies, alerts, audit
from foster_bond.store.open_store import Store

GOOD_FOR = timedelta(days=30)
WHY = "Check the numbers that our texts name (office, on call, hotline, 988 and the others), then mark them as checked."


def remind_numbers(store: Store, now: datetime) -> dict[str, int]:
    """How many agencies got a new task this month."""
    with store.read() as session:
        due = [one.id for one in agencies.every(session) if now - (one.numbers_checked_on or one.created_at) > GOOD_FOR]
    tally = {"reminded": 0}
    for agency_id in due:
        with store.write() as session:
            month = local_day(now, agencies.by_id(session, agency_id).zone).strftime("%Y-%m")
            tally["reminded"] += alerts.add_task(session, agency_id, "numbers", WHY, now, once_key=f"numbers:{month}")
    return tally


def mark_numbers_checked(store: Store, viewer: Viewer, now: datetime) -> None:
    """Somebody has called them all today. Raises: NotAllowed."""
    if not viewer.sees_all_families:
        raise NotAllowed("agency")
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        agency.numbers_checked_on = now
        alerts.close_tasks_of_kind(session, agency.id, "numbers", now, "checked", by=viewer.staff_id)
        audit.write(session, agency.id, "numbers_checked", now, staff_id=viewer.by)
