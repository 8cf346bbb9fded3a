"""The family's own words: LATER, SKIP, TIME, LANGUAGE, BACK, DELETE, STORY, pictures, and who is never answered."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import text

from foster_bond.rules.kinds import Kind
from foster_bond.steps.asking.ask_again import ask_again
from foster_bond.steps.asking.close_prompts import close_prompts
from foster_bond.steps.asking.fill_outbox import fill_outbox
from foster_bond.steps.asking.plan_occurrences import plan_occurrences
from foster_bond.store import exports, families, outbox, prompts
from foster_bond.store.agencies import Agency
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Member
from foster_bond.store.prompts import Prompt, Schedule
from tests.cast import BEN, GRACE, HARBOR_NUMBER
from tests.steps.hearing.conftest import EVENING, HOUR, Line

MINUTE = HOUR / 60
AFTERNOON = EVENING - 4 * HOUR  # 4 pm in Denver


def texts(line: Line, kind: str) -> list[tuple[str | None, str, str]]:
    found = line.rows(
        "SELECT text_id, state, language FROM outbox_messages WHERE kind = :kind ORDER BY created_at, id", kind=kind
    )
    return [(row["text_id"], row["state"], row["language"]) for row in found]


def k1_when(line: Line) -> str:
    return next(body for body in line.bodies("keyword_reply") if body.startswith("OK. We will ask again"))


def answer_of(line: Line, words: str, at: datetime = EVENING, **more: object) -> list[str]:
    """The fixed texts that this one text set off."""
    before = len(line.answers())
    line.say(words, at, **more)
    return line.answers()[before:]


def test_later_asks_once_more_in_two_hours(line: Line) -> None:
    line.ask(AFTERNOON - HOUR)
    assert answer_of(line, "later", AFTERNOON) == ["K1"]
    assert "Mon 9 Nov 6:00 pm" in k1_when(line)
    assert ask_again(line.store, AFTERNOON + HOUR)["asked"] == 0
    assert ask_again(line.store, AFTERNOON + 2 * HOUR)["asked"] == 1
    assert ask_again(line.store, AFTERNOON + 3 * HOUR)["asked"] == 0
    assert texts(line, "nudge") == [("own-1", "scheduled", "en")]
    assert line.bodies("nudge") == ["How was today?"]
    assert close_prompts(line.store, AFTERNOON + 30 * HOUR)["reminded"] == 0  # in place of the reminder


def test_later_in_the_evening_means_the_next_one_at_their_hour(line: Line) -> None:
    line.ask()
    assert answer_of(line, "Luego", EVENING - MINUTE) == ["K1"]
    assert "Tue 10 Nov 7:00 pm" in k1_when(line)


def test_a_question_of_that_evening_makes_way_for_the_promised_one(line: Line) -> None:
    begin(line, AFTERNOON)
    before = len(planned(line, AFTERNOON))
    line.ask(AFTERNOON - HOUR)
    assert answer_of(line, "later", EVENING - MINUTE) == ["K1"]
    assert len(planned(line, AFTERNOON)) == before - 1
    (row,) = line.rows("SELECT why FROM occurrences WHERE state = 'skipped'")
    assert row["why"] == "They asked for the last question once more at that time."


def test_later_twice_is_promised_once_and_never_a_third_time(line: Line) -> None:
    line.ask(AFTERNOON - HOUR)
    assert answer_of(line, "later", AFTERNOON) == ["K1"]
    assert answer_of(line, "later", AFTERNOON + MINUTE) == ["K1"]
    ask_again(line.store, AFTERNOON + 2 * HOUR)
    assert answer_of(line, "later", AFTERNOON + 2 * HOUR + MINUTE) == ["K10"]
    ask_again(line.store, AFTERNOON + 6 * HOUR)
    assert len(texts(line, "nudge")) == 1


def test_later_keeps_the_questions_two_days(line: Line) -> None:
    slot = line.ask(AFTERNOON - 47 * HOUR)
    assert answer_of(line, "later", AFTERNOON) == ["K10"]
    line.say("It was fine.", AFTERNOON + 2 * MINUTE)
    assert line.rows("SELECT late FROM reflections WHERE occurrence_id = :slot", slot=slot)[0]["late"] in (0, False)


@pytest.mark.parametrize("meanwhile", ["an answer", "skip", "pause", "a newer question"])
def test_later_is_let_go_where_it_has_become_idle(line: Line, meanwhile: str) -> None:
    line.ask(AFTERNOON - HOUR)
    line.say("later", AFTERNOON)
    if meanwhile == "a newer question":
        line.ask(AFTERNOON + HOUR)
    else:
        line.say({"an answer": "She laughed.", "skip": "skip", "pause": "pause"}[meanwhile], AFTERNOON + HOUR)
    ask_again(line.store, AFTERNOON + 2 * HOUR)
    assert texts(line, "nudge") == []


@pytest.mark.parametrize("word", ["later", "skip", "delete"])
def test_with_nothing_open_the_answer_says_so(line: Line, word: str) -> None:
    assert answer_of(line, word) == ["K10"]


def test_a_reminder_that_waits_is_taken_back(line: Line) -> None:
    slot = line.ask(AFTERNOON - HOUR)
    with line.store.write() as session:
        outbox.compose(
            session, line.store.vault, agency_id=line.cast.harbor.agency_id, kind=Kind.NUDGE, to=GRACE,
            to_bidx=line.store.vault.blind_index(line.cast.harbor.agency_id, GRACE), body="No rush.", now=AFTERNOON,
            due_at=AFTERNOON, not_after=AFTERNOON + HOUR, zone="America/Denver", occurrence_id=slot, text_id="REMINDER",
            family_id=line.cast.harbor.home.family_id, member_id=line.cast.harbor.home.members["Grace"],
        )  # fmt: skip
    assert answer_of(line, "skip", AFTERNOON) == ["K2"]
    assert texts(line, "nudge") == [("REMINDER", "cancelled", "en")]


def planned(line: Line, now: datetime) -> list[datetime]:
    """Grace's slots of the coming week, planned anew."""
    plan_occurrences(line.store, now)
    found = line.rows(
        "SELECT due_at FROM occurrences WHERE member_id = :member AND state = 'planned' AND due_at > :now "
        "ORDER BY due_at",
        member=line.cast.harbor.home.members["Grace"], now=now,
    )  # fmt: skip
    return [datetime.fromisoformat(str(row["due_at"])).replace(tzinfo=UTC) for row in found]


