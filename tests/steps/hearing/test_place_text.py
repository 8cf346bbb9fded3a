"""Texts of nobody: a person files them, gives a member a new number, stops a wrong one; no agency sees another's."""

import pytest

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.steps.hearing.place_text import place_text, set_aside, wrong_number
from foster_bond.steps.reading.read_unplaced import read_unplaced
from foster_bond.store import families
from foster_bond.store.families import Member
from foster_bond.store.prompts import Prompt
from tests.cast import GRACE, HARBOR_NUMBER
from tests.past import new_family
from tests.steps.hearing.conftest import EVENING, HOUR, Line

MINUTE = HOUR / 60
STRANGER = "+13035550177"


def waiting(line: Line, sid: int = -1) -> str:
    (row,) = line.rows("SELECT id FROM inbound_texts WHERE carrier_sid = :sid", sid=line.sids[sid])
    return str(row["id"])


def grace(line: Line) -> str:
    return line.cast.harbor.home.members["Grace"]


def test_a_number_in_two_families_waits_and_joins_the_question_that_was_open(line: Line) -> None:
    with line.store.write() as session:
        session.add(
            Prompt(
                agency_id=line.cast.harbor.agency_id, key="S2", technique="support", level=1, target="self",
                reply="1-5", roles=["foster_parent"], texts={"en": "How much is left, 1 to 5?"},
            )
        )  # fmt: skip
    new_family(line.store, line.cast.harbor, "Second", {"Grace": GRACE}, EVENING, worker="Mina")
    slot = line.ask(EVENING - 60 * HOUR, key="S2")
    assert line.say("2. A long week.").kind == "unplaced"
    page = read_unplaced(line.store, line.cast.mina.viewer, EVENING)
    assert page.rows[0].why.startswith("This number belongs to 2 families") and not page.rows[0].may_adopt
    place_text(line.store, line.cast.mina.viewer, waiting(line), grace(line), EVENING + HOUR)
    (row,) = line.rows("SELECT parts, late, rating FROM reflections WHERE occurrence_id = :slot", slot=slot)
    assert (row["parts"], bool(row["late"]), row["rating"]) == (1, True, 2)


def test_a_shared_number_is_placed_by_the_one_open_question(line: Line) -> None:
    new_family(line.store, line.cast.harbor, "Second", {"Grace": GRACE}, EVENING, worker="Mina")
    line.ask()
    assert line.say("She laughed.").kind == "reply"


def test_a_new_number_becomes_the_members_and_asks_for_consent_anew(line: Line) -> None:
    line.say("Hi, Grace here, new phone.", sender=STRANGER)
    assert read_unplaced(line.store, line.cast.mina.viewer, EVENING).rows[0].may_adopt
    place_text(line.store, line.cast.mina.viewer, waiting(line), grace(line), EVENING + MINUTE, new_number=True)
    with line.store.read() as session:
        member = session.get(Member, grace(line))
        assert member is not None and families.member_phone(session, line.store.vault, member) == STRANGER
    assert line.consent(STRANGER) == "none"  # nothing leaves before somebody has agreed for this number
    assert len(line.rows("SELECT id FROM tasks WHERE kind = 'consent' AND done_at IS NULL")) == 1
    assert line.say("And good evening.", EVENING + 2 * MINUTE, sender=STRANGER).kind == "reply"
    with pytest.raises(Conflict):
        place_text(line.store, line.cast.mina.viewer, waiting(line, 0), grace(line), EVENING + HOUR)


def test_a_number_that_somebody_has_is_nobodys_new_one(line: Line) -> None:
    new_family(line.store, line.cast.harbor, "Second", {"Grace": GRACE}, EVENING, worker="Mina")
    line.say("Who am I?")
    with pytest.raises(Conflict):
        place_text(line.store, line.cast.mina.viewer, waiting(line), grace(line), EVENING, new_number=True)


