"""The clock → tasks: once a month somebody calls the numbers that our texts name; the task says which are due."""

from datetime import datetime

from foster_bond.rules.local_time import local_day
from foster_bond.steps.keeping._numbers import due_numbers
from foster_bond.store import agencies, alerts
from foster_bond.store.open_store import Store

WHY = "Call these numbers of our texts (never the emergency number: look it up) and mark each that works: "
ROOM = 300  # signs of a task


def remind_numbers(store: Store, now: datetime) -> dict[str, int]:
    """How many agencies got a new task this month."""
    with store.read() as session:
        due = [agency.id for agency in agencies.every(session) if due_numbers(session, agency, now)]
    tally = {"reminded": 0}
    for agency_id in due:
        with store.write() as session:
            agency = agencies.by_id(session, agency_id)
            month = local_day(now, agency.zone).strftime("%Y-%m")
            words = _named(list(due_numbers(session, agency, now).values()))
            tally["reminded"] += alerts.add_task(session, agency_id, "numbers", words, now, once_key=f"numbers:{month}")
    return tally


def _named(words: list[str]) -> str:
    """As many as there is room for, then how many more."""
    said = WHY + ", ".join(words) + "."
    left = len(words)
    while len(said) > ROOM:
        left -= 1
        said = WHY + ", ".join(words[:left]) + f" and {len(words) - left} more."
    return said
