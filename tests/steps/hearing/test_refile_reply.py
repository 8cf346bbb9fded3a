"""A person moves a reply to the prompt it belongs to, and back: everything that hangs on it follows, on both sides."""

from datetime import timedelta

import pytest

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.steps.hearing.refile_reply import OWN, refile_reply, undo_refile
from foster_bond.store.families import Member
from foster_bond.store.prompts import Prompt
from tests.steps.hearing.conftest import EVENING, HOUR, Line

MINUTE = HOUR / 60
DAY = timedelta(days=1)


def reply_to(line: Line, slot: str | None) -> str:
    where = "occurrence_id = :slot" if slot else "occurrence_id IS NULL"
    (row,) = line.rows(
        f"SELECT id FROM reflections WHERE {where} AND first_at > :since", slot=slot, since=EVENING - DAY
    )
    return str(row["id"])


def move(line: Line, reflection_id: str, to: str, **more: str) -> str:
    mina = line.cast.mina.viewer
    return refile_reply(line.store, mina, line.cast.harbor.home.family_id, reflection_id, EVENING + HOUR, to=to, **more)


def back(line: Line, move_id: str) -> None:
    undo_refile(line.store, line.cast.mina.viewer, line.cast.harbor.home.family_id, move_id, EVENING + HOUR)


def standing(line: Line) -> list[tuple[object, ...]]:
    """Every reply of the evening: where it stands, how many parts, late, rating, doubtful."""
    rows = line.rows(
        "SELECT r.occurrence_id, r.prompt_key, r.parts, r.late, r.rating, r.maybe_other FROM reflections r "
        "WHERE r.last_at > :since ORDER BY r.first_at, r.id",
        since=EVENING - DAY,
    )
    return [
        (r["occurrence_id"], r["prompt_key"], r["parts"], bool(r["late"]), r["rating"], bool(r["maybe_other"]))
        for r in rows
    ]


def thermometer(line: Line) -> None:
    """The library's own thermometer, under its own key."""
    with line.store.write() as session:
        session.add(
            Prompt(
                agency_id=line.cast.harbor.agency_id, key="S2", technique="support", level=1, target="self",
                reply="1-5", roles=["foster_parent"], texts={"en": "How much is left, 1 to 5?"},
            )
        )  # fmt: skip


def past(line: Line) -> dict[str, object]:
    with line.store.read() as session:
        member = session.get(Member, line.cast.harbor.home.members["Grace"])
        assert member is not None
        return dict(member.past)


def test_two_open_prompts_take_the_newest_and_say_so(line: Line) -> None:
    older, newer = line.ask(EVENING - 20 * HOUR), line.ask(EVENING - HOUR)
    line.say("She laughed at dinner.")
    assert standing(line) == [(newer, "own-1", 1, False, None, True)]
    move(line, reply_to(line, newer), older)
    assert standing(line) == [(older, "own-1", 1, False, None, False)]


def test_a_doubt_comes_back_with_the_reply(line: Line) -> None:
    older, newer = line.ask(EVENING - 20 * HOUR), line.ask(EVENING - HOUR)
    line.say("She laughed at dinner.")
    back(line, move(line, reply_to(line, newer), older))
    assert standing(line) == [(newer, "own-1", 1, False, None, True)]


def test_a_move_takes_late_mark_rating_and_both_places_along(line: Line) -> None:
    thermometer(line)
    old, new = line.ask(EVENING - 72 * HOUR, key="S2"), line.ask(EVENING - HOUR)
    line.say("2. Long day.")
    first = reply_to(line, new)
    done = move(line, first, old)
    assert standing(line) == [(old, "S2", 1, True, 2, False)]
    back(line, done)
    assert standing(line) == [(new, "own-1", 1, False, None, False)]
    kept = line.rows(
        'SELECT from_occurrence_id, to_occurrence_id, "by", undoes FROM corrections WHERE at > :at ORDER BY at, id',
        at=EVENING,
    )
    mina = line.cast.mina.staff_id
    assert kept == [
        {"from_occurrence_id": new, "to_occurrence_id": old, "by": mina, "undoes": None},
        {"from_occurrence_id": old, "to_occurrence_id": new, "by": mina, "undoes": done},
    ]
    acts = line.rows("SELECT act FROM audit_events WHERE act LIKE 'reply_%' ORDER BY at, id")
    assert [row["act"] for row in acts] == ["reply_moved", "reply_moved_back"]