def begin(line: Line, now: datetime) -> None:
    """Grace takes part in Harbor's evenings, every day at seven."""
    with line.store.write() as session:
        schedule = session.get(Schedule, line.cast.harbor.ids["schedule_id"])
        enrolment = session.get(Enrolment, line.cast.harbor.ids["enrolment_id"])
        assert schedule is not None and enrolment is not None
        schedule.rule, enrolment.next_due_at = "FREQ=DAILY", now
        for prompt in prompts.prompts_of(session, line.cast.harbor.agency_id).values():
            prompt.texts = {"en": "How was today?", "es": "¿Cómo estuvo el día?"}


def test_time_moves_the_days_to_come_and_no_day_is_lost(line: Line) -> None:
    begin(line, AFTERNOON)
    before = planned(line, AFTERNOON)
    assert answer_of(line, "TIME 5:30 pm", AFTERNOON) == ["K6"]
    after = planned(line, AFTERNOON)
    assert len(after) == len(before) and [new - old for new, old in zip(after, before, strict=True)] == [
        -HOUR * 1.5
    ] * len(before)
    (row,) = line.rows("SELECT hour FROM members WHERE ref = 'M-Grace'")
    assert time.fromisoformat(str(row["hour"])) == time(17, 30)
    assert "New time for your texts: 5:30 pm" in line.bodies("keyword_reply")[0]


