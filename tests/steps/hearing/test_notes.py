"""The service's own notes, told in days: one more question after long silence, and the monthly reminder."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import text

from foster_bond.rules.blackout import DateKind, MarkedDate
from foster_bond.rules.notes import names_stop_and_pause
from foster_bond.rules.states import Outbound
from foster_bond.steps.asking.reconfirm import reconfirm
from foster_bond.steps.asking.remind_monthly import remind_monthly
from foster_bond.steps.sending.record_receipt import Receipt, record
from foster_bond.store import calendar_dates, consents, outbox
from foster_bond.store.families import Member
from foster_bond.store.ids import new_id
from foster_bond.store.number_facts import facts_of
from tests.cast import BEN, GRACE, MONDAY
from tests.steps.hearing.conftest import HOUR, Line

DAY = timedelta(days=1)
FIRST = MONDAY + HOUR  # our first text to Grace: Monday 2 November, 10 am in Denver
QUIET = FIRST + 60 * DAY  # Friday 1 January 2027, 10 am: 60 days without a word
MINUTE = timedelta(minutes=1)


@pytest.fixture
def quiet(line: Line) -> Line:
    """Grace got a first text and never wrote; the cast's own inbound text is of the same morning."""
    line.ask(FIRST)
    return line


def notes(line: Line, text_id: str = "N1") -> list[str]:
    query = "SELECT state FROM outbox_messages WHERE text_id = :text_id ORDER BY created_at, id"
    return [row["state"] for row in line.rows(query, text_id=text_id)]


def note(line: Line, text_id: str = "N1") -> str:
    query = "SELECT id FROM outbox_messages WHERE text_id = :text_id ORDER BY created_at DESC, id DESC"
    return str(line.rows(query, text_id=text_id)[0]["id"])


def leaves(line: Line, message_id: str, at: datetime, *, ends: Outbound | None = None) -> None:
    with line.store.write() as session:
        house = line.cast.harbor
        steps: list[tuple[Outbound, Outbound, dict[str, object]]] = [
            (Outbound.SCHEDULED, Outbound.SENDING, {"claimed_at": at}),
            (Outbound.SENDING, Outbound.ACCEPTED, {"accepted_at": at, "carrier_sid": "SM" + new_id()}),
        ]
        if ends is not None:
            steps.append((Outbound.ACCEPTED, ends, {}))
        for before, after, more in steps:
            outbox.move(session, message_id, house.agency_id, before, after, at, **more)


def held(line: Line, at: datetime) -> bool:
    house = line.cast.harbor
    number = (house.agency_id, line.store.vault.blind_index(house.agency_id, GRACE))
    with line.store.read() as session:
        return facts_of(session, [number], at, leaving=True)[number].reconfirming


def tasks(line: Line) -> list[str]:
    return [row["why"] for row in line.rows("SELECT why FROM tasks WHERE kind = 'consent'")]


def test_sixty_silent_days_and_one_question(quiet: Line) -> None:
    assert reconfirm(quiet.store, QUIET - MINUTE)["asked"] == 0
    assert reconfirm(quiet.store, QUIET)["asked"] == 1
    assert reconfirm(quiet.store, QUIET + DAY)["asked"] == 0
    assert notes(quiet) == ["scheduled"] and held(quiet, QUIET)
    row = quiet.rows("SELECT kind, not_after FROM outbox_messages WHERE text_id = 'N1'")[0]
    assert row["kind"] == "nudge"
    assert quiet.bodies("nudge") == [
        "Harbor: do you still want these texts? Reply YES to keep them, STOP to end, WRONG if we have the wrong "
        "number. No answer: we stop."
    ]


def test_it_waits_for_a_polite_hour(quiet: Line) -> None:
    assert reconfirm(quiet.store, QUIET + 13 * HOUR)["asked"] == 0  # 11 pm
    assert reconfirm(quiet.store, QUIET + 24 * HOUR)["asked"] == 1


def test_somebody_who_wrote_is_not_asked(quiet: Line) -> None:
    quiet.say("a quiet evening", FIRST + 10 * DAY)
    assert reconfirm(quiet.store, QUIET)["asked"] == 0
    assert reconfirm(quiet.store, FIRST + 70 * DAY)["asked"] == 1


