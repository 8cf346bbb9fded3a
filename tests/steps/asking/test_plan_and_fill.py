"""Planning and filling, on real databases: once each, at the right hour, with every reason kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import event, select, text
from sqlmodel import col

from foster_bond.rules.states import Consent
from foster_bond.steps.asking._slots import CLOCK_WORDS
from foster_bond.steps.asking.fill_outbox import fill_outbox
from foster_bond.steps.asking.plan_occurrences import MISSED, plan_occurrences
from foster_bond.steps.asking.preview_schedule import preview
from foster_bond.store import consents, due_slots
from foster_bond.store.agencies import Agency
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt, Schedule
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import BEN, GRACE, House

ORDER = ["S1", "S3", "S4", "S6", "C1", "C2", "C3", "C4"]
EVENING = MONDAY + timedelta(hours=10)  # 19:00 in Denver


def grace(house: House, **more: object) -> str:
    return house.member(house.family(now=MONDAY), now=MONDAY, **more)


def test_a_week_is_planned_once_and_written_ten_minutes_ahead(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER)
    assert plan_occurrences(house.store, MONDAY) == {"planned": 7, "missed": 0, "ended": 0}
    assert plan_occurrences(house.store, MONDAY) == {"planned": 0, "missed": 0, "ended": 0}
    assert fill_outbox(house.store, EVENING - timedelta(minutes=11))["written"] == 0
    assert fill_outbox(house.store, EVENING - timedelta(minutes=10))["written"] == 1
    assert fill_outbox(house.store, EVENING)["written"] == 0
    [(due_at, key, body)] = house.texts()
    assert (due_at, key) == (EVENING, "S1") and "child" not in key and body
    [written] = house.slots(state="written")
    assert (written.local_date, written.why) == (date(2026, 3, 2), "Next in its programme.")
    assert written.rules == [{"rule": "order", "prompt": "S1", "why": "Next in its programme."}]


def test_the_hour_stays_when_the_clocks_change(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER)
    plan_occurrences(house.store, MONDAY)
    hours = [slot.due_at.hour for slot in house.slots()]
    assert hours == [2, 2, 2, 2, 2, 2, 1]  # UTC; Denver goes to summer time on Sunday 8 March


def test_who_moves_just_before_their_place_is_locked_is_planned_where_they_are(house: House) -> None:
    """Between what the planner's reading sees and its lock somebody may change the person; SQLite has one writer."""
    home = house.family(now=MONDAY)
    house.member(home, now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER)
    locked: list[str] = []

    @event.listens_for(house.store.database.engine, "before_cursor_execute")
    def _moves(_on: object, _cursor: object, words: str, *_more: object) -> None:
        if "next_due_at <=" in words and "SKIP LOCKED" in words and not locked:
            locked.append(words)

    @event.listens_for(house.store.database.engine, "after_cursor_execute")
    def _moved(_on: object, _cursor: object, words: str, *_more: object) -> None:
        if locked == [words]:
            locked.append("moved")
            house.change(Family, home, zone="America/New_York")

    plan_occurrences(house.store, MONDAY)
    hours = {slot.due_at.hour for slot in house.slots() if slot.local_date < date(2026, 3, 8)}
    assert hours == ({0} if locked else {2})  # 19:00 in New York, or in Denver where nobody could come between


