"""Twelve weeks of evenings over a change of clocks: seven o'clock stays seven o'clock, and the plan said so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from foster_bond.carriers.carrier import Accepted, OutgoingText
from foster_bond.clock import FixedClock
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.steps.asking.close_prompts import close_prompts
from foster_bond.steps.asking.fill_outbox import fill_outbox
from foster_bond.steps.asking.plan_occurrences import plan_occurrences
from foster_bond.steps.asking.preview_schedule import preview
from foster_bond.steps.sending.send_outbox import Sender, Sending
from tests.steps.asking.house import BEN, GRACE, House, open_house

DENVER, LORD_HOWE = "America/Denver", "Australia/Lord_Howe"  # one hour north, half an hour south, opposite seasons
PROMPTS = ["S1", "S3", "S4", "S6", "C1", "C2", "C3", "C4", "B4"] * 4
WEEKS = 12


@dataclass(slots=True)
class Notebook:
    """A carrier that takes every text and writes down when."""

    clock: FixedClock
    taken: list[tuple[datetime, str, str]] = field(default_factory=list)

    async def send(self, text: OutgoingText) -> Accepted:
        self.taken.append((self.clock.now(), text.to, text.body))
        return Accepted(f"SM{len(self.taken):032d}", "queued")

    async def aclose(self) -> None:
        """Nothing is open."""


@pytest.fixture(params=[date(2026, 2, 2), date(2026, 8, 31)], ids=["spring", "autumn"])
def monday(request: pytest.FixtureRequest) -> date:
    """The Monday on which the twelve weeks begin."""
    return request.param


@pytest.fixture
def house(database_url: str, monday: date) -> Iterator[House]:
    house = open_house(database_url, morning(monday))
    yield house
    house.store.close()


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)  # before seven in the evening on either wall


def evenings(monday: date, zone: str) -> list[datetime]:
    """Monday, Wednesday and Friday at seven, counted on a calendar of the test's own."""
    days = [monday + timedelta(days=n) for n in range(WEEKS * 7) if n % 7 in (0, 2, 4)]
    return [datetime(day.year, day.month, day.day, 19, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in days]


def live_through(house: House, clock: FixedClock, carrier: Notebook, moments: list[datetime]) -> None:
    sender = Sender(house.store, carrier, clock, Sending("http://127.0.0.1:8000", None))  # type: ignore[arg-type]
    for moment in sorted({moment + shift for moment in moments for shift in (-timedelta(minutes=9), timedelta())}):
        clock.move(moment - clock.now())
        for _ in range(2):  # whatever runs twice happens once
            plan_occurrences(house.store, clock.now())
            fill_outbox(house.store, clock.now())
            close_prompts(house.store, clock.now())
            sender.send_due()
    sender.close()


def test_seven_stays_seven_on_both_walls(house: House, monday: date) -> None:
    start = morning(monday)
    family = house.family(zone=DENVER, now=start)
    house.member(family, GRACE, now=start)
    house.member(family, BEN, now=start, zone=LORD_HOWE)
    house.schedule(now=start, prompts=PROMPTS, rule="FREQ=WEEKLY;BYDAY=MO,WE,FR", starts=monday)
    expected = {GRACE: evenings(monday, DENVER), BEN: evenings(monday, LORD_HOWE)}

    said: tuple[PlannedText, ...] = preview(house.store, agency_id=house.agency_id, weeks=WEEKS, now=start)
    clock = FixedClock(start)
    carrier = Notebook(clock)
    live_through(house, clock, carrier, [moment for moments in expected.values() for moment in moments])

    for number, moments in expected.items():
        mine = [at for at, to, _ in carrier.taken if to == number]
        assert mine[:4] == moments[:4] and set(mine) < set(moments)  # nobody answers: after four, a week's rest
        assert mine[4] >= mine[3] + timedelta(days=7)
    until = start + timedelta(weeks=WEEKS)
    foreseen = [(one.leaves_at, one.text) for one in said if one.state == "planned" and one.due_at < until]
    assert sorted((at, body) for at, _, body in carrier.taken if at < until) == sorted(foreseen)
    for zone, number in ((DENVER, GRACE), (LORD_HOWE, BEN)):
        offsets = {at.astimezone(ZoneInfo(zone)).utcoffset() for at, to, _ in carrier.taken if to == number}
        hours = {at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for at, to, _ in carrier.taken if to == number}
        assert (len(offsets), hours) == (2, {"19:00"})  # the clocks did change on the way
