"""Rules, beside the schedule: what a schedule says as plain values that a version keeps, and back again."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from foster_bond.rules.pack_values import Audience, PackSchedule


def to_record(words: PackSchedule) -> dict[str, Any]:
    """Everything a schedule says, as JSON values."""
    return {
        "name": words.name,
        "roles": list(words.audience.roles),
        "tags": list(words.audience.tags),
        "rule": words.rule,
        "at": _clock(words.at),
        "between": None if words.between is None else [_clock(one) for one in words.between],
        "programme": words.programme,
        "starts": None if words.starts is None else words.starts.isoformat(),
        "ends": None if words.ends is None else words.ends.isoformat(),
        "nudge_after": _seconds(words.nudge_after),
        "nudge_from": _clock(words.nudge_from),
        "nudge_until": _clock(words.nudge_until),
        "closes_after": _seconds(words.closes_after),
        "send_within": _seconds(words.send_within),
        "counted_from": words.counted_from,
    }


def from_record(key: str, row: Mapping[str, Any]) -> PackSchedule:
    """What `to_record` kept, for the schedule of that key."""
    between = row["between"]
    return PackSchedule(
        id=key,
        name=row["name"],
        audience=Audience(tuple(row["roles"]), tuple(row["tags"])),
        rule=row["rule"],
        at=_time(row["at"]),
        between=None if between is None else (time.fromisoformat(between[0]), time.fromisoformat(between[1])),
        programme=row["programme"],
        starts=None if row["starts"] is None else date.fromisoformat(row["starts"]),
        ends=None if row["ends"] is None else date.fromisoformat(row["ends"]),
        nudge_after=None if row["nudge_after"] is None else timedelta(seconds=row["nudge_after"]),
        nudge_from=_time(row["nudge_from"]),
        nudge_until=_time(row["nudge_until"]),
        closes_after=timedelta(seconds=row["closes_after"]),
        send_within=timedelta(seconds=row["send_within"]),
        counted_from=row["counted_from"],
    )


def _clock(clock: time | None) -> str | None:
    return None if clock is None else f"{clock:%H:%M}"


def _time(words: str | None) -> time | None:
    return None if words is None else time.fromisoformat(words)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())