@pytest.mark.parametrize("words", ["time", "time 5am", "time 8pm", "hora 22:00", "TIME 25"])
def test_an_hour_outside_ours_is_asked_back_and_changes_nothing(line: Line, words: str) -> None:
    assert answer_of(line, words) == ["K6-ASK"]
    assert "9 am to 8 pm" in line.bodies("keyword_reply")[0]
    assert line.rows("SELECT hour FROM members WHERE ref = 'M-Grace'") == [{"hour": None}]


def test_a_text_that_is_written_is_said_in_the_new_language(line: Line) -> None:
    begin(line, AFTERNOON)
    plan_occurrences(line.store, AFTERNOON)
    soon = EVENING - HOUR - 5 * MINUTE  # five minutes before seven
    fill_outbox(line.store, soon)
    assert [body for body in line.bodies("prompt") if body] == ["How was today?"]
    assert answer_of(line, "Español", soon) == ["K7"]
    fill_outbox(line.store, soon + MINUTE)
    assert [(state, language) for _, state, language in texts(line, "prompt")] == [
        ("cancelled", "en"),
        ("scheduled", "es"),
    ]
    assert line.bodies("prompt")[-1] == "¿Cómo estuvo el día?"


def test_a_thank_you_that_waits_is_said_in_the_new_language(line: Line) -> None:
    line.say("The first thing today.")
    assert texts(line, "ack") == [("ACK", "scheduled", "en")]
    line.say("ESPANOL", EVENING + MINUTE)
    assert texts(line, "ack") == [("ACK", "scheduled", "es")]
    assert line.bodies("ack")[0].startswith("Gracias.")


def test_back_looks_at_once_at_what_the_pause_held(line: Line) -> None:
    begin(line, AFTERNOON)
    plan_occurrences(line.store, AFTERNOON)
    line.say("PAUSE 2 WEEKS", AFTERNOON)
    fill_outbox(line.store, EVENING - HOUR - 5 * MINUTE)
    assert texts(line, "prompt") == []
    line.say("BACK", EVENING - HOUR - 4 * MINUTE)
    fill_outbox(line.store, EVENING - HOUR - 4 * MINUTE)
    assert [state for _, state, _ in texts(line, "prompt")] == ["scheduled"]


def test_delete_takes_the_last_reply_off_every_page_and_keeps_the_fact(line: Line) -> None:
    slot = line.ask()
    line.say("I shouted at him.")
    line.say("And I am ashamed.", EVENING + MINUTE)
    assert answer_of(line, "Delete that", EVENING + 2 * MINUTE) == ["K9"]
    found = line.rows(
        "SELECT withdrawn_at, body FROM inbound_texts WHERE reflection_id IS NOT NULL AND carrier_sid = :sid",
        sid=line.sids[1],
    )
    assert found[0]["withdrawn_at"] is not None and found[0]["body"]
    assert line.rows("SELECT withdrawn_at FROM inbound_texts WHERE carrier_sid = :sid", sid=line.sids[0]) == [
        {"withdrawn_at": None}
    ]
    assert line.rows("SELECT parts FROM reflections WHERE occurrence_id = :slot", slot=slot) == [{"parts": 2}]
    assert answer_of(line, "BORRAR", EVENING + 3 * MINUTE) == ["K9"]  # and the one before
    assert answer_of(line, "delete", EVENING + 4 * MINUTE) == ["K10"]
    assert len(line.rows("SELECT id FROM audit_events WHERE act = 'reply_withdrawn'")) == 2


def test_delete_reaches_back_one_day(line: Line) -> None:
    line.say("I shouted at him.")
    assert answer_of(line, "delete", EVENING + 25 * HOUR) == ["K10"]


def test_words_about_danger_stay_on_file(line: Line) -> None:
    line.say("I want to kill myself")
    assert answer_of(line, "delete", EVENING + MINUTE) == ["K9-KEPT"]
    assert line.rows("SELECT withdrawn_at FROM inbound_texts WHERE carrier_sid = :sid", sid=line.sids[0]) == [
        {"withdrawn_at": None}
    ]


