"""Rules, under the occurrence: what the clock on a family's wall says, and which instant that is."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from foster_bond.errors import InvalidInput

_NONE = timedelta()

CLOCK_FORWARD = "clock_forward"
"""The wanted local time does not exist on that day; the first valid minute after it is used."""

CLOCK_BACK = "clock_back"
"""The wanted local time comes twice on that day; its first pass is used."""


_STAND_IN = ZoneInfo("UTC")


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC for one that is not in the zone database, where the gate lets nothing leave.

    A name that was good when it was kept may be gone from a newer database: plans and pages go on, for everybody.
    """
    return _known(name) or _STAND_IN


def is_zone(name: str) -> bool:
    """Whether the zone database knows that name."""
    return _known(name) is not None


def check_zone(name: str) -> None:
    """For what somebody types or imports.

    Raises: InvalidInput for a name that is not in the zone database.
    """
    if not is_zone(name):
        raise InvalidInput(f"{name!r} is not a time zone we know; write it like America/Denver.")


@lru_cache(maxsize=1024)
def _known(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a folder such as "America" ends as an OSError
        return None


def week_start(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=16_384)  # people of one zone share their instants
def local_day(instant: datetime, zone: str) -> date:
    """The calendar day on that zone's walls at that instant."""
    return instant.astimezone(zone_of(zone)).date()


def local_instant(local_date: date, local_time: time, zone: str) -> datetime:
    """The UTC instant at which walls in `zone` show that time on that day.

    A time that does not exist gives the first valid minute after it; one that comes twice gives its first pass.
    """
    return place(local_date, local_time.replace(tzinfo=None, fold=0), zone_of(zone))[0]


def place(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, str | None]:
    """Like `local_instant`, and beside it None, CLOCK_FORWARD or CLOCK_BACK. `clock` is naive with fold 0."""
    wanted = datetime.combine(day, clock, zone)
    instant = wanted.astimezone(UTC)
    offset, late_offset = wanted.utcoffset() or _NONE, wanted.replace(fold=1).utcoffset() or _NONE
    if offset == late_offset:
        return instant, None
    if offset > late_offset:
        return instant, CLOCK_BACK
    return _first_valid_minute(datetime.combine(day, clock, UTC), offset, late_offset, zone), CLOCK_FORWARD


def _first_valid_minute(wall: datetime, before: timedelta, after: timedelta, zone: ZoneInfo) -> datetime:
    """The instant the clocks went forward over `wall`, by halving; 02:30 that is missing becomes 03:00, not 03:30."""
    early, late = wall - after, wall - before  # the change lies in (early, late]
    while (seconds := int((late - early).total_seconds())) > 1:
        middle = early + timedelta(seconds=seconds // 2)
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    spare = (late + after).second  # 0 for every zone of today; a few changes of long ago fell inside a minute
    return late + timedelta(seconds=60 - spare if spare else 0)
