"""The hour of a reminder: after its delay, at the local hour, never later in the day than allowed."""

from datetime import UTC, datetime, time

import pytest

from foster_bond.rules.nudge_time import last_moment, nudge_time

DENVER = "America/Denver"


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("earliest", "hour", "latest", "expected"),
    [
        (utc(3, 22), None, None, utc(3, 22)),  # the delay alone
        (utc(3, 22), time(18), None, utc(4, 1)),  # 15:00 on the wall: waits for 18:00
        (utc(4, 2), time(18), None, utc(5, 1)),  # 19:00: the hour has passed, so the next day
        (utc(4, 1), time(18), None, utc(4, 1)),  # on the minute
        (utc(4, 2), None, time(18, 30), utc(4, 7)),  # too late in the day: not before midnight
        (utc(4, 1), None, time(18, 30), utc(4, 1)),
        (utc(4, 1, 30), None, time(18, 30), utc(4, 1, 30)),  # the last minute counts
        (utc(8, 2), time(18), time(20), utc(9, 0)),  # the clocks go forward on the 8th: 18:00 is 18:00
    ],
)
def test_a_reminder_waits_for_its_hour(
    earliest: datetime, hour: time | None, latest: time | None, expected: datetime
) -> None:
    assert nudge_time(earliest, DENVER, hour, latest) == expected


def test_after_the_last_hour_none_may_leave() -> None:
    assert last_moment(utc(4, 1), DENVER, time(20)) == utc(4, 3, 1)
    assert last_moment(utc(4, 1), DENVER, None).year == 9999
