"""One number in two families of an agency: consent, hours, pauses and wishes count for the number, in both."""

from datetime import UTC, date, datetime, timedelta

import pytest

from foster_bond.errors import Conflict
from foster_bond.rules.kinds import Kind
from foster_bond.rules.send_gate import Go, Hold
from foster_bond.rules.states import Consent
from foster_bond.steps.keeping.record_consent import Recorded, ask_by_text, record_consent
from foster_bond.steps.sending._gate import around, ask
from foster_bond.store import agencies, families, outbox
from foster_bond.store.families import Member
from foster_bond.store.ids import new_id
from foster_bond.store.number_facts import NumberFacts, facts_of
from foster_bond.store.outbox_claims import as_due
from tests.cast import GRACE
from tests.steps.hearing.conftest import EVENING, HOUR, Line

NOON = datetime(2026, 11, 9, 19, 0, tzinfo=UTC)  # Monday, noon in Denver, 2 pm in New York
MINUTE = timedelta(minutes=1)


@pytest.fixture
def second(line: Line) -> str:
    """Grace is a carer in a second family too, in New York; the member's id there."""
    house = line.cast.harbor
    with line.store.write() as session:
        home = families.new_family(
            session, line.store.vault, agency_id=house.agency_id, ref="F-2", name="Second", zone="America/New_York",
            caseworker_id=line.cast.cal.staff_id, at=NOON - timedelta(days=3),
        )  # fmt: skip
        member = Member(
            id=new_id(), agency_id=house.agency_id, family_id=home.id, ref="M-2", name=b"", phone=b"", to_bidx="",
            role="foster_parent", created_at=NOON - timedelta(days=3),
        )  # fmt: skip
        for column, words in (("name", "Grace Two"), ("phone", GRACE)):
            families.give_words(session, line.store.vault, member, column, words)
        session.add(member)
        return member.id


def facts(line: Line, at: datetime) -> NumberFacts:
    house = line.cast.harbor
    number = (house.agency_id, line.store.vault.blind_index(house.agency_id, GRACE))
    with line.store.read() as session:
        return facts_of(session, [number], at, leaving=True)[number]


def verdict(line: Line, at: datetime) -> object:
    """What the gate says to a reply that Mina wrote to Grace in Denver."""
    house = line.cast.harbor
    with line.store.write() as session:
        made = outbox.compose(
            session, line.store.vault, agency_id=house.agency_id, kind=Kind.STAFF_REPLY, to=GRACE,
            to_bidx=line.store.vault.blind_index(house.agency_id, GRACE), body="Hello", now=at, due_at=at,
            not_after=at + timedelta(days=2), zone="America/Denver", family_id=house.home.family_id,
            member_id=house.home.members["Grace"],
        )  # fmt: skip
        assert made is not None
        due = as_due(session, made.id)
        agency = agencies.by_id(session, house.agency_id)
        return ask(agency, due, facts_of(session, [due.number], at, leaving=True)[due.number], False, at,
                   around(session, [due], at))  # fmt: skip


@pytest.mark.usefixtures("second")
def test_polite_hours_hold_in_both_zones(line: Line) -> None:
    assert facts(line, NOON).zones == {"America/Denver", "America/New_York"}
    assert verdict(line, NOON) == Go()
    evening = NOON + 6 * HOUR + MINUTE  # 6 pm in Denver, 8 pm in New York
    assert verdict(line, evening) == Hold("Outside polite hours.", NOON + 21 * HOUR)  # 9 am in Denver


def test_without_the_second_home_the_evening_is_open(line: Line) -> None:
    assert verdict(line, NOON + 6 * HOUR + MINUTE) == Go()


def test_after_a_move_what_was_written_before_keeps_the_hours_of_the_new_wall(line: Line) -> None:
    with line.store.write() as session:
        home = session.get(families.Family, line.cast.harbor.home.family_id)
        assert home is not None
        home.zone = "Pacific/Guam"  # five in the morning there at noon in Denver, for which the text was written
    assert verdict(line, NOON) == Hold("Outside polite hours.", NOON + 4 * HOUR)


def test_a_pause_or_fewer_texts_in_one_home_hold_in_the_other(line: Line, second: str) -> None:
    with line.store.write() as session:
        member = session.get(Member, second)
        assert member is not None
        member.paused_until, member.texts_a_week = NOON + timedelta(days=3), 2
    known = facts(line, NOON)
    assert (known.paused_until, known.texts_a_week) == (NOON + timedelta(days=3), 2)


def test_a_stop_stops_both_homes_and_neither_page_opens_it_by_asking(line: Line, second: str) -> None:
    line.say("STOP", EVENING)
    assert facts(line, EVENING).consent is Consent.STOPPED
    with pytest.raises(Conflict):
        ask_by_text(line.store, line.cast.cal.viewer, second, EVENING)


def test_fresh_consent_in_one_home_opens_the_number_in_both(line: Line, second: str) -> None:
    line.say("STOP", EVENING)
    paper = Recorded(how="paper", given_on=date(2026, 11, 9), wording="Form B")  # EVENING, on either wall
    record_consent(line.store, line.cast.cal.viewer, second, paper, EVENING + HOUR)
    assert facts(line, EVENING + HOUR).consent is Consent.ACTIVE


def test_less_starts_from_the_wish_that_stands_in_either_home(line: Line, second: str) -> None:
    with line.store.write() as session:
        for member in (line.cast.harbor.home.members["Grace"], second):
            row = session.get(Member, member)
            assert row is not None
            row.texts_a_week = 3
    line.say("LESS")  # nothing open: nobody can tell in which home it was said
    assert line.answers() == ["K4"]
    assert {row["texts_a_week"] for row in line.rows("SELECT texts_a_week FROM members WHERE texts_a_week > 0")} == {2}
