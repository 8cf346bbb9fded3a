"""The calendar is asked again when a text leaves: a date, a placement or a day off that came after it was written."""

from datetime import timedelta

import pytest

from foster_bond.rules.blackout import DateKind, MarkedDate
from foster_bond.rules.kinds import Kind
from foster_bond.rules.placement_status import PlacementEvent, PlacementKind
from foster_bond.store import calendar_dates, placement_events
from foster_bond.store.ids import new_id
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt
from tests.steps.sending.room import NOON, Room

TODAY = NOON.date()
HEARING = "Too close to a hearing for this question."


def mark(room: Room, kind: DateKind = DateKind.HEARING, *, everybody: bool = False) -> None:
    """A date today, of the Okafors or of all families."""
    house = room.cast.harbor
    with room.store.write() as session:
        calendar_dates.add(
            session, room.store.vault, agency_id=house.agency_id, added_by=None, at=NOON, note="",
            family_id=None if everybody else house.home.family_id, date_=MarkedDate(kind, TODAY, TODAY),
        )  # fmt: skip


def record(room: Room, kind: PlacementKind) -> None:
    house = room.cast.harbor
    with room.store.write() as session:
        placement_events.add(
            session, room.store.vault, agency_id=house.agency_id, family_id=house.home.family_id, added_by=None,
            at=NOON, note="", event=PlacementEvent(kind, TODAY),
        )  # fmt: skip


def asking(room: Room, level: int, kind: Kind = Kind.PROMPT, key: str = "X1") -> str:
    """A text that asks a prompt of that level."""
    with room.store.write() as session:
        session.add(
            Prompt(
                id=new_id(), agency_id=room.cast.harbor.agency_id, key=key, technique="any", level=level,
                target="child", reply="text", roles=["foster_parent"], texts={"en": "?"},
            )
        )  # fmt: skip
    message_id = room.write(kind)
    with room.store.write() as session:
        message = session.get(OutboxMessage, message_id)
        assert message is not None
        message.prompt_key = key
    return message_id


@pytest.mark.parametrize(
    ("level", "key", "held"), [(3, "E9", False), (4, "H9", True), (5, "T9", True), (2, "P5A", True)]
)
def test_a_hard_question_that_is_written_does_not_leave_near_a_date_that_came_after(
    room: Room, level: int, key: str, held: bool
) -> None:
    text = asking(room, level, key=key)
    mark(room)
    room.send()
    row = room.row(text)
    # The date lets go days after the text's own window: it is never sent late.
    assert (row.state, row.reason) == (("expired", HEARING) if held else ("accepted", None))


def test_a_date_for_everybody_holds_it_too_and_nothing_else(room: Room) -> None:
    text, reply = asking(room, 4), room.write(Kind.STAFF_REPLY)
    mark(room, DateKind.AGENCY_DATE, everybody=True)
    room.send()
    assert room.row(text).reason == "Too close to a date that the agency marked for everybody for this question."
    assert room.row(reply).state == "accepted"


def test_a_text_without_a_prompt_is_no_hard_question(room: Room) -> None:
    mark(room)
    text = room.write()
    room.send()
    assert room.row(text).state == "accepted"


@pytest.mark.parametrize("kind", [PlacementKind.MOVE, PlacementKind.ENDING])
def test_nothing_of_ours_reaches_a_placement_that_has_ended(room: Room, kind: PlacementKind) -> None:
    prompt, reply, answer = room.write(), room.write(Kind.STAFF_REPLY), room.write(Kind.CRISIS_REPLY)
    record(room, kind)
    room.send()
    for message_id in (prompt, reply):
        assert (room.row(message_id).state, room.row(message_id).reason) == ("suppressed", "The placement has ended.")
    assert room.row(answer).state == "accepted"  # a cry for help is answered whoever sends it


def test_a_respite_holds_what_is_automatic(room: Room) -> None:
    prompt, reply = room.write(lives=timedelta(hours=2)), room.write(Kind.STAFF_REPLY)
    record(room, PlacementKind.RESPITE)
    room.send()
    assert (room.row(prompt).state, room.row(reply).state) == ("scheduled", "accepted")
    assert room.row(prompt).reason == "The placement rests: the child is in respite care."


def test_a_holiday_that_was_ticked_after_it_was_written(room: Room) -> None:
    text = room.write()
    room.change_agency(closed_days=[{"date": TODAY.isoformat(), "name": "Staff day"}])
    room.send()
    assert room.row(text).reason == "The agency sends nothing on Staff day."