def test_who_never_got_a_text_is_not_silent(line: Line) -> None:
    assert reconfirm(line.store, QUIET + 300 * DAY)["asked"] == 0


def asked(line: Line) -> datetime:
    reconfirm(line.store, QUIET)
    leaves(line, note(line), QUIET + MINUTE)
    return QUIET + MINUTE


@pytest.mark.parametrize("said", ["YES", "sí", "START"])
def test_yes_keeps_the_texts_with_this_text_as_evidence(quiet: Line, said: str) -> None:
    at = asked(quiet) + DAY
    quiet.say(said, at)
    assert (quiet.consent(), held(quiet, at), quiet.answers()[-1]) == ("active", False, "N1-YES")
    event = quiet.rows("SELECT * FROM consent_events ORDER BY at DESC, id DESC")[0]
    inbound = quiet.rows("SELECT id FROM inbound_texts WHERE carrier_sid = :sid", sid=quiet.sids[-1])[0]["id"]
    assert (event["from_state"], event["to_state"], event["evidence_id"]) == ("active", "active", inbound)
    assert reconfirm(quiet.store, at + 30 * DAY) == {"asked": 0, "anew": 0, "stopped": 0}


@pytest.mark.parametrize(
    ("said", "answer"), [("STOP", "STOP"), ("no", "STOP"), ("WRONG", "WRONG-NUMBER"), ("equivocado", "WRONG-NUMBER")]
)
def test_no_stop_and_wrong_end_it(quiet: Line, said: str, answer: str) -> None:
    at = asked(quiet) + DAY
    quiet.say(said, at)
    assert (quiet.consent(), quiet.answers()[-1]) == ("stopped", answer)


def test_a_week_without_an_answer_stops_and_tells_staff(quiet: Line) -> None:
    left = asked(quiet)
    assert reconfirm(quiet.store, left + 7 * DAY - MINUTE)["stopped"] == 0
    assert reconfirm(quiet.store, left + 7 * DAY)["stopped"] == 1
    assert quiet.consent() == "stopped"
    assert len(tasks(quiet)) == 1 and "seven days" in tasks(quiet)[0]
    event = quiet.rows("SELECT how, from_state FROM consent_events ORDER BY at DESC, id DESC")[0]
    assert (event["how"], event["from_state"]) == ("silence", "active")


def test_other_words_keep_nothing_but_a_person_reads_them(quiet: Line) -> None:
    left = asked(quiet)
    quiet.say("he made us pancakes", left + DAY)
    quiet.say("and he laughed", left + 2 * DAY)
    assert quiet.consent() == "active" and held(quiet, left + 2 * DAY)
    assert len(tasks(quiet)) == 1 and "something else" in tasks(quiet)[0]
    assert reconfirm(quiet.store, left + 7 * DAY)["stopped"] == 1


def test_a_question_that_never_left_stops_nobody(quiet: Line) -> None:
    reconfirm(quiet.store, QUIET)
    with quiet.store.write() as session:
        outbox.move(
            session, note(quiet), quiet.cast.harbor.agency_id, Outbound.SCHEDULED, Outbound.EXPIRED, QUIET + DAY
        )
    night = QUIET + 13 * HOUR
    assert reconfirm(quiet.store, night + 8 * DAY) == {"asked": 0, "anew": 1, "stopped": 0}
    assert quiet.consent() == "active" and held(quiet, night)
    assert reconfirm(quiet.store, night + 8 * DAY + 14 * HOUR)["asked"] == 1
    assert notes(quiet) == ["expired", "scheduled"]


def did_not_arrive(line: Line, occurrence_id: str, code: int, at: datetime) -> None:
    sid = "SM" + new_id().replace("-", "")
    with line.store.write() as session:
        named = {"sid": sid, "id": occurrence_id}
        session.execute(text("UPDATE outbox_messages SET carrier_sid = :sid WHERE occurrence_id = :id"), named)
    ref = line.rows("SELECT ref FROM outbox_messages WHERE occurrence_id = :id", id=occurrence_id)[0]["ref"]
    assert record(line.store, Receipt(ref, sid, "undelivered", code), at) == "moved"


