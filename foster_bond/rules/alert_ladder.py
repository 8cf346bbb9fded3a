"""Rules of the river: who is told of an open alert at which age, until a person takes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# domain.md section 6: at once the worker and the rota, 15 min unclaimed the supervisor, 30 min the next person.
SUPERVISOR_AFTER = timedelta(minutes=15)
EVERYONE_AFTER = timedelta(minutes=30)
AGAIN_EVERY = timedelta(minutes=10)
UNHEARD_AFTER = timedelta(seconds=60)  # a notice that no channel has accepted by then counts as not told


@dataclass(frozen=True, slots=True)
class Rung:
    """One call for help: which circle hears it, and a number that makes it once."""

    number: int
    supervisors: bool
    everyone: bool


def rung_at(raised_at: datetime, first_told_at: datetime | None, now: datetime) -> Rung | None:
    """The rung that an alert nobody has taken stands on now; None while the first notice is still fresh.

    The first rungs are the first notices said again, where no channel accepted them within a minute.
    """
    age = now - raised_at
    if age >= EVERYONE_AFTER:
        return Rung(3 + (age - EVERYONE_AFTER) // AGAIN_EVERY, supervisors=True, everyone=True)
    if age >= SUPERVISOR_AFTER:
        return Rung(2, supervisors=True, everyone=False)
    if first_told_at is None and age >= UNHEARD_AFTER:
        return Rung(-(age // UNHEARD_AFTER), supervisors=False, everyone=False)
    return None