def test_words_that_left_with_an_export_stay(line: Line) -> None:
    line.say("I shouted at him.")
    house = line.cast.harbor
    with line.store.write() as session:
        exports.add(
            session, agency_id=house.agency_id, family_id=house.home.family_id, by_id=None, at=EVENING + MINUTE,
            kind="record", form="csv", member_ids=[house.home.members["Grace"]], digest="0" * 64, original_digest=None,
        )  # fmt: skip
    assert answer_of(line, "delete", EVENING + 2 * MINUTE) == ["K9-KEPT"]
    line.say("And I am ashamed.", EVENING + 3 * MINUTE)  # which no file holds
    assert answer_of(line, "delete", EVENING + 4 * MINUTE) == ["K9"]


def test_a_withdrawn_number_is_no_rating_any_more(line: Line) -> None:
    with line.store.write() as session:
        session.add(
            Prompt(
                agency_id=line.cast.harbor.agency_id, key="S2", technique="support", level=1, target="self",
                reply="1-5", roles=["foster_parent"], texts={"en": "How much is left, 1 to 5?"},
            )
        )  # fmt: skip
    slot = line.ask(key="S2")
    line.say("2")
    assert line.rows("SELECT rating FROM reflections WHERE occurrence_id = :slot", slot=slot) == [{"rating": 2}]
    line.say("delete", EVENING + MINUTE)
    assert line.rows("SELECT rating FROM reflections WHERE occurrence_id = :slot", slot=slot) == [{"rating": None}]


def test_story_is_a_task_for_staff_and_is_answered(line: Line) -> None:
    assert answer_of(line, "my story") == ["K12"]
    line.say("story", EVENING + MINUTE)
    assert len(line.rows("SELECT id FROM tasks WHERE kind = 'story'")) == 1


def test_asking_for_all_to_go_is_a_request_about_records(line: Line) -> None:
    received = line.say("Please delete all my texts")
    assert received.kind == "reply"
    assert len(line.rows("SELECT id FROM tasks WHERE kind = 'records'")) == 1


def test_a_bare_no_and_more_are_one_wish(line: Line) -> None:
    assert line.say("No").kind == "reply"
    assert answer_of(line, "more", EVENING + 10 * MINUTE) == ["K11"]
    assert line.consent() == "hold"


def test_more_long_after_a_no_is_more(line: Line) -> None:
    line.say("No")
    assert answer_of(line, "more", EVENING + 16 * MINUTE) == ["K5-MAX"]


def test_a_picture_is_kept_unopened_and_told_about_once(line: Line) -> None:
    slot = line.ask()
    assert line.say("", media_count=2).kind == "photo"
    assert line.say("", EVENING + HOUR / 2, media_count=1).kind == "photo"
    assert line.answers() == ["MEDIA"]
    assert line.rows("SELECT id FROM reflections WHERE occurrence_id = :slot", slot=slot) == []
    assert [
        row["media_count"]
        for row in line.rows("SELECT media_count FROM inbound_texts WHERE kind = 'photo' ORDER BY received_at")
    ] == [2, 1]
    line.say("", EVENING + timedelta(days=31), media_count=1)
    assert line.answers() == ["MEDIA", "MEDIA"]


def test_words_beside_a_picture_are_a_reply(line: Line) -> None:
    slot = line.ask()
    assert line.say("Look at this smile.", media_count=1).kind == "reply"
    assert len(line.rows("SELECT id FROM reflections WHERE occurrence_id = :slot", slot=slot)) == 1
    assert line.answers() == ["MEDIA"]  # one answer, and the one that they need


def test_an_address_is_answered_by_one_word_on_privacy_a_month(line: Line) -> None:
    line.ask()
    assert line.say("Pick her up at 742 Evergreen Road please").kind == "reply"
    line.say("or call 303-555-0142", EVENING + HOUR)
    assert line.answers() == ["PRIVACY", "ACK"]
    assert "742" not in line.bodies("ack")[0] and "leave out names" in line.bodies("ack")[0]
    line.say("her number is 303-555-0142", EVENING + timedelta(days=31))
    assert line.answers() == ["PRIVACY", "ACK", "PRIVACY"]


