"""Stopped stays stopped: no text but START opens the number, none but HELP is answered, and every text is kept."""

from datetime import timedelta

import pytest

from foster_bond.errors import Conflict
from foster_bond.steps.keeping.import_families import import_families
from foster_bond.steps.keeping.record_consent import ask_by_text
from tests.steps.hearing.conftest import EVENING, HOUR, Line

MINUTE = timedelta(minutes=1)
ROW = (
    "family,family_ref,zone,member,member_ref,role,phone,language,consent,consent_wording,consent_date,"
    "caseworker_email,child_word,tags\n"
    "Okafor,F-Okafor,America/Denver,Grace,M-Grace,foster_parent,+13035550111,en,{consent},signed,2026-11-01,"
    "mina@harbor.example,the child,\n"
)


@pytest.mark.parametrize(
    "said",
    ["thanks", "Thank you!", "YES", "sí", "back", "resume", "LESS", "He slept through the night", "pause", "more"],
)
def test_whatever_else_they_write_is_kept_and_answered_by_no_one(line: Line, said: str) -> None:
    line.ask(EVENING - HOUR)
    line.say("STOP", EVENING)
    line.say(said, EVENING + MINUTE)
    assert (line.consent(), line.answers()) == ("stopped", ["STOP"])
    kept = line.rows("SELECT count(*) AS n FROM inbound_texts WHERE carrier_sid = :sid", sid=line.sids[-1])
    assert kept[0]["n"] == 1


@pytest.mark.parametrize(("opt_out", "answers"), [(None, ["STOP"]), ("STOP", [])])
def test_one_confirmation_and_none_where_the_carrier_sent_one(
    line: Line, opt_out: str | None, answers: list[str]
) -> None:
    for minute in range(3):
        line.say("STOP", EVENING + minute * MINUTE, opt_out_type=opt_out)
    assert (line.consent(), line.answers()) == ("stopped", answers)


def test_answers_that_still_wait_are_taken_back_and_the_confirmation_stays(line: Line) -> None:
    for second, said in enumerate(("LESS", "HELP", "STOP", "STOP")):
        line.say(said, EVENING + second * MINUTE / 60)
    waiting = line.rows("SELECT text_id, state, reason FROM outbox_messages WHERE kind = 'keyword_reply' ORDER BY id")
    assert [tuple(row.values()) for row in waiting] == [
        ("K4", "suppressed", "This number has stopped all texts."), ("HELP", "scheduled", None),
        ("STOP", "scheduled", None),
    ]  # fmt: skip


def test_a_stop_that_the_carrier_holds_is_kept_even_of_a_number_without_a_row(line: Line) -> None:
    line.say("STOP", EVENING, sender="+13035550177", opt_out_type="STOP")
    row = line.rows("SELECT carrier_stopped FROM consents WHERE state = 'stopped'")[0]
    assert bool(row["carrier_stopped"])


@pytest.mark.parametrize(("said", "opt_out", "state"), [
    ("volver", None, "stopped"), ("START", None, "active"), ("unstop", None, "active"), ("iniciar", "START", "active"),
])  # fmt: skip
def test_what_the_carrier_holds_only_its_own_words_lift(line: Line, said: str, opt_out: str | None, state: str) -> None:
    line.say("STOP", EVENING, opt_out_type="STOP")
    line.say(said, EVENING + MINUTE, opt_out_type=opt_out)
    assert line.consent() == state


@pytest.mark.parametrize("consent", ["recorded", "ask"])
def test_neither_a_file_nor_a_question_opens_it(line: Line, consent: str) -> None:
    line.say("STOP", EVENING)
    content = ROW.format(consent=consent).encode()
    done = import_families(line.store, viewer=line.cast.ada.viewer, content=content, now=EVENING + HOUR)
    assert line.consent() == "stopped" and done.active == done.asked == 0
    assert any("stopped all texts" in note for note in done.notes)
    with pytest.raises(Conflict):
        ask_by_text(line.store, line.cast.mina.viewer, line.cast.harbor.home.members["Grace"], EVENING + HOUR)


@pytest.mark.parametrize("before", [[], ["NO"], ["STOP"]])
def test_start_of_somebody_who_never_agreed_is_a_yes_and_is_welcomed(line: Line, before: list[str]) -> None:
    asked = "+13035550177"
    content = ROW.format(consent="ask").replace("Grace", "Faye").replace("+13035550111", asked)
    import_families(line.store, viewer=line.cast.ada.viewer, content=content.encode(), now=EVENING - HOUR)
    for minute, said in enumerate([*before, "START", "STOP", "START"]):
        line.say(said, EVENING + minute * MINUTE, sender=asked)
    answers = line.answers()
    assert line.consent(asked) == "active"
    assert answers == [*(["STOP"] if "STOP" in before else []), "W1", "W2", "STOP", "START"]


def test_a_changed_number_that_a_file_calls_agreed_is_asked_once_more(line: Line) -> None:
    content = ROW.format(consent="recorded").replace("+13035550111", "+13035550166").encode()
    done = import_families(line.store, viewer=line.cast.ada.viewer, content=content, now=EVENING + HOUR)
    row = line.rows("SELECT state, reconfirm_why FROM consents WHERE reconfirm_why IS NOT NULL")
    assert done.active == 1 and [(one["state"], one["reconfirm_why"]) for one in row] == [("active", "number")]
