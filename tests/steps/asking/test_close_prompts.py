"""One reminder per prompt, and none where it would be out of place."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond import library
from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Consent, Outbound
from foster_bond.steps.asking.close_prompts import close_prompts
from foster_bond.store import consents, outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Member
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Schedule
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import House

EVENING = MONDAY + timedelta(hours=10)
NEXT_DAY = EVENING + timedelta(hours=20)  # Tuesday 15:00 in Denver
ORDER = ["S1", "S3", "S4", "S6", "C1"]
REMINDER = library.system_texts()["REMINDER"].texts


def evening(house: House, *, rule: str = "FREQ=WEEKLY;BYDAY=MO", nudge: int = 20, **more: object) -> str:
    """A prompt has been asked at seven; the member's id."""
    member = house.member(house.family(now=MONDAY), now=MONDAY, **more)
    house.schedule(now=MONDAY, prompts=ORDER, rule=rule, nudge_after_s=nudge * 3600)
    house.live(MONDAY, EVENING + timedelta(seconds=1))
    assert len(house.texts()) == 1
    return member


def why_none(house: House) -> str:
    [slot] = [slot for slot in house.slots(state="written") if slot.nudge_at is None]
    assert house.texts(Kind.NUDGE) == []
    return str(slot.rules[-1]["why"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_one_reminder_after_the_delay_and_never_a_second(house: House, language: str) -> None:
    evening(house, language=language)
    assert close_prompts(house.store, NEXT_DAY - timedelta(seconds=1))["reminded"] == 0
    assert close_prompts(house.store, NEXT_DAY) == {"reminded": 1, "closed": 0, "waiting": 0}
    house.live(NEXT_DAY, NEXT_DAY + timedelta(days=5))
    assert house.texts(Kind.NUDGE) == [(NEXT_DAY, "REMINDER", REMINDER[language])]
    with house.store.read() as session:
        row = session.execute(select(OutboxMessage).where(col(OutboxMessage.kind) == "nudge")).scalar_one()
    assert row.once_key == f"nudge:{row.occurrence_id}" and row.state == "accepted"
    assert row.not_after == datetime(2026, 3, 4, 3, 0, tzinfo=UTC)  # polite hours end at eight


def test_none_where_they_answered(house: House) -> None:
    member = house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=WEEKLY;BYDAY=MO", nudge_after_s=20 * 3600)
    house.live(MONDAY, NEXT_DAY + timedelta(hours=1), answers=True)
    assert why_none(house) == "No reminder: They answered." and member


def test_none_where_they_skipped(house: House) -> None:
    evening(house)
    house.change(Occurrence, house.slots(state="written")[0].id, answer_closed_at=EVENING)
    house.tick(NEXT_DAY)
    assert why_none(house) == "No reminder: They skipped the question."


def test_none_while_paused(house: House) -> None:
    house.change(Member, evening(house), paused_until=NEXT_DAY + timedelta(days=1))
    house.tick(NEXT_DAY)
    assert why_none(house) == "No reminder: Paused."


def test_none_once_a_newer_question_went_out(house: House) -> None:
    evening(house, rule="FREQ=DAILY", nudge=30)
    house.live(EVENING, EVENING + timedelta(hours=31))
    assert why_none(house) == "No reminder: A newer question went out."


def test_none_for_a_prompt_that_did_not_arrive(house: House) -> None:
    evening(house)
    with house.store.write() as session:
        row = session.execute(select(OutboxMessage)).scalar_one()
        outbox.move(session, row.id, row.agency_id, Outbound.ACCEPTED, Outbound.UNDELIVERED, NEXT_DAY)
    house.tick(NEXT_DAY)
    assert why_none(house) == "No reminder: The question did not arrive."


def test_none_after_a_stop_or_during_an_alert(house: House) -> None:
    member = evening(house)
    with house.store.write() as session:
        row = session.get(Member, member)
        assert row is not None
        consents.change(
            session, house.store.vault, agency_id=house.agency_id, to_bidx=row.to_bidx, to=Consent.STOPPED,
            at=NEXT_DAY, how="text",
        )  # fmt: skip
    house.tick(NEXT_DAY)
    assert why_none(house) == "No reminder: This number has stopped all texts."


def test_none_while_an_alert_is_open(house: House) -> None:
    house.alert(evening(house), EVENING)
    house.tick(NEXT_DAY)
    assert why_none(house) == "No reminder: All prompts wait until the open alert is cleared."


def test_a_reminder_due_at_night_waits_for_the_morning(house: House) -> None:
    evening(house, nudge=12)
    house.live(EVENING, EVENING + timedelta(days=2))
    assert [due for due, _, _ in house.texts(Kind.NUDGE)] == [datetime(2026, 3, 3, 16, 0, tzinfo=UTC)]


def test_no_reminder_after_the_question_has_closed(house: House) -> None:
    house.change(Agency, house.agency_id, polite_from=time(18), polite_until=time(20))
    evening(house, rule="FREQ=WEEKLY;BYDAY=MO", nudge=47)  # 18:00 on Wednesday; the question closes at 19:00
    house.live(EVENING, EVENING + timedelta(hours=46, minutes=30))
    house.live(EVENING + timedelta(hours=48), EVENING + timedelta(hours=49))
    assert why_none(house) == "No reminder: The question has closed."


def test_a_reminder_waits_until_the_carrier_has_the_prompt(house: House) -> None:
    member = house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=WEEKLY;BYDAY=MO", nudge_after_s=3600, send_within_s=7200)
    house.tick(MONDAY)
    house.tick(EVENING)
    assert close_prompts(house.store, EVENING + timedelta(hours=1))["waiting"] == 1
    house.carry(EVENING + timedelta(minutes=65))
    house.live(EVENING + timedelta(minutes=65), EVENING + timedelta(days=1))
    # Two hours and five minutes after seven are past eight, so it waits for nine in the morning.
    assert [due for due, _, _ in house.texts(Kind.NUDGE)] == [datetime(2026, 3, 3, 16, 0, tzinfo=UTC)] and member


def test_reminders_count_towards_the_weeks_texts(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY, texts_a_week=2)
    house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=DAILY;INTERVAL=2", nudge_after_s=20 * 3600)
    house.live(MONDAY, MONDAY + timedelta(days=6))
    assert (len(house.texts()), len(house.texts(Kind.NUDGE))) == (1, 1)
    assert {slot.why for slot in house.slots(state="expired")} == {
        "Already 2 texts in seven days, the most allowed.",
    }


def test_a_schedule_without_reminders_sends_none(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=WEEKLY;BYDAY=MO")
    house.live(MONDAY, EVENING + timedelta(days=3))
    assert house.texts(Kind.NUDGE) == [] and house.slots(state="written")[0].nudge_at is None


def test_it_waits_for_its_hour_and_is_never_later_than_allowed(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    schedule = house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=WEEKLY;BYDAY=MO", nudge_after_s=12 * 3600)
    house.change(Schedule, schedule, nudge_from=time(17, 30), nudge_until=time(18))
    house.live(MONDAY, EVENING + timedelta(days=3))
    [(due, _, _)] = house.texts(Kind.NUDGE)
    assert due == datetime(2026, 3, 4, 0, 30, tzinfo=UTC)  # Tuesday 17:30 in Denver
    with house.store.read() as session:
        row = session.execute(select(OutboxMessage).where(col(OutboxMessage.kind) == "nudge")).scalar_one()
    assert row.not_after == datetime(2026, 3, 4, 1, 1, tzinfo=UTC)


def test_none_while_the_schedule_rests(house: House) -> None:
    house.member(house.family(now=MONDAY), now=MONDAY)
    schedule = house.schedule(now=MONDAY, prompts=ORDER, rule="FREQ=WEEKLY;BYDAY=MO", nudge_after_s=20 * 3600)
    house.live(MONDAY, EVENING + timedelta(hours=1))
    house.change(Schedule, schedule, state="paused")
    close_prompts(house.store, NEXT_DAY)
    assert why_none(house) == "No reminder: The schedule rests."
