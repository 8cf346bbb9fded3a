"""The promise: near a hearing nobody is challenged, a visit is asked about gently, and a holiday is a holiday.

Told in days, in November 2026, in Denver: every evening at seven the Okafors are asked something.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.ladder_state import LadderPast, PromptFacts, after_answer, after_sent, to_json
from foster_bond.rules.local_time import local_instant
from foster_bond.steps.asking import change_calendar, mark_dates
from foster_bond.steps.asking.preview_schedule import preview
from foster_bond.store.calendar_dates import CalendarDate
from foster_bond.store.families import Member
from tests.steps.asking.house import GRACE, House, open_house

DENVER = "America/Denver"
MONDAY = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)  # 9:00 in Denver
CHALLENGES = ("H1", "H2", "H3", "H4", "H5")


@pytest.fixture
def harbor(database_url: str) -> Iterator[House]:
    house = open_house(database_url, MONDAY)
    yield house
    house.store.close()


def ada(house: House) -> Viewer:
    return Viewer(staff_id="", agency_id=house.agency_id, role=Role.ADMIN, name="Ada")


def evening(day: int) -> datetime:
    return local_instant(date(2026, 11, day), time(19), DENVER)


def enrol(house: House, *prompts: str) -> str:
    """The Okafors, who write enough to be challenged, with these questions in this order."""
    past = LadderPast()
    for key, level, ago in (("E1", 3, 6), ("E2", 3, 5), ("S2", 1, 1)):
        at = MONDAY - timedelta(days=ago)
        past = after_sent(past, PromptFacts(key, level, "self", "", "1-5" if key == "S2" else "text"), at)
        past = after_answer(past, key, at + timedelta(minutes=5), thermometer=4 if key == "S2" else None)
    family = house.family(now=MONDAY)
    member = house.member(family, GRACE, now=MONDAY)
    house.change(Member, member, past=to_json(past))
    house.schedule(now=MONDAY, prompts=prompts)
    return family


def by_day(house: House) -> dict[int, str]:
    """Which question left on which day of November, on the family's wall."""
    return {at.astimezone(UTC).day - 1: key for at, key, _ in house.texts()}  # 19:00 in Denver is 2:00 UTC


def test_a_hearing_on_thursday_holds_the_challenge_and_the_plan_said_so(harbor: House) -> None:
    family = enrol(harbor, *CHALLENGES[:1], "S4", "S6", "S3", "C1", "S5", "B4", "B2", "H2")
    thursday = {"kind": "hearing", "day": "2026-11-05", "at": "14:00"}
    # On Monday evening a challenge would go; it is Wednesday 14:00 from which on none may.
    harbor.live(MONDAY, evening(2) + timedelta(hours=2), answers=True)
    assert by_day(harbor) == {2: "H1"}
    tuesday = evening(2) + timedelta(hours=14)
    mark_dates.add_family_date(harbor.store, ada(harbor), family, thursday, tuesday)
    plan = preview(harbor.store, agency_id=harbor.agency_id, weeks=1, now=tuesday)
    harbor.live(tuesday, evening(8) + timedelta(hours=1), answers=True)
    sent = {at: key for at, key, _ in harbor.texts() if at >= tuesday}
    foreseen = {one.leaves_at: one.prompt_id for one in plan if one.leaves_at and one.leaves_at < evening(9)}
    assert sent == foreseen
    assert not set(sent.values()) & set(CHALLENGES)


def test_the_challenge_is_held_in_the_days_themselves(harbor: House) -> None:
    """Challenging questions only: whoever may not be challenged is asked nothing, and the reason stays."""
    family = enrol(harbor, *CHALLENGES)
    hearing = {"kind": "hearing", "day": "2026-11-03", "at": "14:00"}
    mark_dates.add_family_date(harbor.store, ada(harbor), family, hearing, MONDAY)
    harbor.live(MONDAY, evening(6) + timedelta(hours=2), answers=True)
    assert by_day(harbor) == {6: "H1"}  # 14:00 on the 3rd and 72 hours: the evening of the 6th is the first free one
    held = [slot.why for slot in harbor.slots() if slot.local_date < date(2026, 11, 6)]
    assert held == ["Challenging held: too close to a hearing."] * 4


def test_around_a_visit_the_door_is_asked_about_only_if_they_went_through_it(harbor: House) -> None:
    family = enrol(harbor, "P2A", "S1", "S3")
    visit = {"kind": "family_visit", "day": "2026-11-02", "at": "15:00", "until": "17:00"}
    mark_dates.add_family_date(harbor.store, ada(harbor), family, visit, MONDAY)
    at_six = evening(2) - timedelta(hours=1)
    marked = next(iter(_dates(harbor)))
    mark_dates.say_how_visit_went(harbor.store, ada(harbor), family, marked, "video", at_six)
    harbor.live(at_six, evening(2) + timedelta(hours=2))
    assert by_day(harbor) == {2: "S1"}
    assert "the visit was cancelled, cut short or held by video" in str(harbor.slots()[0].rules)


def test_thanksgiving_is_quiet_and_the_next_day_is_not(harbor: House) -> None:
    enrol(harbor, "S1", "S3", "S4")
    change_calendar.keep_holidays(harbor.store, ada(harbor), ["Thanksgiving Day"], MONDAY)
    wednesday = evening(25) - timedelta(hours=8)
    harbor.live(wednesday, evening(27) + timedelta(hours=2), answers=True)
    assert by_day(harbor) == {25: "S1", 27: "S3"}
    quiet = next(slot for slot in harbor.slots() if slot.local_date == date(2026, 11, 26))
    assert (quiet.state, quiet.why) == ("expired", "The agency sends nothing on Thanksgiving Day.")


def _dates(house: House) -> list[str]:
    with house.store.read() as session:
        return [row.id for row in session.execute(select(CalendarDate)).scalars()]
