"""One text in: what it sets off, in one transaction, on both databases."""

from datetime import timedelta

import pytest

from foster_bond.errors import NotYours
from foster_bond.steps.hearing.receive_text import Post, receive
from foster_bond.store.sealing import Place
from foster_bond.store.staff import Staff
from tests.cast import BEN, GRACE, HARBOR_NUMBER, IVO
from tests.steps.hearing.conftest import EVENING, HOUR, Line

MINUTE = HOUR / 60


def on_call(line: Line, name: str = "mina", phone: str = "+13035550131") -> None:
    """Give one of Harbor's people a phone and the rota."""
    person = getattr(line.cast, name)
    with line.store.write() as session:
        row = session.get(Staff, person.staff_id)
        assert row is not None
        row.on_call = True
        row.phone = line.store.vault.seal(
            session, phone, Place("staff", "phone", row.id), agency_id=row.agency_id, family_id=None
        )
        row.phone_bidx = line.store.vault.blind_index(row.agency_id, phone)


def test_a_reply_joins_the_open_prompt_and_is_thanked_once(line: Line) -> None:
    slot = line.ask()
    received = line.say("She laughed at dinner.")
    line.say("First time in weeks.", EVENING + 2 * MINUTE)
    found = line.rows("SELECT * FROM reflections WHERE occurrence_id = :slot", slot=slot)
    assert received.kind == "reply"
    assert [(row["parts"], row["prompt_key"], bool(row["late"])) for row in found] == [(2, "own-1", False)]
    assert line.answers() == ["ACK"]


def test_the_same_carrier_id_is_one_text(line: Line) -> None:
    first = line.say("Fine today.", sid="SM1")
    again = line.say("Fine today.", sid="SM1")
    assert (first.copy, again.copy) == (False, True)
    assert len(line.rows("SELECT id FROM inbound_texts WHERE carrier_sid = 'SM1'")) == 1
    assert line.answers() == ["ACK"]


def test_an_answer_after_two_days_is_late_and_kept(line: Line) -> None:
    slot = line.ask(EVENING - 72 * HOUR)
    line.say("Sorry, a long week. It went well.")
    (row,) = line.rows("SELECT late FROM reflections WHERE occurrence_id = :slot", slot=slot)
    assert row["late"]


def test_unprompted_words_are_a_reflection_of_their_own(line: Line) -> None:
    line.say("The moon follows him, he says.")
    found = line.rows("SELECT occurrence_id, prompt_key FROM reflections ORDER BY first_at DESC LIMIT 1")
    assert found == [{"occurrence_id": None, "prompt_key": None}]


@pytest.mark.parametrize("word", ["STOP", "stop.", " Stop ", "ALTO", "No más", "Please don't text me any more"])
def test_a_stop_stops_at_once_and_is_confirmed_once(line: Line, word: str) -> None:
    line.ask()
    line.say(word)
    line.say(word, EVENING + MINUTE)
    assert line.consent() == "stopped"
    assert line.answers() == ["STOP"]
    (event,) = line.rows("SELECT evidence_id, from_state FROM consent_events WHERE to_state = 'stopped'")
    (first,) = line.rows("SELECT id FROM inbound_texts WHERE carrier_sid = :sid", sid=line.sids[0])
    assert event == {"evidence_id": first["id"], "from_state": "active"}


def test_a_stop_takes_back_what_has_not_left(line: Line) -> None:
    line.say("The first thing today.")  # its thank-you waits
    line.say("STOP", EVENING + MINUTE)
    found = line.rows("SELECT state, reason FROM outbox_messages WHERE kind = 'ack'")
    assert found == [{"state": "suppressed", "reason": "This number has stopped all texts."}]


def test_no_confirmation_where_the_carrier_sent_its_own(line: Line) -> None:
    line.say("STOP", opt_out_type="STOP")
    assert (line.consent(), line.answers()) == ("stopped", [])


def test_after_a_stop_a_thank_you_is_kept_and_answered_by_no_one(line: Line) -> None:
    line.say("STOP")
    line.say("thanks for everything", EVENING + MINUTE)
    assert line.consent() == "stopped"
    assert line.answers() == ["STOP"]
    assert (
        len(line.rows("SELECT id FROM inbound_texts WHERE kind = 'reply' AND carrier_sid = :sid", sid=line.sids[1]))
        == 1
    )


def test_only_start_brings_a_stopped_number_back(line: Line) -> None:
    line.say("STOP")
    line.say("yes", EVENING + MINUTE)
    line.say("back", EVENING + 2 * MINUTE)
    assert line.consent() == "stopped"
    line.say("START", EVENING + 3 * MINUTE)
    assert line.consent() == "active"
    assert line.answers() == ["STOP", "START"]