@pytest.mark.parametrize(
    ("sender", "why"), [("22000", "not a valid phone number"), (HARBOR_NUMBER, "own number to text from")]
)
def test_no_short_code_and_no_line_of_ours_is_anybodys_new_number(line: Line, sender: str, why: str) -> None:
    line.say("Your code is 1234", sender=sender)
    assert not read_unplaced(line.store, line.cast.mina.viewer, EVENING).rows[0].may_adopt
    with pytest.raises(InvalidInput, match=why):
        place_text(line.store, line.cast.mina.viewer, waiting(line), grace(line), EVENING, new_number=True)
    place_text(line.store, line.cast.mina.viewer, waiting(line), grace(line), EVENING)  # filed as words, it may be


def test_a_wrong_number_is_stopped_marked_and_looked_into(line: Line) -> None:
    new_family(line.store, line.cast.harbor, "Second", {"Grace": GRACE}, EVENING, worker="Mina")
    line.say("My name is Lou, I keep getting these")
    wrong_number(line.store, line.cast.tom.viewer, waiting(line), EVENING + HOUR)
    assert line.consent() == "stopped"
    marked = line.rows("SELECT number_bad_why FROM members WHERE number_bad_why IS NOT NULL")
    assert len(marked) == 2
    assert len(line.rows("SELECT id FROM tasks WHERE kind = 'privacy'")) == 2  # one for each family that it concerns
    assert read_unplaced(line.store, line.cast.tom.viewer, EVENING).rows == ()


def test_a_wrong_number_by_text_is_opened_by_no_start(line: Line) -> None:
    line.say("Sorry, wrong number")
    assert line.answers() == ["WRONG-NUMBER"]
    assert line.consent() == "stopped"
    assert line.rows("SELECT number_bad_why FROM members WHERE ref = 'M-Grace'")[0]["number_bad_why"]
    line.say("START", EVENING + MINUTE)
    assert line.consent() == "stopped" and line.answers() == ["WRONG-NUMBER"]
    with line.store.write() as session:
        member = session.get(Member, grace(line))
        assert member is not None
        families.give_words(session, line.store.vault, member, "phone", STRANGER)
    assert line.rows("SELECT number_bad_why FROM members WHERE ref = 'M-Grace'") == [{"number_bad_why": None}]


def test_a_picture_of_nobodys_is_filed_as_one(line: Line) -> None:
    line.say("", sender=STRANGER, media_count=1)
    assert read_unplaced(line.store, line.cast.mina.viewer, EVENING).rows[0].pictures == 1
    place_text(line.store, line.cast.mina.viewer, waiting(line), grace(line), EVENING, new_number=True)
    (row,) = line.rows("SELECT kind, reflection_id FROM inbound_texts WHERE media_count = 1")
    assert row == {"kind": "photo", "reflection_id": None}


def test_words_taken_back_while_they_waited_are_shown_to_nobody(line: Line) -> None:
    new_family(line.store, line.cast.harbor, "Second", {"Grace": GRACE}, EVENING, worker="Mina")
    line.say("I shouted at him.")
    line.say("delete", EVENING + MINUTE)
    assert read_unplaced(line.store, line.cast.mina.viewer, EVENING).rows == ()


def test_one_number_in_two_agencies_stays_with_the_one_it_wrote_to(line: Line) -> None:
    new_family(line.store, line.cast.elsewhere, "Theirs", {"Grace": STRANGER}, EVENING, worker="Rex")
    assert line.say("Hello?", sender=STRANGER, to=HARBOR_NUMBER).kind == "unplaced"
    assert [row.text for row in read_unplaced(line.store, line.cast.mina.viewer, EVENING).rows] == ["Hello?"]
    assert read_unplaced(line.store, line.cast.rex.viewer, EVENING).rows == ()
    for act in (set_aside, wrong_number):
        with pytest.raises(NotYours):
            act(line.store, line.cast.rex.viewer, waiting(line), EVENING)
