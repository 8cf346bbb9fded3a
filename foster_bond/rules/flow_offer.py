"""Rules, under the gate: whether a guided activity may be offered to somebody now, and when its first step leaves."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from foster_bond.library.flows import Flow
from foster_bond.rules import polite_hours
from foster_bond.rules.local_time import local_day, local_instant
from foster_bond.rules.polite_hours import PoliteHours

YOUNGEST = 13


class Refusal(StrEnum):
    """Why an activity is not offered; the page says it in a sentence."""

    LEFT = "left"
    ROLE = "role"  # it is not written for them
    UNDER_13 = "under_13"
    WORKER = "worker"  # a teen, and no worker beside them
    CLEARANCE = "clearance"  # a named worker has something to confirm first
    CONSENT = "consent"
    PAUSED = "paused"
    RESTS = "rests"  # the placement rests or is over
    ALERT = "alert"
    OPEN = "open"  # they are on one already
    HOME = "home"  # no teen lives there
    DATE = "date"  # a date on the calendar is too near
    RUNG = "rung"  # exploration is not open yet
    NIGHT = "night"  # together with a worker it can only begin now, and now is no time


@dataclass(frozen=True, slots=True)
class Who:
    """The person as the guards see them."""

    role: str
    age_band: str | None = None
    here: bool = True
    cleared: bool = True
    agrees: bool = True
    paused: bool = False
    rests: bool = False
    alert: bool = False
    walks: bool = False
    teen_home: bool = False
    near_date: bool = False
    rung: int = 0


def why_not_offer(flow: Flow, who: Who, *, with_worker: bool = False) -> Refusal | None:
    """The first guard that stands in the way; None where it may be offered."""
    beside = who.role in flow.with_worker
    guards = (
        (not who.here, Refusal.LEFT),
        (is_under_13(who.age_band), Refusal.UNDER_13),
        (who.role not in flow.roles and not beside, Refusal.ROLE),
        (beside and not with_worker, Refusal.WORKER),
        (not who.cleared, Refusal.CLEARANCE),
        (not who.agrees, Refusal.CONSENT),
        (who.rests, Refusal.RESTS),
        (who.alert, Refusal.ALERT),
        (who.paused, Refusal.PAUSED),
        (who.walks, Refusal.OPEN),
        (flow.home == "teen" and not who.teen_home, Refusal.HOME),
        (flow.step_by_step and who.near_date, Refusal.DATE),
        (who.rung < flow.level, Refusal.RUNG),
    )
    return next((refusal for stands, refusal in guards if stands), None)


def is_under_13(age_band: str | None) -> bool:
    """True where the band names an age below 13; the service never texts such a child."""
    ages = [int(part) for part in (age_band or "").replace("–", "-").split("-") if part.strip().isdigit()]
    return bool(ages) and min(ages) < YOUNGEST


def may_begin_at(flow: Flow, hours: PoliteHours, at: datetime, zone: str) -> bool:
    """True inside polite hours, but not in the last of them that the flow needs for itself."""
    if not polite_hours.is_open(hours, at, zone):
        return False
    return at < polite_hours.closes_at(hours, at, zone) - timedelta(hours=flow.quiet_end_h)


def first_moment(flow: Flow, hours: PoliteHours, now: datetime, zone: str, hour: time | None) -> datetime:
    """Now where that is allowed, else the next day: at their own hour where that leaves the evening it needs."""
    if may_begin_at(flow, hours, now, zone):
        return now
    opening = polite_hours.next_open(hours, polite_hours.closes_at(hours, now, zone), zone)
    if not polite_hours.is_open(hours, now, zone):
        opening = polite_hours.next_open(hours, now, zone)
    if hour is None:
        return opening
    theirs = local_instant(local_day(opening, zone), hour, zone)
    return theirs if theirs > opening and may_begin_at(flow, hours, theirs, zone) else opening