def test_help_is_answered_also_when_stopped_and_leaves_a_task(line: Line) -> None:
    line.say("STOP")
    line.say("Ayuda", EVENING + MINUTE)
    assert line.answers() == ["STOP", "HELP"]
    assert len(line.rows("SELECT id FROM tasks WHERE kind = 'help' AND once_key IS NOT NULL")) == 1


def test_base_is_answered_at_once_and_steps_the_ladder_down(line: Line) -> None:
    line.say("base")
    assert line.answers() == ["K13"]
    (row,) = line.rows("SELECT past FROM members WHERE ref = 'M-Grace'")
    assert EVENING.date().isoformat() in str(row["past"])


def test_pause_and_back(line: Line) -> None:
    line.say("PAUSE 2 WEEKS")
    (row,) = line.rows("SELECT paused_until FROM members WHERE ref = 'M-Grace'")
    assert "2026-11-24" in str(row["paused_until"])
    line.say("BACK", EVENING + MINUTE)
    (row,) = line.rows("SELECT paused_until FROM members WHERE ref = 'M-Grace'")
    assert row["paused_until"] is None
    assert line.answers() == ["PAUSE", "K3"]


def test_a_language_switch_holds_at_once(line: Line) -> None:
    line.say("Español")
    (row,) = line.rows("SELECT language FROM members WHERE ref = 'M-Grace'")
    assert row["language"] == "es"
    assert line.bodies("keyword_reply")[0].startswith("De acuerdo. Sus mensajes ahora llegan en español")


def test_an_unclear_wish_holds_everything_until_they_write_on(line: Line) -> None:
    line.say("Stop it")
    assert (line.consent(), line.answers()) == ("hold", ["K11"])
    line.say("He said the funniest thing today", EVENING + MINUTE)
    assert line.consent() == "active"


def test_yes_to_the_hold_question_stops(line: Line) -> None:
    line.say("Enough")
    line.say("yes", EVENING + MINUTE)
    assert line.consent() == "stopped"
    assert line.answers() == ["K11", "STOP"]


def test_a_skip_closes_the_question_only(line: Line) -> None:
    slot = line.ask()
    line.say("SKIP")
    line.say("SKIP", EVENING + MINUTE)
    assert line.answers() == ["K2", "K10"]
    assert line.rows("SELECT id FROM reflections WHERE occurrence_id = :slot", slot=slot) == []


def test_a_tapback_is_no_reflection_and_gets_no_answer(line: Line) -> None:
    line.ask()
    received = line.say("Liked “How was today?”")
    assert received.kind == "reaction"
    assert (line.consent(), line.answers()) == ("active", [])


@pytest.mark.parametrize("said", ["Loved “Coco”", "Reacted 👍 to “See you at six”", "Le gustó “Nos vemos”"])
def test_quoted_words_that_are_none_of_ours_stay_a_reply_that_nothing_answers(line: Line, said: str) -> None:
    assert line.say(said).kind == "reply"
    assert line.bodies("ack") == []
    line.say("Loved the movie", EVENING + HOUR)
    assert len(line.bodies("ack")) == 1


def test_an_unknown_number_is_kept_and_told_once_a_day_whose_line_this_is(line: Line) -> None:
    line.say("hello?", sender="+13035550170")
    line.say("anyone there", EVENING + MINUTE, sender="+13035550170")
    assert line.answers() == ["X1"]
    assert len(line.rows("SELECT id FROM inbound_texts WHERE kind = 'unplaced' AND family_id IS NULL")) == 2


def test_a_member_of_another_agency_is_unknown_here(line: Line) -> None:
    line.say("good evening", sender=IVO)
    assert line.rows("SELECT id FROM inbound_texts WHERE kind = 'unplaced' AND member_id IS NOT NULL") == []
    assert line.answers() == ["X1"]


def test_a_to_that_is_none_of_ours_stores_nothing(line: Line) -> None:
    before = line.rows("SELECT count(*) AS n FROM inbound_texts")
    with pytest.raises(NotYours):
        line.say("hello", to="+13035559999")
    assert line.rows("SELECT count(*) AS n FROM inbound_texts") == before


def test_a_machine_is_never_answered(line: Line) -> None:
    line.say("Your code is 55", sender="55555")
    assert line.answers() == []


def test_a_flood_is_kept_and_answered_once_an_hour(line: Line) -> None:
    for number in range(15):
        line.say(f"why {number}" if number % 2 else "why", EVENING + number * MINUTE)
    kept = line.rows("SELECT id FROM inbound_texts WHERE received_at >= :since", since=EVENING)
    assert len(kept) == 15
    assert line.answers().count("X5") == 1
    line.say("wrong number", EVENING + 16 * MINUTE)
    assert line.answers()[-1] == "WRONG-NUMBER"  # an ending is confirmed in a flood too


