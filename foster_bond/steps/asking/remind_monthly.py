"""The same week of every month → N2, a text of its own that tells how to stop, to pause and to get fewer."""

from datetime import datetime

from foster_bond.rules.local_time import local_day
from foster_bond.rules.notes import APART, SETTLED, in_reminder_week, names_stop_and_pause
from foster_bond.steps.asking._noting import may_leave, write_note
from foster_bond.store import agencies, notes_due
from foster_bond.store.family_calendars import calendars_of
from foster_bond.store.notes_due import Noted
from foster_bond.store.number_facts import facts_of
from foster_bond.store.open_store import Store

AT_ONCE = 5000  # numbers of one agency in one run; the rest follow with the next


def remind_monthly(store: Store, now: datetime) -> dict[str, int]:
    """How many numbers get their reminder of this month now."""
    with store.read() as session:
        due = [agency.id for agency in agencies.every(session) if _near(local_day(now, agency.zone).day)]
    return {"reminded": sum(_remind(store, agency_id, now) for agency_id in due)}


def _near(day: int) -> bool:
    """The week may have begun or not have ended somewhere among the agency's families."""
    return 7 <= day <= 15


def _remind(store: Store, agency_id: str, now: datetime) -> int:
    with store.write() as session:
        agency = agencies.by_id(session, agency_id)
        month = local_day(now, agency.zone).strftime("%Y-%m")
        due = [
            one for one in notes_due.to_remind(
                session, agency_id, active_since=now - SETTLED, month=month, limit=AT_ONCE
            ) if in_reminder_week(local_day(now, one.zone))
        ]  # fmt: skip
        numbers = [one.stands.to_bidx for one in due]
        told = notes_due.told_lately(session, agency_id, numbers, names_stop_and_pause(), now - APART)
        facts = facts_of(session, [(agency_id, number) for number in numbers], now, leaving=False)
        calendars = calendars_of(session, {(agency_id, one.family.id) for one in due}, now)

        def ready(one: Noted) -> bool:
            number = one.stands.to_bidx
            known = facts[agency_id, number], calendars[agency_id, one.family.id]
            return number not in told and may_leave(agency, one, *known, now)

        written = [
            write_note(session, store, agency, one, "N2", f"N2:{month}:{one.stands.to_bidx}", now)
            for one in due if ready(one)
        ]  # fmt: skip
        return sum(one is not None for one in written)
