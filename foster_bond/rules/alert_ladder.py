"""Rules of the river: who is told of an open alert at which age, until a person takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.access import Role

# domain.md section 6: at once the worker and the rota, 15 min unclaimed the supervisor, 30 min the next person.
SUPERVISOR_AFTER = timedelta(minutes=15)
NEXT_AFTER = timedelta(minutes=30)
AGAIN_EVERY = timedelta(minutes=10)
UNHEARD_AFTER = timedelta(seconds=60)  # a notice that no channel has accepted by then counts as not told

_LINE = (Role.SUPERVISOR.value, Role.LEAD.value, Role.ADMIN.value, Role.CASEWORKER.value)  # who is next, in this order


@dataclass(frozen=True, slots=True)
class Rung:
    """One call for help: which circle hears it, and a number that makes it once."""

    number: int
    supervisors: bool = False
    more: int = 0  # how many further people, one more each time


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom a channel can reach. `on_call` and `away` are true of this moment."""

    id: str
    role: str
    on_call: bool = False
    away: bool = False


FIRST = Rung(0)


def rung_at(raised_at: datetime, first_told_at: datetime | None, now: datetime) -> Rung | None:
    """The rung that an alert nobody has taken stands on now; None while the first notice is still fresh.

    Where no channel has accepted a notice yet, it is said again every minute, to whoever that age calls.
    """
    age = now - raised_at
    supervisors = age >= SUPERVISOR_AFTER
    again = (age - NEXT_AFTER) // AGAIN_EVERY
    more = 1 + again if age >= NEXT_AFTER else 0
    if first_told_at is None:
        return Rung(-(age // UNHEARD_AFTER), supervisors, more) if age >= UNHEARD_AFTER else None
    if more:
        return Rung(3 + again, supervisors, more)
    return Rung(2, supervisors) if supervisors else None


def next_rung(raised_at: datetime, first_told_at: datetime | None, now: datetime) -> tuple[datetime, Rung]:
    """When the ladder calls again for an alert that nobody takes until then, and at which rung."""
    age = now - raised_at
    if first_told_at is None:
        at = raised_at + (max(age // UNHEARD_AFTER, 0) + 1) * UNHEARD_AFTER
    elif age < SUPERVISOR_AFTER:
        at = raised_at + SUPERVISOR_AFTER
    else:
        at = raised_at + NEXT_AFTER + max((age - NEXT_AFTER) // AGAIN_EVERY + 1, 0) * AGAIN_EVERY
    rung = rung_at(raised_at, first_told_at, at)
    assert rung is not None  # `at` is never fresh
    return at, rung


def next_call(names: Sequence[str], *, again: bool, minutes: int) -> str:
    """The next call in words: "Tom is told in 3 minutes". Empty where there is nobody to call."""
    if not names:
        return ""
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    soon = "within a minute" if minutes < 1 else "in a minute" if minutes == 1 else f"in {minutes} minutes"
    if len(names) == 1:
        return f"{who} is called again {soon}" if again else f"{who} is told {soon}"
    return f"{who} are called again {soon}" if again else f"{who} are told {soon}"


def called(
    rung: Rung, people: Sequence[Colleague], *, caseworker: str | None, named: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Whom this rung calls, the first to take it first. Empty only where no channel reaches anybody.

    A worker whom the text names is called last of all, and a supervisor before the rota. Nobody is left unheard at an
    hour without a rota: the supervisors, or else the next in line, are called at once.
    """
    present = [one for one in people if not one.away and one.id not in named]
    supervisors = _of(present, Role.SUPERVISOR) or _of(present, Role.ADMIN)
    rota = [one.id for one in present if one.id == caseworker]
    rota += [one.id for one in present if one.on_call and one.id != caseworker]
    line = [one.id for one in sorted(people, key=lambda one: (one.id in named, one.away, _LINE.index(one.role)))]
    first = ((supervisors or rota) if named else (rota or supervisors)) or line[:1]
    circle = [*first, *rota, *supervisors] if rung.supervisors else first
    circle = list(dict.fromkeys(circle))
    waiting = [one for one in line if one not in circle]
    return (*circle, *waiting[: rung.more])


def _of(people: Sequence[Colleague], role: Role) -> list[str]:
    return [one.id for one in people if one.role == role.value]
