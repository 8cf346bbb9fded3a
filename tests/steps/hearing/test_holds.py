"""An unclear wish to stop, told in days: held at once, decided by a person, by the family, or by one working day."""

from datetime import UTC, datetime, timedelta

import pytest

from foster_bond.errors import Conflict, NotYours
from foster_bond.steps.hearing.receive_text import Post, receive
from foster_bond.steps.keeping.decide_hold import decide_hold
from foster_bond.steps.keeping.end_holds import end_holds
from foster_bond.store import consents
from tests.steps.hearing.conftest import Line

FRIDAY = datetime(2026, 11, 6, 22, 0, tzinfo=UTC)  # 3 pm in Denver
MINUTE = timedelta(minutes=1)
UNSURE = "I think I am done with these, can we end it"


def tasks(line: Line) -> list[tuple[str, str | None]]:
    return [(row["kind"], row["outcome"]) for row in line.rows("SELECT kind, outcome FROM tasks WHERE kind = 'hold'")]


def last_change(line: Line) -> consents.ConsentEvent:
    house = line.cast.harbor
    bidx = line.store.vault.blind_index(house.agency_id, "+13035550111")
    with line.store.read() as session:
        event = consents.newest_event(session, house.agency_id, bidx)
        assert event is not None
        return event


def text_id(line: Line) -> str:
    row = line.rows("SELECT id FROM inbound_texts WHERE carrier_sid = :sid", sid=line.sids[0])[0]
    return str(row["id"])


def test_over_the_weekend_nobody_decides_and_the_texts_stop(line: Line) -> None:
    line.say(UNSURE, FRIDAY)
    assert (line.consent(), line.answers(), tasks(line)) == ("hold", ["K11"], [("hold", None)])
    assert end_holds(line.store, FRIDAY + timedelta(days=2)) == {"stopped": 0}  # Sunday
    monday = FRIDAY + timedelta(days=3)
    assert end_holds(line.store, monday - MINUTE) == {"stopped": 0}
    assert end_holds(line.store, monday) == {"stopped": 1}
    event = last_change(line)
    assert (event.from_state, event.to_state, event.how) == ("hold", "stopped", "silence")
    assert event.evidence_id == text_id(line)
    assert line.consent() == "stopped" and tasks(line) == [("hold", "stopped after one working day")]
    assert end_holds(line.store, monday + MINUTE) == {"stopped": 0}


def test_thanksgiving_is_no_working_day(line: Line) -> None:
    wednesday = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
    line.say(UNSURE, wednesday)
    assert end_holds(line.store, wednesday + timedelta(days=1)) == {"stopped": 0}
    assert end_holds(line.store, wednesday + timedelta(days=2)) == {"stopped": 1}


def test_the_question_is_asked_once(line: Line) -> None:
    line.say(UNSURE, FRIDAY)
    line.say("these are really too many texts", FRIDAY + MINUTE)
    assert (line.consent(), line.answers()) == ("hold", ["K11"])


def test_a_text_found_after_an_outage_holds_without_a_late_question(line: Line) -> None:
    line.ask(FRIDAY - MINUTE)
    late = FRIDAY + timedelta(minutes=6)
    receive(line.store, Post("SM" + "7" * 32, "+13035550111", "+13035550100", UNSURE), late, came_at=FRIDAY)
    assert (line.consent(), line.answers()) == ("hold", [])


@pytest.mark.parametrize("said", ["He drew us a picture today", "LESS", "PAUSE", "NO", "SKIP", "START"])
def test_a_later_text_without_a_wish_to_stop_carries_on(line: Line, said: str) -> None:
    line.ask(FRIDAY - MINUTE)
    line.say(UNSURE, FRIDAY)
    line.say(said, FRIDAY + timedelta(hours=1))
    assert (line.consent(), tasks(line)) == ("active", [("hold", "they carried on")])
    assert end_holds(line.store, FRIDAY + timedelta(days=7)) == {"stopped": 0}


@pytest.mark.parametrize("said", ["HELP", "who is this", "stop it", "enough", "Liked “How was today?”"])
def test_a_later_text_that_says_nothing_about_it_leaves_it_open(line: Line, said: str) -> None:
    line.ask(FRIDAY - MINUTE)
    line.say(UNSURE, FRIDAY)
    line.say(said, FRIDAY + timedelta(hours=1))
    assert line.consent() == "hold"
    assert ("hold", None) in tasks(line)


@pytest.mark.parametrize("said", ["YES", "sí", "STOP", "wrong number"])
def test_yes_is_a_stop_while_the_question_is_open(line: Line, said: str) -> None:
    line.say(UNSURE, FRIDAY)
    line.say(said, FRIDAY + timedelta(hours=1))
    assert (line.consent(), tasks(line)) == ("stopped", [("hold", "stopped")])


@pytest.mark.parametrize("stop", [True, False])
def test_a_person_decides_and_the_text_stays_the_evidence(line: Line, stop: bool) -> None:
    line.say(UNSURE, FRIDAY)
    mina, grace = line.cast.mina, line.cast.harbor.home.members["Grace"]
    decide_hold(line.store, mina.viewer, grace, FRIDAY + MINUTE, stop=stop)
    event = last_change(line)
    assert (event.to_state, event.how, event.staff_id) == ("stopped" if stop else "active", "staff", mina.staff_id)
    assert event.evidence_id == text_id(line)
    assert line.consent() == event.to_state
    with pytest.raises(Conflict):
        decide_hold(line.store, mina.viewer, grace, FRIDAY + 2 * MINUTE, stop=not stop)


def test_only_who_holds_the_family_decides(line: Line) -> None:
    line.say(UNSURE, FRIDAY)
    grace = line.cast.harbor.home.members["Grace"]
    for stranger in (line.cast.cal, line.cast.rex, line.cast.eve):
        with pytest.raises(NotYours):
            decide_hold(line.store, stranger.viewer, grace, FRIDAY + MINUTE, stop=True)
    assert line.consent() == "hold"
