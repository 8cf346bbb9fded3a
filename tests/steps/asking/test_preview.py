"""The plan shown before it happens is what is later sent, minute for minute and word for word."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import InvalidInput
from foster_bond.rules.kinds import Kind
from foster_bond.rules.page_values.plan import PlannedText, as_json
from foster_bond.rules.states import Consent
from foster_bond.steps.asking.preview_schedule import DEPENDS, preview
from foster_bond.store import outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Member
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from tests.databases import sqlite_template
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import BEN, GRACE, House, open_house

ORDER = ["S1", "S3", "H1", "S4", "S6", "C1", "TN1", "C2", "C3", "C4", "E1", "E2", "E3", "T1", "B4", "S2"]
EVENING = MONDAY + timedelta(hours=10)


def plan(house: House, *, weeks: int = 4, now: datetime = MONDAY, family: str | None = None) -> tuple[PlannedText, ...]:
    return preview(house.store, agency_id=house.agency_id, family_ref=family, weeks=weeks, now=now)


def goes(texts: tuple[PlannedText, ...]) -> list[tuple[datetime | None, str, str]]:
    return [(one.leaves_at, one.member_ref, one.text) for one in texts if one.state in ("planned", "written")]


def sent(house: House, until: datetime) -> list[tuple[datetime, str, str]]:
    """What the clock wrote, at the moment it left."""
    with house.store.read() as session:
        rows = session.execute(
            select(OutboxMessage, col(Member.ref))
            .join(Member, col(Member.id) == col(OutboxMessage.member_id))
            .where(col(OutboxMessage.kind) == Kind.PROMPT.value, col(OutboxMessage.due_at) <= until)
        )
        found = [
            (row.claimed_at or row.due_at, ref, outbox.body_of(session, house.store.vault, row)) for row, ref in rows
        ]
    return sorted(found)


def test_the_plan_says_exactly_what_is_then_sent(house: House) -> None:
    family = house.family(now=MONDAY)
    house.member(family, GRACE, now=MONDAY, child_word="kiddo")
    house.member(family, BEN, now=MONDAY, language="es", zone="Pacific/Honolulu", hour=time(18, 15))
    house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=WEEKLY;BYDAY=MO,WE,FR", nudge_after_s=20 * 3600)
    foreseen = plan(house)
    assert len(goes(foreseen)) == 16  # after four without an answer each of them gets a week's rest
    quiet = [one for one in foreseen if one.why.startswith("Four prompts in a row without a reply")]
    assert {one.state for one in quiet} == {"dropped"} and all(one.why.endswith(DEPENDS) for one in quiet)
    house.live(MONDAY, MONDAY + timedelta(weeks=4))
    assert sorted(goes(foreseen)) == sent(house, MONDAY + timedelta(weeks=4))
    spring = next(one for one in foreseen if one.local_date == date(2026, 3, 9) and one.member_ref.endswith("111"))
    assert (spring.local_time, spring.due_at) == ("19:00", datetime(2026, 3, 10, 1, 0, tzinfo=UTC))
    reminders = {one.reminder_at for one in foreseen if one.reminder_at is not None}
    assert reminders == {due for due, _, _ in house.texts(Kind.NUDGE)}


def test_nothing_is_written_by_looking(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER)
    first = plan(house)
    assert house.slots() == [] and house.texts() == []
    house.tick(MONDAY)
    again = plan(house)
    assert [one.occurrence_key for one in again] == [one.occurrence_key for one in first]
    assert goes(again) == goes(first)
    assert all(one.occurrence_id for one in again[:7]) and not first[0].occurrence_id


def test_holds_and_caps_are_shown_with_their_reason(house: House) -> None:
    member = house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.schedule(now=MONDAY, prompts=ORDER, key="second", at=time(21, 30))
    house.change(Member, member, paused_until=EVENING + timedelta(minutes=30))
    texts = plan(house, weeks=1)
    first = texts[0]
    assert (first.state, first.local_time, first.why) == ("planned", "19:30", "Paused. Next in its programme.")
    held = {one.why for one in texts if one.state == "held"}
    assert held == {
        "Outside polite hours.", "Already 4 prompts in seven days, the most allowed.",
    } or held == {"Outside polite hours.", "Already 4 prompts in seven days, the most allowed.",
                  "Already asked today; one prompt a day is the most."}  # fmt: skip
    assert len(goes(texts)) == 4


def test_without_consent_the_plan_says_so(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY, consent=Consent.PENDING)
    house.schedule(now=MONDAY, prompts=ORDER)
    texts = plan(house, weeks=1)
    assert {(one.state, one.why) for one in texts} == {("held", "This number has not agreed to texts yet.")}
    assert texts[0].text  # what would have left


def test_what_a_person_skipped_or_moved_is_shown(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.tick(MONDAY)
    first, second, *_ = house.slots()
    house.change(Occurrence, first.id, state="skipped", why="Skipped by a person.")
    later = second.due_at - timedelta(hours=3)
    house.change(
        Occurrence, second.id, due_at=later, look_at=later - timedelta(minutes=10), moved_from=second.due_at,
        closes_at=later + timedelta(hours=1),
    )  # fmt: skip
    texts = plan(house, weeks=1)
    assert [(one.state, one.local_time) for one in texts[:3]] == [
        ("skipped", "19:00"), ("planned", "16:00"), ("planned", "19:00"),
    ]  # fmt: skip
    assert texts[1].moved_from == second.due_at and texts[1].prompt_id == "S1"


def test_a_text_that_is_written_already_is_shown_as_it_is(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.tick(EVENING - timedelta(minutes=5))
    first, second, *_ = plan(house, weeks=1, now=EVENING - timedelta(minutes=4))
    assert (first.state, first.prompt_id, first.leaves_at) == ("written", "S1", EVENING)
    assert second.prompt_id == "S3"


def test_ladder_slots_say_that_they_depend_on_replies(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, programme="first-twelve-weeks", rule="FREQ=WEEKLY;BYDAY=MO,WE,FR")
    texts = plan(house, weeks=3)
    assert [one.prompt_id for one in texts] == ["S1", "S2", "B1", "S2", "C1", "R3", "S2", "C4", "E6"]
    assert all(one.depends_on_replies and one.why.endswith("Depends on replies.") for one in texts)


def test_one_family_is_shown_with_what_its_shared_number_uses_up(house: House) -> None:
    one, other = house.family("one", now=MONDAY), house.family("other", now=MONDAY)
    house.member(one, GRACE, now=MONDAY, ref="grace")
    house.member(other, GRACE, now=MONDAY, ref="grace-2")
    house.schedule(now=MONDAY, prompts=ORDER)
    everybody, mine = plan(house, weeks=2), plan(house, weeks=2, family="other")
    assert [x for x in everybody if x.family_ref == "other"] == list(mine)
    assert {x.family_ref for x in mine} == {"other"}
    assert len(goes(everybody)) == 8 and {x.state for x in everybody} == {"planned", "held", "dropped"}


def test_unknown_families_and_agencies_are_said_plainly(house: House) -> None:
    with pytest.raises(InvalidInput, match='There is no family "nobody" in this agency'):
        plan(house, family="nobody")
    with pytest.raises(InvalidInput, match="There is no such agency"):
        preview(house.store, agency_id="none", weeks=6, now=MONDAY)
    with pytest.raises(InvalidInput, match="from 1 to 53, not 0"):
        plan(house, weeks=0)


def test_the_plan_as_json_holds_plain_values(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER)
    row = as_json(plan(house, weeks=1)[0])
    assert row["due_at"] == "2026-03-03T02:00:00Z" and row["local_date"] == "2026-03-02"
    assert row["zone"] == "America/Denver" and row["state"] == "planned"


ZONES = ["America/New_York", "America/Phoenix", "Pacific/Honolulu", "Asia/Kathmandu", "Australia/Lord_Howe",
         "Europe/London", "America/Santiago"]  # fmt: skip
RULES = ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=SU",
         "FREQ=MONTHLY;BYMONTHDAY=15,31", "FREQ=DAILY;COUNT=5"]  # fmt: skip
HOURS = st.one_of(
    st.integers(0, 24 * 60 - 1).map(lambda minute: (time(minute // 60, minute % 60), None)),
    st.just((None, (time(18), time(20)))),
    st.just((None, (time(7), time(10)))),
)
WITHOUT_SHRINKING = [Phase.explicit, Phase.reuse, Phase.generate]  # an example takes seconds; shrinking took minutes
PEOPLE = st.fixed_dictionaries(
    {
        "number": st.sampled_from([GRACE, BEN, "+13035550113"]),
        "language": st.sampled_from(["en", "es"]),
        "zone": st.sampled_from([None, *ZONES]),
        "role": st.sampled_from(["foster_parent", "kin_carer", "teen"]),
        "consent": st.sampled_from([Consent.ACTIVE] * 4 + [Consent.PENDING, Consent.STOPPED]),
        "paused": st.sampled_from([None, None, None, 40.01, 101.31]),
        "texts_a_week": st.sampled_from([None, None, 2]),
    }
)
SCHEDULES = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(RULES),
        "hours": HOURS,
        "prompts": st.lists(st.sampled_from(ORDER), min_size=1, max_size=9),
        "within": st.sampled_from([600, 3600, 6 * 3600, 30 * 3600]),
        "nudge": st.sampled_from([None, 3600, 20 * 3600]),
    }
)


EXAMPLES = {
    "people": st.lists(PEOPLE, min_size=1, max_size=3),
    "schedules": st.lists(SCHEDULES, min_size=1, max_size=3),
    "minutes": st.integers(0, 6 * 365 * 24 * 60),
    "zone": st.sampled_from(ZONES),
    "days_before": st.integers(0, 9),
}


@settings(max_examples=6, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(**EXAMPLES)
def test_any_ordered_plan_on_a_frozen_history_is_what_is_sent(
    template: Path, tmp_path_factory: pytest.TempPathFactory, **example: Any
) -> None:
    _plan_is_what_is_sent(template, tmp_path_factory.mktemp("plan"), **example)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "part", range(6)
)  # an example lives a hundred moments, 2 to 7 s: 300 in one were past any limit
@settings(max_examples=50, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(**EXAMPLES)
def test_hundreds_of_ordered_plans_are_what_is_sent(
    template: Path, tmp_path_factory: pytest.TempPathFactory, part: int, **example: Any
) -> None:
    _plan_is_what_is_sent(template, tmp_path_factory.mktemp("plan"), **example)


def _plan_is_what_is_sent(
    template: Path, folder: Path, *, people: list[Any], schedules: list[Any], minutes: int, zone: str, days_before: int
) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    path = folder / "plan.db"
    copyfile(template, path)
    house = open_house(f"sqlite:///{path}", start)
    family = house.family(now=start, zone=zone)
    _settle(house, family, people, schedules, start)
    begin = start + timedelta(days=days_before)
    house.live(start, begin)
    until = begin + timedelta(weeks=2)
    house.tick(begin)
    foreseen = plan(house, weeks=2, now=begin)
    house.carry(begin)
    before = sent(house, until)
    house.live(begin, until)
    later = [one for one in sent(house, until) if one not in before]
    expected = sorted(one for one in goes(foreseen) if one not in before)
    assert [one for one in expected if one[0] and one[0] < until] == [one for one in later if one[0] < until]
    house.store.close()


def _settle(house: House, family: str, people: list[Any], schedules: list[Any], start: datetime) -> None:
    taken: set[str] = set()
    for place, person in enumerate(people):
        paused = None if person["paused"] is None else start + timedelta(hours=person["paused"])
        consent = Consent.NONE if person["number"] in taken else person["consent"]
        taken.add(person["number"])
        house.member(
            family, person["number"], now=start, ref=f"m{place}", consent=consent, language=person["language"],
            zone=person["zone"], role=person["role"], paused_until=paused, texts_a_week=person["texts_a_week"],
        )  # fmt: skip
    for place, one in enumerate(schedules):
        at, between = one["hours"]
        house.schedule(
            now=start, key=f"s{place}", seed=f"seed{place}", prompts=one["prompts"], rule=one["rule"], at=at,
            between=between, send_within_s=one["within"], nudge_after_s=one["nudge"],
        )  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_template(tmp_path_factory.mktemp("template"))


def test_an_agencys_own_hours_are_used(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.change(Agency, house.agency_id, polite_until=time(18))
    house.schedule(now=MONDAY, prompts=ORDER)
    assert {one.state for one in plan(house, weeks=1)} == {"held"}