def test_the_ladder_knows_which_prompt_was_answered(line: Line) -> None:
    thermometer(line)
    old, new = line.ask(EVENING - 20 * HOUR, key="S2"), line.ask(EVENING - HOUR)
    with line.store.write() as session:
        member = session.get(Member, line.cast.harbor.home.members["Grace"])
        assert member is not None
        member.past = {
            "recent": [
                ["S2", 1, "self", "support", "1-5", (EVENING - 20 * HOUR).isoformat(), None, False, False],
                ["own-1", 1, "self", "support", "text", (EVENING - HOUR).isoformat(), None, False, False],
            ],
            "used": {"S2": 1, "own-1": 1}, "answered": [0] * 6, "thermometer": None, "hard_day_at": None,
            "stepped_down_at": None, "silence_paused_at": None,
        }  # fmt: skip
    line.say("2")
    asked = lambda: [bool(row[6]) for row in past(line)["recent"]]  # type: ignore[attr-defined]  # noqa: E731  a row of JSON
    assert asked() == [False, True] and past(line)["thermometer"] is None
    done = move(line, reply_to(line, new), old)
    assert asked() == [True, False]
    assert past(line)["thermometer"] == [2, EVENING.isoformat()] and past(line)["answered"] == [0, 1, 0, 0, 0, 0]
    (row,) = line.rows("SELECT level FROM members WHERE ref = 'M-Grace'")
    assert row["level"] == 1  # stepped down to support
    back(line, done)
    assert asked() == [False, True] and past(line)["thermometer"] is None
    assert past(line)["answered"] == [0, 1, 0, 0, 0, 0]


def test_a_reply_may_stand_on_its_own_and_come_back(line: Line) -> None:
    slot = line.ask()
    line.say("Something else: the school called.")
    done = move(line, reply_to(line, slot), OWN)
    assert standing(line) == [(None, None, 1, False, None, False)]
    assert line.say("Good evening, it went well.", EVENING + 30 * MINUTE).kind == "reply"
    assert [row[0] for row in standing(line)] == [None, slot]  # the question was open again
    back(line, done)
    assert [(row[0], row[2]) for row in standing(line)] == [(slot, 2)]


def test_one_part_moves_and_the_rest_stays(line: Line) -> None:
    older, newer = line.ask(EVENING - 20 * HOUR), line.ask(EVENING - HOUR)
    line.say("It went well.")
    line.say("And yesterday we baked.", EVENING + MINUTE)
    (second,) = line.rows("SELECT id FROM inbound_texts WHERE carrier_sid = :sid", sid=line.sids[1])
    done = move(line, reply_to(line, newer), older, part=second["id"])
    assert [(row[0], row[2]) for row in standing(line)] == [(newer, 1), (older, 1)]
    back(line, done)
    assert [(row[0], row[2]) for row in standing(line)] == [(newer, 2)]


def test_a_move_onto_an_answered_prompt_joins_its_reply_and_parts_again(line: Line) -> None:
    older = line.ask(EVENING - 20 * HOUR)
    line.say("A fine day.", EVENING - 19 * HOUR)
    newer = line.ask(EVENING - HOUR)
    line.say("We went to the lake, that was it.")
    gone = reply_to(line, newer)
    done = move(line, gone, older)
    assert [(row[0], row[2]) for row in standing(line)] == [(older, 2)]
    back(line, done)
    assert [(row[0], row[2]) for row in standing(line)] == [(older, 1), (newer, 1)]
    assert reply_to(line, newer) == gone


def test_a_move_that_was_overtaken_cannot_be_taken_back(line: Line) -> None:
    older, newer = line.ask(EVENING - 20 * HOUR), line.ask(EVENING - HOUR)
    line.say("A fine day.")
    done = move(line, reply_to(line, newer), older)
    back(line, done)
    with pytest.raises(Conflict):
        back(line, done)
    again = move(line, reply_to(line, newer), OWN)
    line.say("Two more words.", EVENING + 5 * MINUTE)
    move(line, reply_to(line, None), older)
    with pytest.raises(Conflict):
        back(line, again)


def test_nothing_moves_where_it_stands_or_to_a_later_question(line: Line) -> None:
    slot = line.ask()
    line.say("A fine day.")
    later = line.ask(EVENING + HOUR)
    own = reply_to(line, slot)
    for to in (slot, later, ""):
        with pytest.raises(InvalidInput):
            move(line, own, to)
    assert standing(line) == [(slot, "own-1", 1, False, None, False)]


@pytest.mark.parametrize("who", ["rex", "sue", "eve", "cal"])
def test_a_stranger_moves_nothing(line: Line, who: str) -> None:
    slot = line.ask()
    line.say("A fine day.")
    own, person = reply_to(line, slot), getattr(line.cast, who).viewer
    family = line.cast.harbor.home.family_id
    with pytest.raises(NotYours):
        refile_reply(line.store, person, family, own, EVENING, to=OWN)
    done = move(line, own, OWN)
    with pytest.raises(NotYours):
        undo_refile(line.store, person, family, done, EVENING)


def test_another_familys_prompt_cannot_be_chosen(line: Line) -> None:
    slot = line.ask()
    line.say("A fine day.")
    with pytest.raises(NotYours):
        move(line, reply_to(line, slot), line.cast.elsewhere.ids["occurrence_id"])