def test_three_texts_in_a_row_that_did_not_arrive(line: Line) -> None:
    for day in range(3):
        occurrence = line.ask(FIRST + day * DAY)
        assert not held(line, FIRST)
        did_not_arrive(line, occurrence, 30005, FIRST + day * DAY + MINUTE)
    assert held(line, FIRST + 2 * DAY)
    assert reconfirm(line.store, FIRST + 3 * DAY)["asked"] == 1


def test_a_blocked_sender_asks_nobody_again(line: Line) -> None:
    for day in range(3):
        occurrence = line.ask(FIRST + day * DAY)
        did_not_arrive(line, occurrence, 30007, FIRST + day * DAY + MINUTE)
    assert not held(line, FIRST + 2 * DAY)


# The monthly reminder: Grace and Ben are on the texts since 2 November; December's week is the 8th to the 14th.

TUESDAY = datetime.fromisoformat("2026-12-08T17:00:00+00:00")  # 10 am in Denver, the first day of the week


def test_the_same_week_each_month_once(line: Line) -> None:
    assert remind_monthly(line.store, TUESDAY - DAY)["reminded"] == 0
    assert remind_monthly(line.store, TUESDAY)["reminded"] == 3  # Grace, Ben and, in the other agency, Ivo
    assert remind_monthly(line.store, TUESDAY + DAY)["reminded"] == 0
    assert all(", monthly note: PAUSE for a break" in words for words in line.bodies("nudge"))
    january = datetime.fromisoformat("2027-01-08T17:00:00+00:00")
    assert remind_monthly(line.store, january - DAY)["reminded"] == 0
    assert remind_monthly(line.store, january)["reminded"] == 3


def test_not_in_the_first_four_weeks_nor_at_night(line: Line) -> None:
    november = datetime.fromisoformat("2026-11-10T17:00:00+00:00")
    assert remind_monthly(line.store, november)["reminded"] == 0
    assert remind_monthly(line.store, TUESDAY + 12 * HOUR)["reminded"] == 0


def test_not_within_a_week_of_another_text_that_named_both_words(line: Line) -> None:
    line.say("why", TUESDAY - 2 * DAY, sender=GRACE)  # K8 names STOP and PAUSE
    assert "K8" in names_stop_and_pause()
    assert remind_monthly(line.store, TUESDAY)["reminded"] == 2  # Ben and, in the other agency, Ivo
    assert remind_monthly(line.store, TUESDAY + 5 * DAY + 3 * HOUR)["reminded"] == 1  # Sunday afternoon: now Grace


def test_a_pause_and_an_open_question_hold_it_back(line: Line) -> None:
    house = line.cast.harbor
    with line.store.write() as session:
        member = session.get(Member, house.home.members["Ben"])
        assert member is not None
        member.paused_until = TUESDAY + 30 * DAY
        consents.ask_again(session, house.agency_id, line.store.vault.blind_index(house.agency_id, GRACE), "number")
    assert remind_monthly(line.store, TUESDAY)["reminded"] == 1  # Ivo alone
    with line.store.write() as session:
        session.execute(text("UPDATE consents SET reconfirm_why = NULL"))
    line.say("STOP", TUESDAY + MINUTE)
    assert remind_monthly(line.store, TUESDAY + HOUR)["reminded"] == 0


def test_it_waits_out_a_date_on_the_familys_calendar(line: Line) -> None:
    house = line.cast.harbor
    with line.store.write() as session:
        calendar_dates.add(
            session, line.store.vault, agency_id=house.agency_id, family_id=house.home.family_id,
            date_=MarkedDate(DateKind.HEARING, date(2026, 12, 8), date(2026, 12, 8), time(10), None, None), note="",
            added_by=None, at=MONDAY,
        )  # fmt: skip
    assert remind_monthly(line.store, TUESDAY)["reminded"] == 1  # Ivo alone
    assert remind_monthly(line.store, TUESDAY + 5 * DAY + 3 * HOUR)["reminded"] == 2


def test_the_reminder_uses_the_weekly_cap(line: Line) -> None:
    remind_monthly(line.store, TUESDAY)
    house = line.cast.harbor
    number = (house.agency_id, line.store.vault.blind_index(house.agency_id, BEN))
    with line.store.read() as session:
        assert facts_of(session, [number], TUESDAY, leaving=False)[number].used.nudges == (date(2026, 12, 8),)
