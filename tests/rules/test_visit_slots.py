"""Which texts stand around a visit and when: a table, and what keeps a plan from jumping about."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.blackout import DateKind, MarkedDate, VisitManner
from foster_bond.rules.local_time import zone_of
from foster_bond.rules.recurrence import parse_rhythm
from foster_bond.rules.visit_slots import How, Part, Visit, asked_about, from_rows, to_rows, visit_slots, visits_of

DENVER = "America/Denver"
MONDAY = date(2026, 3, 2)
THURSDAY = MONDAY + timedelta(days=3)
RHYTHM = parse_rhythm("FREQ=DAILY", at=time(19), between=None, starts=MONDAY, ends=None)
CARER, TEEN = "foster_parent", "teen"


def visit(day: date, ends: time | None = time(17), how: How = How.USUAL, last: date | None = None) -> Visit:
    return Visit(day, last or day, ends, how)


def told(visits: list[Visit], role: str = CARER, hour: time | None = None) -> list[str]:
    """The slots as people would say them: part, weekday and day, hour."""
    found = visit_slots(RHYTHM, visits, began=MONDAY, role=role, zone=DENVER, seed="s", hour=hour)
    walls = [(slot, slot.due_at.astimezone(zone_of(DENVER))) for slot in found]
    return [f"{Part(slot.number).name.lower()} {wall:%a %d %H:%M}" for slot, wall in walls]


THREE = ["before Wed 04 19:00", "after Thu 05 19:00", "later Fri 06 19:00"]
TABLE = [
    (visit(THURSDAY), CARER, None, THREE),
    (visit(THURSDAY), "kin_carer", None, THREE),
    (visit(THURSDAY), "birth_parent", None, ["after Thu 05 19:00"]),
    (visit(THURSDAY), TEEN, None, ["after Thu 05 19:00"]),
    # not sooner than two hours after its end, and at the member's own hour
    (visit(THURSDAY, time(17, 30)), TEEN, None, ["after Thu 05 19:30"]),
    (visit(THURSDAY, time(12)), CARER, time(10), ["before Wed 04 10:00", "after Thu 05 14:00", "later Fri 06 10:00"]),
    # where that would be night, or nobody wrote down when it ends, it is the evening after
    (visit(THURSDAY, time(18)), TEEN, None, ["after Fri 06 19:00"]),
    (visit(THURSDAY, time(23, 30)), CARER, None,
     ["before Wed 04 19:00", "after Fri 06 19:00", "later Sat 07 19:00"]),
    (visit(THURSDAY, None), CARER, None, ["before Wed 04 19:00", "after Fri 06 19:00", "later Sat 07 19:00"]),
    # a weekend is one visit
    (visit(THURSDAY, time(16), last=date(2026, 3, 8)), CARER, None,
     ["before Wed 04 19:00", "after Sun 08 19:00", "later Mon 09 19:00"]),
    (visit(THURSDAY, how=How.OTHER), CARER, None, THREE[:2]),
    (visit(THURSDAY, how=How.CANCELLED), CARER, None, THREE[1:2]),
    (visit(THURSDAY, how=How.CANCELLED), TEEN, None, THREE[1:2]),
    (visit(MONDAY - timedelta(days=1)), CARER, None, []),  # before they began
]  # fmt: skip


@pytest.mark.parametrize(("one", "role", "hour", "slots"), TABLE)
def test_what_stands_around_a_visit(one: Visit, role: str, hour: time | None, slots: list[str]) -> None:
    assert told([one], role, hour) == slots


def test_the_key_is_the_visits_day_whatever_the_hour() -> None:
    early, late = (
        visit_slots(RHYTHM, [one], began=MONDAY, role=CARER, zone=DENVER, seed="s")
        for one in (visit(THURSDAY), visit(THURSDAY, None))
    )
    assert [(one.local_date, one.number) for one in early] == [(THURSDAY, 1), (THURSDAY, 2), (THURSDAY, 3)]
    assert [(one.local_date, one.number) for one in late] == [(one.local_date, one.number) for one in early]
    assert early[0].due_at == datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


def weekly(many: int, **how: How) -> list[Visit]:
    return [visit(THURSDAY + timedelta(weeks=n), how=how.get(f"w{n}", How.USUAL)) for n in range(many)]


@pytest.mark.parametrize(
    ("visits", "asked"),
    [
        (weekly(5), [(0, 0), (2, 1), (4, 2)]),  # every week: every second one
        (weekly(4, w1=How.CANCELLED), [(0, 0), (2, 1)]),
        (weekly(4, w2=How.CANCELLED), [(0, 0), (2, 1), (3, 1)]),  # the table's week waits for the next
        (weekly(3, w0=How.CANCELLED), [(0, 0), (1, 0)]),
        ([*weekly(1), visit(THURSDAY + timedelta(days=1))], [(0, 0)]),  # two in a week are asked about once
        ([visit(THURSDAY - timedelta(days=1), how=How.CANCELLED), *weekly(1)], [(0, 0)]),  # and held before cancelled
        ([], []),
    ],
)
def test_which_visits_are_asked_about_and_by_which_week(visits: list[Visit], asked: list[tuple[int, int]]) -> None:
    found = asked_about(visits, MONDAY)
    assert [((one.visit.day - THURSDAY).days // 7, one.week) for one in found] == asked


def test_marked_dates_become_visits_and_come_back_from_rows() -> None:
    dates = [
        MarkedDate(DateKind.CANCELLED_VISIT, THURSDAY, THURSDAY),
        MarkedDate(DateKind.FAMILY_VISIT, THURSDAY, THURSDAY, time(15), time(17, 30)),
        MarkedDate(DateKind.HEARING, MONDAY, MONDAY),
        MarkedDate(DateKind.FAMILY_VISIT, MONDAY, MONDAY, manner=VisitManner.VIDEO),
        MarkedDate(DateKind.FAMILY_VISIT, date(2026, 3, 9), date(2026, 3, 9), manner=VisitManner.IN_PERSON),
    ]
    found = visits_of(dates)
    assert [(one.day, one.ends, one.how) for one in found] == [
        (MONDAY, None, How.OTHER), (THURSDAY, time(17, 30), How.USUAL), (date(2026, 3, 9), None, How.USUAL),
    ]  # fmt: skip
    assert from_rows(to_rows(found)) == found
    assert from_rows(None) == ()


@given(st.sets(st.integers(0, 120)), st.sets(st.integers(0, 120)))
def test_no_two_visits_that_are_asked_about_come_in_weeks_side_by_side(held: set[int], cancelled: set[int]) -> None:
    dates = [MarkedDate(DateKind.FAMILY_VISIT, day, day) for day in (MONDAY + timedelta(days=n) for n in held)]
    dates += [MarkedDate(DateKind.CANCELLED_VISIT, day, day) for day in (MONDAY + timedelta(days=n) for n in cancelled)]
    found = asked_about(visits_of(dates), MONDAY)
    weeks = [(one.visit.day - MONDAY).days // 7 for one in found]
    assert len(set(weeks)) == len(weeks)
    usual = [week for week, one in zip(weeks, found, strict=True) if one.visit.how is How.USUAL]
    assert all(after - before >= 2 for before, after in pairwise(usual))
    slots = visit_slots(RHYTHM, visits_of(dates), began=MONDAY, role=CARER, zone=DENVER, seed="s")
    assert len({(one.local_date, one.number) for one in slots}) == len(slots)