class TestACryForHelp:
    """Rule 3 and 4: alert, notices and answer with the text itself."""

    def test_it_raises_tells_and_answers(self, line: Line) -> None:
        on_call(line)
        line.ask()
        received = line.say("She says she wants to die")
        assert received.crisis
        (alert,) = line.rows("SELECT category, priority, state FROM v_alert WHERE priority = 'now'")
        assert alert == {"category": "suicide", "priority": "now", "state": "raised"}
        assert line.answers() == ["CRISIS-SUICIDE"]
        (notice,) = line.bodies("staff_alert")
        assert "She" not in notice and "Okafor" not in notice

    def test_nobody_on_the_rota_means_no_promise(self, line: Line) -> None:
        line.say("I want to kill myself")
        assert line.answers() == ["CRISIS-SUICIDE-U"]
        assert len(line.bodies("staff_alert")) == 1  # the on-call line, which is no person we know

    def test_one_answer_per_open_alert_and_an_alert_per_text(self, line: Line) -> None:
        on_call(line)
        line.say("I want to die")
        line.say("i want to kill myself tonight", EVENING + MINUTE)
        assert line.answers() == ["CRISIS-SUICIDE"]
        found = line.rows("SELECT group_id FROM alerts WHERE priority = 'now'")
        assert len(found) == 2 and len({row["group_id"] for row in found}) == 1

    def test_stop_with_danger_stops_and_gets_the_crisis_answer_alone(self, line: Line) -> None:
        on_call(line)
        line.say("Stop. I want to die")
        assert line.consent() == "stopped"
        assert line.answers() == ["X3"]

    def test_a_stop_while_an_alert_is_open_gets_x3_in_place_of_the_confirmation(self, line: Line) -> None:
        line.say("I want to die")
        line.say("STOP", EVENING + MINUTE)
        assert line.answers() == ["CRISIS-SUICIDE-U", "X3-U"]

    def test_a_stopped_number_is_heard_too(self, line: Line) -> None:
        line.say("STOP")
        line.say("he has a gun and threatened us", EVENING + MINUTE)
        assert line.answers() == ["STOP", "X3-U"]
        assert len(line.rows("SELECT id FROM alerts WHERE priority = 'now'")) == 1

    def test_an_unknown_number_is_heard_too(self, line: Line) -> None:
        line.say("quiero morir", sender="+13035550171")
        assert line.answers() == ["CRISIS-SUICIDE-U"]
        assert line.bodies("crisis_reply")[0].startswith("Tal vez no veamos")

    def test_a_shared_phone_gets_the_neutral_answer(self, line: Line) -> None:
        with line.store.write() as session:
            session.connection().exec_driver_sql("UPDATE members SET shared_phone = true WHERE ref = 'M-Grace'")
        line.say("he choked me")
        assert line.answers() == ["X4-U"]

    def test_a_broken_reader_raises_an_unclassified_alert(self, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_words: str) -> object:
            raise RuntimeError("the list is gone")

        monkeypatch.setattr("foster_bond.steps.hearing._receiving.find", broken)
        line.say("hello")
        (alert,) = line.rows("SELECT category, priority FROM v_alert WHERE category = 'unclassified'")
        assert alert["priority"] == "now"

    def test_staff_take_it_by_texting_1(self, line: Line) -> None:
        on_call(line)
        line.say("I want to die")
        line.say("1", EVENING + MINUTE, sender="+13035550131")
        (alert,) = line.rows("SELECT state FROM alerts WHERE priority = 'now'")
        assert alert["state"] == "acknowledged"
        assert line.answers() == ["CRISIS-SUICIDE", "ST3"]

    def test_everything_or_nothing(self, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
        def killed(*_: object, **__: object) -> None:
            raise RuntimeError("killed before the end")

        monkeypatch.setattr("foster_bond.steps.hearing._alarms._reply", killed)
        before = line.rows("SELECT count(*) AS n FROM inbound_texts")
        with pytest.raises(RuntimeError):
            line.say("I want to die")
        assert line.rows("SELECT count(*) AS n FROM inbound_texts") == before
        assert line.rows("SELECT id FROM alerts WHERE priority = 'now'") == []


def test_two_on_one_phone_belong_to_the_one_who_was_asked(line: Line) -> None:
    with line.store.write() as session:
        bidx = line.store.vault.blind_index(line.cast.harbor.agency_id, GRACE)
        session.connection().exec_driver_sql(f"UPDATE members SET to_bidx = '{bidx}' WHERE ref = 'M-Ben'")
    slot = line.ask(name="Ben")
    line.say("We both laughed.")
    (row,) = line.rows("SELECT member_id FROM reflections WHERE occurrence_id = :slot", slot=slot)
    assert row["member_id"] == line.cast.harbor.home.members["Ben"]


def test_bodies_and_numbers_are_sealed(line: Line) -> None:
    line.say("a canary sentence nobody may read")
    dump = str(line.rows("SELECT * FROM inbound_texts")) + str(line.rows("SELECT * FROM outbox_messages"))
    assert "canary sentence" not in dump
    assert GRACE not in dump and BEN not in dump


def test_a_text_found_later_is_filed_by_its_own_hour_and_answered_by_no_one(line: Line) -> None:
    slot = line.ask(EVENING - 12 * HOUR)
    post = Post("SMfound_later", GRACE, HARBOR_NUMBER, "It went well.")
    receive(line.store, post, EVENING, came_at=EVENING - 11 * HOUR)
    (row,) = line.rows("SELECT late FROM reflections WHERE occurrence_id = :slot", slot=slot)
    assert not row["late"]
    assert line.answers() == []


def test_a_cry_for_help_found_later_still_tells_and_answers(line: Line) -> None:
    on_call(line)
    receive(
        line.store, Post("SMfound_late", GRACE, HARBOR_NUMBER, "I want to die"), EVENING, came_at=EVENING - 30 * HOUR
    )
    assert line.answers() == ["CRISIS-SUICIDE"]
    found = line.rows("SELECT not_after, due_at FROM outbox_messages WHERE kind = 'staff_alert'")
    assert len(found) == 1 and found[0]["not_after"] > found[0]["due_at"]


def test_a_stranger_learns_nothing_by_asking_who_this_is(line: Line) -> None:
    line.say("Who is this?", sender="+13035550170")
    assert line.answers() == ["X1"]
    assert len(line.rows("SELECT id FROM tasks WHERE kind = 'unplaced'")) == 1


def test_the_on_call_line_is_texted_where_no_colleague_can_be(line: Line) -> None:
    line.say("I want to die")
    found = line.rows("SELECT staff_id, text_id FROM outbox_messages WHERE kind = 'staff_alert'")
    assert found == [{"staff_id": None, "text_id": "ST1"}]
    assert line.answers() == ["CRISIS-SUICIDE-U"]  # it is no person we know: nothing is promised


class TestOneCryInSeveralTexts:
    def test_a_phrase_that_goes_on_in_the_next_text_is_heard(self, line: Line) -> None:
        assert not line.say("I cannot do this. I want to").crisis
        assert line.say("die tonight", EVENING + timedelta(seconds=20)).crisis
        query = "SELECT category FROM alerts WHERE inbound_id = (SELECT id FROM inbound_texts WHERE carrier_sid = :sid)"
        assert line.rows(query, sid=line.sids[-1]) == [{"category": "suicide"}]

    def test_letter_by_letter_over_three_texts(self, line: Line) -> None:
        for second, words in enumerate(("quiero", "morirme", "ya")):
            last = line.say(words, EVENING + timedelta(seconds=second))
            if words == "morirme":
                assert last.crisis

    def test_an_hour_later_it_is_another_sentence(self, line: Line) -> None:
        line.say("I want to")
        assert not line.say("die hard fans, all of us", EVENING + timedelta(hours=1)).crisis

    def test_the_first_of_two_crises_is_not_told_twice(self, line: Line) -> None:
        line.say("I want to die")
        assert not line.say("sorry, made soup", EVENING + timedelta(seconds=30)).crisis


def test_a_text_longer_than_anybody_reads_goes_to_a_person(line: Line) -> None:
    assert line.say("we made soup " * 2_000).crisis
    assert line.rows("SELECT category FROM v_alert WHERE state <> 'resolved' AND inbound_id IS NOT NULL "
                     "AND category = 'unclassified'")  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "raised"),
    [
        ("No", "VOLVER", []),  # a command tells of nobody who has not come back
        ("I told him to stop hitting", "I told him to stop hitting", []),  # sent twice, said once
        ("Estoy lejos, no se", "volver sola", ["review"]),
        ("I want to", "END", ["now"]),  # danger counts also where the last word is a command
    ],
)
def test_what_two_texts_say_together(line: Line, before: str, after: str, raised: list[str]) -> None:
    line.say(before)
    line.say(after, EVENING + MINUTE)
    found = line.rows("SELECT priority FROM alerts WHERE raised_at > :start", start=str(EVENING))
    assert [row["priority"] for row in found] == raised