def test_who_moves_while_the_due_slots_are_read_is_asked_by_the_zone_they_moved_to(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two connections: the reading has taken its snapshot and waits, and the family moves to where it is night."""
    if house.store.database.engine.dialect.name != "postgresql":
        return  # one writer: nobody can come between
    home = house.family(now=MONDAY)
    member = house.member(home, now=MONDAY, consent=Consent.PENDING)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.tick(MONDAY)
    house.tick(EVENING)  # held: they have not agreed
    with house.store.write() as session:
        to_bidx = session.get_one(Member, member).to_bidx
        consents.change(
            session, house.store.vault, agency_id=house.agency_id, to_bidx=to_bidx, to=Consent.ACTIVE, at=EVENING,
            how="yes",
        )  # fmt: skip
    gate = text("(select pg_advisory_xact_lock_shared(7)::text) is not null")
    monkeypatch.setattr(due_slots, "_LOOK", due_slots._LOOK.where(gate))
    with house.store.database.engine.connect() as keeper, ThreadPoolExecutor(1) as clock:
        keeper.execute(text("select pg_advisory_xact_lock(7)"))
        filled = clock.submit(fill_outbox, house.store, EVENING + timedelta(minutes=5))
        waits = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
        while not keeper.execute(waits).scalar_one():
            assert not filled.done()
        house.change(Family, home, zone="America/Noronha")  # where it is past midnight
        keeper.rollback()
        assert filled.result(timeout=30)["written"] == 0
    [slot] = [slot for slot in house.slots() if slot.why]
    assert slot.why == "Outside polite hours."


def test_where_the_zone_is_gone_texts_are_held_with_the_reason_and_others_go_on(house: House) -> None:
    gone = house.family("quispe", now=MONDAY)
    house.member(gone, BEN, now=MONDAY)
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.change(Family, gone, zone="America/Gone")  # as a newer zone database may leave it
    house.live(MONDAY, MONDAY + timedelta(days=2))
    assert [(due, key) for due, key, _ in house.texts()] == [(EVENING, "S1"), (EVENING + timedelta(days=1), "S3")]
    lost = [slot for slot in house.slots(family_id=gone) if slot.state != "planned" or slot.why]
    assert lost and {slot.why for slot in lost} == {
        "We do not know the time zone America/Gone, so nobody knows their hour: import the family with another."
    }
    foreseen = preview(house.store, agency_id=house.agency_id, weeks=1, now=MONDAY + timedelta(days=2))
    assert {one.why for one in foreseen if one.family_id == gone} == {slot.why for slot in lost}


def test_a_time_that_does_not_exist_says_so(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, at=time(2, 30), send_within_s=12 * 3600)
    plan_occurrences(house.store, MONDAY)
    sunday = house.slots(local_date=date(2026, 3, 8))[0]
    assert sunday.due_at == datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
    assert sunday.rules == [{"rule": "clock", "why": CLOCK_WORDS["clock_forward"].format(time="02:30")}]


def test_after_downtime_the_open_window_goes_once_and_the_rest_expire(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, send_within_s=3600)
    late = EVENING + timedelta(days=20, minutes=30 - 60)  # 20 days without a clock; summer time came meanwhile
    tally = plan_occurrences(house.store, late)
    assert (tally["missed"], tally["planned"]) == (20, 8)  # the one that is open now, and the week to come
    assert fill_outbox(house.store, late)["written"] == 1
    assert fill_outbox(house.store, late)["written"] == 0
    missed = house.slots(state="expired")
    assert len(missed) == 20 and {slot.why for slot in missed} == {MISSED}
    assert house.texts()[0][1] == "S1"  # an unsent prompt was not used up


def test_slots_planned_before_downtime_expire_unsent(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER)
    plan_occurrences(house.store, MONDAY)
    assert fill_outbox(house.store, EVENING + timedelta(days=3, hours=2))["expired"] == 4
    assert {slot.why for slot in house.slots(state="expired")} == {"Its time passed before it could be written."}


@pytest.mark.parametrize(
    ("consent", "why", "state"),
    [
        (Consent.NONE, "This number has not agreed to texts yet.", "expired"),
        (Consent.PENDING, "This number has not agreed to texts yet.", "expired"),
        (Consent.HOLD, "They may have asked us to stop; a person has to decide first.", "expired"),
        (Consent.STOPPED, "This number has stopped all texts.", "dropped"),
    ],
)
def test_without_consent_nothing_is_written(house: House, consent: Consent, why: str, state: str) -> None:
    grace(house, consent=consent)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.live(MONDAY, EVENING + timedelta(hours=2))
    [slot] = [slot for slot in house.slots() if slot.state != "planned"]
    assert (slot.state, slot.why, house.texts()) == (state, why, [])
    assert slot.rules[-1] == {"rule": "gate", "why": why}


def test_consent_that_comes_inside_the_window_lets_the_text_out(house: House) -> None:
    member = grace(house, consent=Consent.PENDING)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.tick(EVENING - timedelta(minutes=10))
    assert house.slots()[0].why == "This number has not agreed to texts yet."
    with house.store.write() as session:
        row = session.get(Member, member)
        assert row is not None
        consents.change(session, house.store.vault, agency_id=house.agency_id, to_bidx=row.to_bidx, to=Consent.ACTIVE,
                        at=EVENING, how="text")  # fmt: skip
    assert house.tick(EVENING + timedelta(minutes=5))["written"] == 1


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (time(20, 0), "Outside polite hours."),  # the end of the day is excluded
        (time(21, 30), "Outside polite hours."),
        (time(7, 0), "Outside polite hours."),
    ],
)
def test_outside_polite_hours_a_slot_expires_with_the_reason(house: House, at: time, why: str) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, at=at)
    house.live(MONDAY, MONDAY + timedelta(days=2))
    slots = [slot for slot in house.slots() if slot.state != "planned"]
    assert slots and {(slot.state, slot.why) for slot in slots} == {("expired", why)}
    assert house.texts() == []


def test_a_slot_before_nine_waits_for_nine_and_sunday_waits_for_noon(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, at=time(8, 30), rule="FREQ=WEEKLY;BYDAY=SA,SU", send_within_s=4 * 3600)
    house.live(MONDAY, MONDAY + timedelta(days=7))
    with house.store.read() as session:
        claimed = list(session.execute(select(col(OutboxMessage.claimed_at))).scalars())
    assert claimed == [datetime(2026, 3, 7, 16, 0, tzinfo=UTC), datetime(2026, 3, 8, 18, 0, tzinfo=UTC)]


def test_the_weekly_cap_counts_over_all_schedules_of_a_number(house: House) -> None:
    first = house.family("okafor", now=MONDAY)
    second = house.family("other", now=MONDAY)
    house.member(first, now=MONDAY, ref="grace")
    house.member(second, now=MONDAY, ref="grace-again")  # the same number in another placement
    house.schedule(now=MONDAY, prompts=ORDER, key="one", rule="FREQ=DAILY")
    house.schedule(now=MONDAY, prompts=ORDER[::-1], key="two", at=time(18))
    house.live(MONDAY, MONDAY + timedelta(days=7))
    days = [due.date() for due, _, _ in house.texts()]
    assert len(days) == len(set(days)) == 4
    whys = {slot.why for slot in house.slots(state="expired")}
    assert whys == {
        "Already asked today; one prompt a day is the most.",
        "Already 4 prompts in seven days, the most allowed.",
    }


def test_what_held_a_text_until_the_hours_were_over_stays_its_reason(house: House) -> None:
    """Its window runs past 20:00; the hours shut on a slot that the cap had held since 19:00."""
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, key="one", at=time(18))
    house.schedule(now=MONDAY, prompts=ORDER[::-1], key="two", at=time(19), send_within_s=3 * 3600)
    house.live(MONDAY, EVENING + timedelta(hours=4))
    assert [slot.why for slot in house.slots(state="expired")] == ["Already asked today; one prompt a day is the most."]


def test_two_slots_of_one_number_at_the_same_minute_give_one_text(house: House) -> None:
    family = house.family(now=MONDAY)
    house.member(family, now=MONDAY, ref="grace")
    house.member(family, now=MONDAY, ref="ben")  # one phone in the home
    house.schedule(now=MONDAY, prompts=ORDER)
    house.tick(EVENING)
    assert len(house.texts()) == 1
    held = house.slots(state="planned", local_date=date(2026, 3, 2))
    assert [slot.why for slot in held] == ["Already asked today; one prompt a day is the most."]


def test_a_pause_holds_and_its_end_inside_the_window_lets_go(house: House) -> None:
    member = grace(house)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.change(Member, member, paused_until=EVENING + timedelta(minutes=20))
    house.tick(EVENING - timedelta(minutes=10))
    [slot] = house.slots(local_date=date(2026, 3, 2))
    assert (slot.why, slot.look_at) == ("Paused.", EVENING + timedelta(minutes=20))
    assert house.tick(EVENING + timedelta(minutes=20))["written"] == 1


def test_an_open_alert_holds_everything_of_the_family(house: House) -> None:
    family = house.family(now=MONDAY)
    member = house.member(family, now=MONDAY)
    house.member(family, BEN, now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.alert(member, MONDAY)
    house.live(MONDAY, EVENING + timedelta(hours=2))
    assert house.texts() == []
    assert [slot.why for slot in house.slots(state="expired")] == [
        "All prompts wait until the open alert is cleared."
    ] * 2


def test_a_closed_family_gets_nothing(house: House) -> None:
    family = house.family(now=MONDAY)
    house.member(family, now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.tick(MONDAY)
    house.change(Family, family, closed_at=MONDAY)
    house.tick(EVENING)
    assert [slot.why for slot in house.slots(state="dropped")] == ["The placement is closed."]


def test_a_member_who_left_gets_nothing(house: House) -> None:
    member = grace(house)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.tick(MONDAY)
    house.change(Member, member, left_at=MONDAY)
    house.tick(EVENING)
    assert [slot.why for slot in house.slots(state="dropped")] == ["They no longer take part in this schedule."]


def test_a_resting_schedule_writes_nothing(house: House) -> None:
    grace(house)
    schedule = house.schedule(now=MONDAY, prompts=ORDER)
    house.tick(MONDAY)
    house.change(Schedule, schedule, state="paused")
    house.live(MONDAY, EVENING + timedelta(hours=2))
    assert [slot.why for slot in house.slots(state="expired")] == ["The schedule rests."]


def test_a_holiday_of_the_agency_is_kept(house: House) -> None:
    grace(house)
    house.change(Agency, house.agency_id, closed_days=[{"date": "2026-03-03", "name": "Town Meeting Day"}])
    house.schedule(now=MONDAY, prompts=ORDER)
    house.live(MONDAY, MONDAY + timedelta(days=3))
    assert [key for _, key, _ in house.texts()] == ["S1", "S3"]
    assert [slot.why for slot in house.slots(state="expired")] == ["The agency sends nothing on Town Meeting Day."]


def test_a_language_without_a_text_holds_and_is_never_swapped(house: House) -> None:
    grace(house, language="es")
    with house.store.write() as session:
        prompt = session.execute(select(Prompt).where(col(Prompt.key) == "S1")).scalar_one()
        prompt.texts = {"en": prompt.texts["en"]}
    house.schedule(now=MONDAY, prompts=ORDER)
    house.live(MONDAY, MONDAY + timedelta(days=2))
    assert house.texts() == []
    slots = house.slots(state="expired")
    assert {slot.why for slot in slots} == {"S1 has no text in this member's language yet."} and len(slots) == 2


def test_prompts_for_others_and_unapproved_ones_are_passed_over(house: House) -> None:
    grace(house)
    with house.store.write() as session:
        session.execute(select(Prompt).where(col(Prompt.key) == "S1")).scalar_one().state = "retired"
    house.schedule(now=MONDAY, prompts=["S1", "TN1", "S3"])
    house.tick(EVENING)
    assert [key for _, key, _ in house.texts()] == ["S3"]
    [slot] = house.slots(state="written")
    assert [row["rule"] for row in slot.rules] == ["approval", "for", "order"]


def test_the_child_word_is_filled_in_and_a_wrong_one_holds(house: House) -> None:
    family = house.family(now=MONDAY)
    house.member(family, GRACE, now=MONDAY, child_word="kiddo")
    house.member(family, BEN, now=MONDAY, child_word="Timmy")
    house.schedule(now=MONDAY, prompts=["S4"])
    house.tick(EVENING)
    [(_, _, body)] = house.texts()
    assert "kiddo" in body
    held = house.slots(state="planned", local_date=date(2026, 3, 2))
    assert len(held) == 1 and "Timmy" in (held[0].why or "")


def test_a_programme_ends_and_says_so(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=["S1", "S3"])
    house.live(MONDAY, MONDAY + timedelta(days=9))
    assert [key for _, key, _ in house.texts()] == ["S1", "S3"]
    assert {slot.why for slot in house.slots(state="dropped")} == {"The programme has no further prompts."}
    with house.store.read() as session:
        assert session.execute(select(col(Enrolment.state))).scalars().all() == ["ended"]


def test_a_counted_rhythm_ends_with_its_last_slot(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=DAILY;COUNT=2")
    house.tick(MONDAY)
    with house.store.read() as session:
        assert session.execute(select(col(Enrolment.state))).scalars().all() == ["active"]
    house.live(MONDAY, MONDAY + timedelta(days=3))
    assert len(house.texts()) == 2
    with house.store.read() as session:
        assert session.execute(select(col(Enrolment.state))).scalars().all() == ["ended"]


def test_level_four_and_five_of_an_ordered_programme_obey_their_gates(house: House) -> None:
    member = grace(house)
    house.schedule(now=MONDAY, prompts=["S1", "H1", "T1", "S3"])
    house.live(MONDAY, MONDAY + timedelta(days=2))
    assert [key for _, key, _ in house.texts()] == ["S1", "S3"]
    slot = house.slots(state="written")[1]
    assert slot.why == "Challenging held: no support reply in 7 days. Next in its programme."
    assert [(row["rule"], row["prompt"]) for row in slot.rules] == [(3, "H1"), (4, "T1"), ("order", "S3")]
    assert member


def test_a_programme_of_barred_prompts_waits_rather_than_ends(house: House) -> None:
    grace(house)
    house.schedule(now=MONDAY, prompts=["H1"])
    house.live(MONDAY, MONDAY + timedelta(days=2))
    assert house.texts() == []
    assert {slot.why for slot in house.slots(state="dropped")} == {"Challenging held: no support reply in 7 days."}
    with house.store.read() as session:
        assert session.execute(select(col(Enrolment.state))).scalars().all() == ["active"]
