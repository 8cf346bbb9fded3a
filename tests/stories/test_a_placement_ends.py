"""The promise: when a placement ends, or one person leaves, every text about it stops at once; nothing arrives the
next morning; the last words leave once, and only where somebody chose them; whoever stays goes on.

Told in days of March 2026, in Denver: every evening at seven people are asked something.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.local_time import local_instant
from foster_bond.steps.asking import mark_dates
from foster_bond.steps.asking.say_farewell import say_farewell
from foster_bond.steps.keeping import end_texts
from foster_bond.store.agencies import Agency, give_number
from foster_bond.store.alerts import Task
from foster_bond.store.departures import Departure
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.outbox import OutboxMessage
from tests.steps.asking.house import BEN, GRACE, House, open_house

DENVER = "America/Denver"
MONDAY = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # 9:00 in Denver


@pytest.fixture
def harbor(database_url: str) -> Iterator[House]:
    house = open_house(database_url, MONDAY)
    with house.store.write() as session:
        agency = session.get(Agency, house.agency_id)
        assert agency is not None
        give_number(session, house.store.vault, agency, "phone", "+13035550190")
    yield house
    house.store.close()


def ada(house: House) -> Viewer:
    return Viewer(staff_id="", agency_id=house.agency_id, role=Role.ADMIN, name="Ada")


def evening(day: int, minutes: int = 0) -> datetime:
    return local_instant(date(2026, 3, day), time(19), DENVER) + timedelta(minutes=minutes)


def live(house: House, since: datetime, until: datetime) -> None:
    """Days in which every job runs at the hours that matter, and the carrier takes what is due."""
    day, last = (since - timedelta(hours=7)).date(), (until - timedelta(hours=7)).date()
    while day <= last:
        for hour, minute in ((9, 0), (18, 50), (19, 0), (19, 30), (22, 0)):
            now = local_instant(day, time(hour, minute), DENVER)
            if since <= now < until:
                end_texts.follow_placements(house.store, now)
                end_texts.come_of_age(house.store, now)
                say_farewell(house.store, now)
                house.tick(now)
                house.carry(now)
        day += timedelta(days=1)


def left(house: House, family: str) -> list[tuple[int, str]]:
    """What left for a family: on which day of March, and which text."""
    with house.store.read() as session:
        query = select(OutboxMessage).where(
            col(OutboxMessage.family_id) == family, col(OutboxMessage.state) == "accepted"
        )
        rows = session.execute(query.order_by(col(OutboxMessage.accepted_at))).scalars()
        return [
            ((row.accepted_at - timedelta(hours=7)).day, row.text_id or row.prompt_key or "")
            for row in rows
            if row.accepted_at is not None
        ]


def departure(house: House) -> Departure:
    with house.store.read() as session:
        return session.execute(select(Departure).order_by(col(Departure.at).desc())).scalars().first()  # type: ignore[return-value]  # each test has one


def tasks(house: House) -> list[tuple[str, bool]]:
    with house.store.read() as session:
        rows = session.execute(select(Task).order_by(col(Task.made_at), col(Task.id))).scalars()
        return [(row.kind, row.done_at is not None) for row in rows]


def end(house: House, family: str, day: str, now: datetime, what: str = "ending") -> None:
    mark_dates.record_placement(house.store, ada(house), family, {"what": what, "since": day}, now)


def test_a_removed_child_is_not_asked_about_and_the_sibling_who_stays_goes_on(harbor: House) -> None:
    """Two placements in one home: Grace's phone is in both families; Ben, a teen, has his own phone."""
    gone, stays = harbor.family("okafor", now=MONDAY), harbor.family("okafor-2", now=MONDAY)
    harbor.member(gone, GRACE, now=MONDAY)
    harbor.member(gone, BEN, now=MONDAY, role="teen")
    harbor.member(stays, GRACE, now=MONDAY, ref="grace-2")
    harbor.schedule(now=MONDAY, prompts=["S4", "S6", "S1"] * 10)
    live(harbor, MONDAY, evening(2, -9))
    harbor.tick(evening(2, -5))  # the evening's texts are in the outbox, five minutes before they leave
    end(harbor, gone, "2026-03-02", evening(2, -4), "move")
    assert tasks(harbor) == [("departure", False)]
    live(harbor, evening(2, -3), evening(5, 60))
    assert left(harbor, gone) == []
    assert [key for _, key in left(harbor, stays)] != []
    assert [slot for slot in harbor.slots(family_id=gone) if slot.state in ("planned", "written")] == []

    row = departure(harbor)
    with pytest.raises(InvalidInput, match="told in person"):
        end_texts.decide(
            harbor.store, ada(harbor), row.id, evening(5, 60), told=False, closing_note=True, aftercare=False
        )  # fmt: skip
    end_texts.decide(harbor.store, ada(harbor), row.id, evening(5, 120), told=True, closing_note=True, aftercare=True)
    with pytest.raises(Conflict):
        end_texts.decide(
            harbor.store, ada(harbor), row.id, evening(5, 121), told=True, closing_note=False, aftercare=False
        )  # fmt: skip
    assert tasks(harbor) == [("departure", True)]
    live(harbor, evening(5, 120), evening(21))
    # At night nothing leaves; Ben gets the closing note in the morning and one word of care a week later. Grace gets
    # neither: her questions about the other child do not end.
    assert left(harbor, gone) == [(6, "N3"), (13, "N4")]
    with harbor.store.read() as session:
        told = session.execute(select(OutboxMessage).where(col(OutboxMessage.text_id) == "N3")).scalar_one()
        who = session.get(Member, told.member_id)
        assert who is not None and who.role == "teen"