def test_a_word_on_privacy_that_never_left_is_said_again(line: Line) -> None:
    line.say("She lives at 742 Evergreen Road")
    with line.store.write() as session:
        session.execute(text("UPDATE outbox_messages SET state = 'expired' WHERE text_id = 'PRIVACY'"))
    line.say("I mean 724 Evergreen Road", EVENING + timedelta(days=1))
    assert line.answers() == ["PRIVACY", "PRIVACY"]


@pytest.mark.parametrize("said", ["I can't do this any more today, we are at 742 Evergreen Road", "STOP"])
def test_a_hard_day_or_a_wish_comes_before_the_word_on_privacy(line: Line, said: str) -> None:
    line.say(said)
    assert "PRIVACY" not in line.answers() and len(line.answers()) == 1


def test_a_picture_from_a_stranger_waits_for_a_person(line: Line) -> None:
    assert line.say("", sender="+13035550177", media_count=1).kind == "unplaced"
    assert line.answers() == ["X1"]


def test_our_own_lines_are_never_answered(line: Line) -> None:
    line.say("HELP", sender=HARBOR_NUMBER)
    line.say("I want to kill myself", EVENING + MINUTE, sender=HARBOR_NUMBER)
    assert line.answers() == []


def test_a_phone_that_answers_by_itself_is_answered_twice_at_most(line: Line) -> None:
    for turn in range(4):
        line.say("I am driving and will get back to you.", EVENING + turn * 16 * MINUTE)
    assert line.answers() == ["ACK", "ACK"]
    assert answer_of(line, "BASE", EVENING + 50 * MINUTE) == ["K13"]


@pytest.mark.parametrize("word", ["base", "skip", "A hard day. I am exhausted and cannot go on like this."])
def test_the_rung_follows_what_was_heard(line: Line, word: str) -> None:
    with line.store.write() as session:
        member = session.get(Member, line.cast.harbor.home.members["Grace"])
        assert member is not None
        member.level = 4
    line.ask()
    line.say(word)
    (row,) = line.rows("SELECT level FROM members WHERE ref = 'M-Grace'")
    assert row["level"] < 4


def test_two_on_one_phone_keep_one_hour_and_one_language(line: Line) -> None:
    with line.store.write() as session:
        ben = session.get(Member, line.cast.harbor.home.members["Ben"])
        assert ben is not None
        families.give_words(session, line.store.vault, ben, "phone", GRACE)
    line.say("TIME 6PM")
    line.say("Español", EVENING + MINUTE)
    rows = line.rows("SELECT hour, language FROM members WHERE ref IN ('M-Grace', 'M-Ben')")
    assert [(str(row["hour"])[:5], row["language"]) for row in rows] == [("18:00", "es")] * 2
    assert BEN != GRACE


def test_a_stop_with_a_call_for_help_leaves_the_task_too(line: Line) -> None:
    line.say("Stop. Help me")
    assert line.consent() == "stopped"
    assert len(line.rows("SELECT id FROM tasks WHERE kind = 'help' AND once_key IS NOT NULL")) == 1


def test_the_agency_may_have_no_words_in_the_new_language(line: Line) -> None:
    begin(line, AFTERNOON)
    with line.store.write() as session:
        agency = session.get(Agency, line.cast.harbor.agency_id)
        assert agency is not None
        for prompt in prompts.prompts_of(session, agency.id).values():
            prompt.texts = {"en": "How was today?"}
    plan_occurrences(line.store, AFTERNOON)
    soon = EVENING - HOUR - 5 * MINUTE
    fill_outbox(line.store, soon)
    line.say("Español", soon)
    fill_outbox(line.store, soon + MINUTE)
    assert [(state, language) for _, state, language in texts(line, "prompt")] == [("cancelled", "en")]
