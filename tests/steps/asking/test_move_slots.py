"""A person skips, restores, moves and sends: scoped to the families they hold, audited, always through the gate."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.states import Consent
from foster_bond.steps.asking.move_slots import move_slot, restore, send_now, skip
from foster_bond.steps.asking.preview_schedule import preview_family
from foster_bond.store.audit import AuditEvent
from foster_bond.store.families import Family
from foster_bond.store.ids import new_id
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.staff import Staff
from tests.steps.asking.conftest import MONDAY
from tests.steps.asking.house import House

EVENING = MONDAY + timedelta(hours=10)
ORDER = ["S1", "S3", "S4", "S6"]


def staff(house: House, agency_id: str, role: Role) -> Viewer:
    with house.store.write() as session:
        row = Staff(
            id=new_id(), agency_id=agency_id, email=f"{new_id()}@harbor.example", name="Mina Vale", role=role.value,
            password_hash="x", created_at=MONDAY,
        )  # fmt: skip
        session.add(row)
    return Viewer(staff_id=row.id, agency_id=agency_id, role=role, name=row.name)


def planned(house: House, **more: object) -> tuple[Viewer, list[Occurrence]]:
    """Mina, who holds the family, and its coming slots."""
    mina = staff(house, house.agency_id, Role.CASEWORKER)
    family = house.family(now=MONDAY)
    house.change(Family, family, caseworker_id=mina.staff_id)
    house.member(family, now=MONDAY, **more)
    house.schedule(now=MONDAY, prompts=ORDER)
    house.tick(MONDAY)
    return mina, house.slots()


def audited(house: House) -> list[tuple[str, str | None]]:
    with house.store.read() as session:
        rows = session.execute(select(AuditEvent).order_by(col(AuditEvent.id))).scalars()
        return [(row.act, row.staff_id) for row in rows]


def test_skip_and_restore(house: House) -> None:
    mina, (first, *_) = planned(house)
    skip(house.store, viewer=mina, occurrence_id=first.id, now=MONDAY)
    assert house.slots()[0].state == "skipped"
    restore(house.store, viewer=mina, occurrence_id=first.id, now=MONDAY)
    assert house.slots()[0].state == "planned"
    house.tick(EVENING)
    assert [key for _, key, _ in house.texts()] == ["S1"]
    assert audited(house) == [("slot_skipped", mina.staff_id), ("slot_restored", mina.staff_id)]


def test_a_skipped_prompt_is_not_used_up(house: House) -> None:
    mina, (first, *_) = planned(house)
    skip(house.store, viewer=mina, occurrence_id=first.id, now=MONDAY)
    house.live(MONDAY, EVENING + timedelta(days=1, minutes=1))
    assert [(due, key) for due, key, _ in house.texts()] == [(EVENING + timedelta(days=1), "S1")]


def test_a_written_text_is_taken_back_until_it_leaves(house: House) -> None:
    mina, (first, *_) = planned(house)
    house.tick(EVENING - timedelta(minutes=5))
    skip(house.store, viewer=mina, occurrence_id=first.id, now=EVENING - timedelta(minutes=4))
    with house.store.read() as session:
        row = session.execute(select(OutboxMessage)).scalar_one()
    assert (row.state, row.reason) == ("cancelled", "Skipped by a person.")
    with pytest.raises(Conflict, match="on its way already"):
        skip(house.store, viewer=mina, occurrence_id=first.id, now=EVENING)


def test_a_moved_text_leaves_at_its_new_time_on_the_familys_wall(house: House) -> None:
    mina, (first, *_) = planned(house)
    move_slot(house.store, viewer=mina, occurrence_id=first.id, to=datetime(2026, 3, 2, 17, 30), now=MONDAY)  # noqa: DTZ001  the wall's own time
    moved = house.slots()[0]
    assert (moved.due_at, moved.moved_from) == (EVENING - timedelta(minutes=90), EVENING)
    house.live(MONDAY, EVENING + timedelta(hours=1))
    assert [(due, key) for due, key, _ in house.texts()] == [(EVENING - timedelta(minutes=90), "S1")]
    [written] = house.slots(state="written")
    assert written.rules[0] == {"rule": "person", "why": "Moved by a person."}


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (MONDAY - timedelta(hours=1), "The new time has passed already."),
        (MONDAY + timedelta(weeks=5), "A text can be moved four weeks ahead at most."),
        (EVENING + timedelta(hours=3), "The new time is outside the agency's polite hours."),
    ],
)
def test_a_new_time_must_be_one_that_can_be(house: House, to: datetime, why: str) -> None:
    mina, (first, *_) = planned(house)
    with pytest.raises(InvalidInput, match=why):
        move_slot(house.store, viewer=mina, occurrence_id=first.id, to=to, now=MONDAY)
    assert house.slots()[0].due_at == EVENING


def test_send_now_goes_through_the_gate(house: House) -> None:
    mina, (first, second, *_) = planned(house)
    send_now(house.store, viewer=mina, occurrence_id=first.id, now=MONDAY)
    assert [(due, key) for due, key, _ in house.texts()] == [(MONDAY, "S1")]
    with pytest.raises(Conflict, match="It cannot leave now: Already asked today"):
        send_now(house.store, viewer=mina, occurrence_id=second.id, now=MONDAY)
    assert house.slots(id=second.id)[0].due_at == second.due_at and len(house.texts()) == 1
    assert audited(house) == [("slot_sent_now", mina.staff_id)]


def test_send_now_without_consent_says_why_and_changes_nothing(house: House) -> None:
    mina, (first, *_) = planned(house, consent=Consent.STOPPED)
    with pytest.raises(Conflict, match="This number has stopped all texts"):
        send_now(house.store, viewer=mina, occurrence_id=first.id, now=MONDAY)
    assert house.slots()[0].state == "planned" and audited(house) == []


def test_what_has_been_decided_stays_decided(house: House) -> None:
    mina, (first, second, *_) = planned(house)
    house.live(MONDAY, EVENING + timedelta(minutes=1))
    for act in (skip, restore, send_now):
        with pytest.raises(Conflict):
            act(house.store, viewer=mina, occurrence_id=first.id, now=EVENING)
    with pytest.raises(Conflict, match="It is not skipped"):
        restore(house.store, viewer=mina, occurrence_id=second.id, now=EVENING)


def test_a_skipped_text_whose_time_has_passed_stays_skipped(house: House) -> None:
    mina, (first, *_) = planned(house)
    skip(house.store, viewer=mina, occurrence_id=first.id, now=MONDAY)
    with pytest.raises(InvalidInput, match="Its time has passed"):
        restore(house.store, viewer=mina, occurrence_id=first.id, now=EVENING + timedelta(hours=2))


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.LEAD])
def test_a_colleague_who_does_not_hold_the_family_finds_nothing(house: House, role: Role) -> None:
    _, (first, *_) = planned(house)
    colleague = staff(house, house.agency_id, role)
    for act in (skip, restore, send_now):
        with pytest.raises(NotYours):
            act(house.store, viewer=colleague, occurrence_id=first.id, now=MONDAY)


def test_a_stranger_finds_nothing(house: House) -> None:
    _, (first, *_) = planned(house)
    stranger = Viewer(staff_id=new_id(), agency_id=new_id(), role=Role.ADMIN, name="Rex")
    with pytest.raises(NotYours):
        move_slot(house.store, viewer=stranger, occurrence_id=first.id, to=EVENING, now=MONDAY)


def test_a_supervisor_may(house: House) -> None:
    _, (first, *_) = planned(house)
    skip(house.store, viewer=staff(house, house.agency_id, Role.SUPERVISOR), occurrence_id=first.id, now=MONDAY)
    assert house.slots()[0].state == "skipped"


def test_a_preview_of_a_held_family_is_scoped(house: House) -> None:
    mina, (first, *_) = planned(house)
    mine = preview_family(house.store, mina, first.family_id, weeks=1, now=MONDAY)
    assert [one.prompt_id for one in mine] == [*ORDER, None]  # then the programme has ended
    with pytest.raises(NotYours):
        preview_family(
            house.store, staff(house, house.agency_id, Role.CASEWORKER), first.family_id, weeks=1, now=MONDAY
        )
