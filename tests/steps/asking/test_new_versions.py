"""A new version loses nothing and doubles nothing, and a year of a schedule is what its plan said."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foster_bond.rules.local_time import local_instant
from foster_bond.steps.asking.preview_schedule import preview
from foster_bond.steps.enrolling import enrol_everybody
from foster_bond.steps.versions import changed_columns, take_over
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Member
from foster_bond.store.prompts import Schedule
from tests.databases import sqlite_template
from tests.steps.asking.house import BEN, GRACE, House, open_house
from tests.steps.asking.test_preview import WITHOUT_SHRINKING, goes, sent

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ORDER = ["S1", "S3", "S4", "S6", "C1", "C2", "C3", "C4", "B4", "H1", "S2"] * 20
ZONES = {"m0": "America/Denver", "m1": "Australia/Lord_Howe"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_template(tmp_path_factory.mktemp("template"))


def house_on(template: Path, folder: Path, start: datetime) -> House:
    path = folder / "versions.db"
    copyfile(template, path)
    house = open_house(f"sqlite:///{path}", start)
    family = house.family(now=start)
    for number, (ref, zone) in zip((GRACE, BEN), ZONES.items(), strict=True):
        house.member(family, number, now=start, ref=ref, zone=zone)
    return house


def rule_on(days: frozenset[int]) -> str:
    return "FREQ=WEEKLY;BYDAY=" + ",".join(DAYS[day] for day in sorted(days))


def save(house: House, schedule_id: str, now: datetime, days: frozenset[int], at: time) -> None:
    with house.store.write() as session:
        row, agency = session.get(Schedule, schedule_id), session.get(Agency, house.agency_id)
        assert row is not None and agency is not None
        take_over(session, row, changed_columns(row, {"rule": rule_on(days), "at": at}), now, None)
        enrol_everybody(session, agency, row, now, replan=True)


WEEKDAYS = st.frozensets(st.integers(0, 6), min_size=1)
HOURS = st.integers(9 * 60, 20 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
EDITS = st.lists(
    st.tuples(st.integers(1, 6 * 24 * 60), WEEKDAYS, HOURS), min_size=1, max_size=3
)  # after so many minutes, these days, at that hour


@settings(max_examples=8, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING, deadline=None)
@given(first=WEEKDAYS, at=HOURS, edits=EDITS, day=st.integers(0, 700))
def test_a_new_version_loses_nothing_and_doubles_nothing(
    template: Path, tmp_path_factory: pytest.TempPathFactory, first: frozenset[int], at: time,
    edits: list[tuple[int, frozenset[int], time]], day: int,
) -> None:  # fmt: skip
    start = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
    house = house_on(template, tmp_path_factory.mktemp("versions"), start)
    schedule = house.schedule(now=start, prompts=ORDER, rule=rule_on(first), at=at, starts=start.date())
    regimes: list[tuple[datetime, frozenset[int], time]] = [(start, first, at)]
    now = start
    for minutes, days, hour in edits:
        house.live(now, now + timedelta(minutes=minutes), answers=True)
        now += timedelta(minutes=minutes)
        save(house, schedule, now, days, hour)
        regimes.append((now, days, hour))
    end = now + timedelta(days=9)
    house.live(now, end, answers=True)
    slots = house.slots()
    assert max(Counter(slot.key for slot in slots).values()) == 1
    for zone in ZONES.values():
        mine = [slot for slot in slots if _wall_is(house, slot.member_id, zone)]
        assert {slot.local_date for slot in mine if slot.due_at < end} >= _wanted(regimes, zone, end)
    house.store.close()


def _wall_is(house: House, member_id: str, zone: str) -> bool:

    row: Any = house.read(Member, member_id)
    return bool(row.zone == zone)


def _wanted(regimes: list[tuple[datetime, frozenset[int], time]], zone: str, end: datetime) -> set[date]:
    """By a calendar of the test's own: every day whose hour fell while its version was in force."""
    found = set()
    for place, (since, days, hour) in enumerate(regimes):
        until = regimes[place + 1][0] if place + 1 < len(regimes) else end
        for number in range((until - since).days + 3):
            day = since.date() - timedelta(days=1) + timedelta(days=number)
            if day.weekday() in days and since < local_instant(day, hour, zone) < until:
                found.add(day)
    return found


def a_stretch_equals_its_plan(house: House, start: datetime, weeks: int) -> int:
    house.schedule(now=start, prompts=ORDER, rule="FREQ=WEEKLY;BYDAY=MO,WE,FR", nudge_after_s=20 * 3600)
    house.schedule(
        now=start, prompts=ORDER[5:60], rule="FREQ=MONTHLY;BYMONTHDAY=1,15,-1", at=None,
        between=(time(10), time(12)), key="monthly", send_within_s=6 * 3600,
    )  # fmt: skip
    until = start + timedelta(weeks=weeks)
    foreseen = preview(house.store, agency_id=house.agency_id, weeks=weeks, now=start)
    house.live(start, until + timedelta(hours=1))
    expected = sorted(one for one in goes(foreseen) if one[0] is not None and one[0] < until)
    assert expected == [one for one in sent(house, until) if one[0] < until]
    return len(expected)


def test_eight_weeks_equal_their_plan(template: Path, tmp_path: Path) -> None:
    start = datetime(2026, 2, 20, 12, tzinfo=UTC)  # the clocks change in Denver on the way
    house = house_on(template, tmp_path, start)
    assert a_stretch_equals_its_plan(house, start, 8) > 20
    house.store.close()


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("start", [datetime(2025, 12, 30, 12, tzinfo=UTC), datetime(2027, 9, 1, 3, tzinfo=UTC)])
def test_a_year_equals_its_plan(template: Path, tmp_path: Path, start: datetime) -> None:
    house = house_on(template, tmp_path, start)
    assert a_stretch_equals_its_plan(house, start, 52) > 100
    house.store.close()
