"""Rules, occurrence → reminder: the hour on the family's wall at which a reminder comes, once its delay is over."""

from datetime import UTC, datetime, time, timedelta

from foster_bond.rules.local_time import local_day, local_instant


def nudge_time(earliest: datetime, zone: str, hour: time | None, latest: time | None) -> datetime:
    """The first instant from `earliest` on at which a reminder may come.

    With an `hour` it comes when the wall shows that; with `latest` no later in the day than that, else on the next day
    (at `hour`, or from midnight on: polite hours are the gate's).
    """
    day = local_day(earliest, zone)
    moment = earliest if hour is None else local_instant(day, hour, zone)
    if moment < earliest:
        day += timedelta(days=1)
        moment = local_instant(day, hour or time(), zone)
    if latest is not None and moment > local_instant(day, latest, zone):
        moment = local_instant(day + timedelta(days=1), hour or time(), zone)
    return moment


def last_moment(at: datetime, zone: str, latest: time | None) -> datetime:
    """The end of the minute after which no reminder comes that day; far away where there is no such hour."""
    if latest is None:
        return datetime.max.replace(tzinfo=UTC)
    return local_instant(local_day(at, zone), latest, zone) + timedelta(minutes=1)