def test_an_ending_written_down_ahead_holds_from_its_first_minute_and_asks_then(harbor: House) -> None:
    family = harbor.family(now=MONDAY)
    harbor.member(family, GRACE, now=MONDAY)
    harbor.schedule(now=MONDAY, prompts=["S4", "S6", "S1"] * 10)
    end(harbor, family, "2026-03-04", MONDAY)
    live(harbor, MONDAY, evening(3, 30))
    assert [day for day, _ in left(harbor, family)] == [2, 3] and tasks(harbor) == []
    live(harbor, evening(3, 30), evening(12))
    assert [day for day, _ in left(harbor, family)] == [2, 3]  # without a decision no last word either
    assert tasks(harbor) == [("departure", False)]
    assert harbor.read(Family, family).closed_at is not None  # type: ignore[attr-defined]  # it is a Family


def test_a_mistake_is_taken_back_and_the_texts_go_on(harbor: House) -> None:
    family = harbor.family(now=MONDAY)
    harbor.member(family, GRACE, now=MONDAY)
    harbor.schedule(now=MONDAY, prompts=["S4", "S6", "S1"] * 10)
    live(harbor, MONDAY, evening(2, 30))
    end(harbor, family, "2026-03-03", evening(3, -60))
    end_texts.decide(
        harbor.store, ada(harbor), departure(harbor).id, evening(3, -50), told=True, closing_note=True, aftercare=False
    )  # fmt: skip
    say_farewell(harbor.store, evening(3, -49))
    stranger = Viewer(staff_id="x", agency_id=harbor.agency_id, role=Role.CASEWORKER, name="Cal")
    with pytest.raises(NotYours):
        end_texts.undo(harbor.store, stranger, departure(harbor).id, evening(3, -48))
    end_texts.undo(harbor.store, ada(harbor), departure(harbor).id, evening(3, -48))
    live(harbor, evening(3, -40), evening(5))
    assert [day for day, _ in left(harbor, family)] == [2, 3, 4]
    assert "N3" not in [key for _, key in left(harbor, family)]
    end(harbor, family, "2026-03-05", evening(5, -120), "move")  # and this time it is true
    live(harbor, evening(5, -110), evening(7))
    assert [day for day, _ in left(harbor, family)] == [2, 3, 4]
    end(harbor, family, "2026-03-07", evening(7, -120), "start")  # the child comes back
    live(harbor, evening(7, -110), evening(7, 30))
    assert [day for day, _ in left(harbor, family)] == [2, 3, 4, 7]
    assert departure(harbor).undone_at is not None


def test_a_teen_leaves_and_the_carer_goes_on(harbor: House) -> None:
    family = harbor.family(now=MONDAY)
    harbor.member(family, GRACE, now=MONDAY)
    ben = harbor.member(family, BEN, now=MONDAY, role="teen")
    harbor.schedule(now=MONDAY, prompts=["S4", "S6", "S1"] * 10, roles=["foster_parent"], key="carers")
    harbor.schedule(now=MONDAY, prompts=["TN1", "TN3"] * 10, roles=["teen"], key="teens")
    live(harbor, MONDAY, evening(2, 30))
    assert sorted(key for _, key in left(harbor, family)) == ["S4", "TN1"]
    row = end_texts.end_member(harbor.store, ada(harbor), ben, evening(3, -30))
    with pytest.raises(Conflict):
        end_texts.end_member(harbor.store, ada(harbor), ben, evening(3, -29))
    live(harbor, evening(3, -20), evening(5))
    assert left(harbor, family)[2:] == [(3, "S6"), (4, "S1")]
    end_texts.decide(harbor.store, ada(harbor), row, evening(5), told=True, closing_note=True, aftercare=False)
    live(harbor, evening(5), evening(6, -30))
    assert sorted(left(harbor, family)[4:]) == [(5, "N3"), (5, "S4")]
    end_texts.undo(harbor.store, ada(harbor), row, evening(6, -30))
    live(harbor, evening(6, -30), evening(7))
    assert [key for day, key in left(harbor, family) if day == 6] == ["TN3"]  # Grace has had her four of the week


def test_turning_18_ends_the_teen_programme_and_no_other(harbor: House) -> None:
    family = harbor.family(now=MONDAY)
    harbor.member(family, GRACE, now=MONDAY)
    ben = harbor.member(family, BEN, now=MONDAY, role="teen")
    harbor.schedule(now=MONDAY, prompts=["S4", "S6"] * 30, roles=["foster_parent"], key="carers")
    harbor.schedule(now=MONDAY, prompts=["TN1", "TN3"] * 30, roles=["teen"], key="teens")
    with pytest.raises(InvalidInput):
        end_texts.keep_month(harbor.store, ada(harbor), ben, "2040-01", MONDAY)
    end_texts.keep_month(harbor.store, ada(harbor), ben, "2026-04", MONDAY)
    live(harbor, evening(28), evening(30))
    assert tasks(harbor) == [("turns_18", False)]
    first = local_instant(date(2026, 4, 1), time(9), DENVER)
    live(harbor, first, first + timedelta(hours=12))
    with harbor.store.read() as session:
        places = {row.member_id: row.state for row in session.execute(select(Enrolment)).scalars()}
    assert sorted(places.values()) == ["active", "left"] and places[ben] == "left"
    assert departure(harbor).why == "of_age" and ("departure", False) in tasks(harbor)
    with pytest.raises(Conflict, match="correct the month"):
        end_texts.undo(harbor.store, ada(harbor), departure(harbor).id, first + timedelta(hours=13))
    end_texts.keep_month(harbor.store, ada(harbor), ben, "2027-04", first + timedelta(hours=14))
    end_texts.undo(harbor.store, ada(harbor), departure(harbor).id, first + timedelta(hours=15))
    assert harbor.read(Member, ben).left_at is None  # type: ignore[attr-defined]  # it is a Member
