"""One row a family: why it stands where it stands, its last words, what was answered, and what comes next."""

from datetime import timedelta

import pytest

from foster_bond.rules.page_values.caseload import FamilyRow
from foster_bond.rules.states import Consent
from foster_bond.steps.hearing.acknowledge_alert import take_alert
from foster_bond.steps.keeping.note_look import note_look
from foster_bond.steps.reading import read_caseload as caseload_step
from foster_bond.steps.reading.read_caseload import SHOWN, read_caseload
from foster_bond.store.families import Family, Member
from foster_bond.store.open_store import Store
from tests.cast import MONDAY, Cast, Person
from tests.past import Past, new_family

DAY = timedelta(days=1)
NOW = MONDAY + 40 * DAY


def row(store: Store, person: Person, family: Past) -> FamilyRow:
    page = read_caseload(store, person.viewer, NOW)
    return next(one for one in page.rows if one.family_id == family.family_id)


def home(store: Store, cast: Cast, name: str = "Adeyemi", number: str = "+13035550180") -> Past:
    return new_family(store, cast.harbor, name, {"Ife": number}, MONDAY, worker="Mina")


def needs(found: FamilyRow) -> list[tuple[str, str]]:
    return [(need.kind, need.words) for need in found.needs]


def test_a_family_that_writes_as_ever_needs_nobody(store: Store, cast: Cast) -> None:
    family = home(store, cast)
    for day in range(30, 0, -3):
        family.wrote(NOW - day * DAY + timedelta(hours=1), "Fine.", to=family.asked(NOW - day * DAY))
    family.slot(NOW + DAY, key="own-1")
    found = row(store, cast.mina, family)
    assert needs(found) == []
    assert (found.last_words, found.last_who) == ("Fine.", "Ife")
    assert found.strip == (True, True, True, True)
    assert found.next_when is not None and found.next_when.words == "Sun 13 Dec, 9:00 am"
    assert found.next_technique == "support" and found.next_held == ""


def test_quiet_against_its_own_rhythm(store: Store, cast: Cast) -> None:
    family = home(store, cast)
    for day in range(39, 12, -3):
        family.wrote(NOW - day * DAY, "Fine.", to=family.asked(NOW - day * DAY))
    for day in (11, 8, 4):
        family.asked(NOW - day * DAY)
    found = row(store, cast.mina, family)
    assert needs(found) == [("quiet", "Nothing for 15 days; they usually write twice a week.")]
    assert found.strip == (True, False, False, False)


def test_a_hard_day_says_so_in_their_words_for_four_days(store: Store, cast: Cast) -> None:
    family = home(store, cast)
    family.wrote(NOW - 3 * DAY, "2. She slammed the door.", hard_day=True)
    assert needs(row(store, cast.mina, family)) == [("hard_day", "Wed 9 Dec: “2. She slammed the door.”")]
    later = read_caseload(store, cast.mina.viewer, NOW + 2 * DAY)
    assert [one.needs for one in later.rows if one.family_id == family.family_id] == [()]


def test_an_open_alert_stands_first_until_it_is_closed(store: Store, cast: Cast) -> None:
    family = home(store, cast)
    alert = family.alarm(NOW - timedelta(minutes=9), "He has not come back.", sign="not come back")
    assert read_caseload(store, cast.mina.viewer, NOW).rows[0].family_id == family.family_id
    assert needs(row(store, cast.mina, family)) == [("alert", "not yet taken")]
    assert row(store, cast.mina, family).next_held == "All prompts wait until the alert is closed."
    take_alert(store, cast.mina.viewer, alert, NOW)
    assert needs(row(store, cast.mina, family)) == [("alert", "taken")]


def test_what_holds_every_text_is_said(store: Store, cast: Cast) -> None:
    family = home(store, cast)
    family.slot(NOW + DAY)
    with store.write() as session:
        member = session.get(Member, family.members["Ife"].id)
        assert member is not None
        member.paused_until = NOW + 2 * DAY
    assert row(store, cast.mina, family).next_held == "Paused until Mon 14 Dec, 9:00 am."
    family.consent(NOW - DAY, Consent.STOPPED, words="STOP")
    found = row(store, cast.mina, family)
    assert (found.next_held, found.next_when) == ("They have stopped the texts.", None)


def test_a_number_in_trouble(store: Store, cast: Cast) -> None:
    family = home(store, cast)
    with store.write() as session:
        member = session.get(Member, family.members["Ife"].id)
        assert member is not None
        member.number_bad_why = "The carrier calls it a landline."
    assert needs(row(store, cast.mina, family)) == [("trouble", "The carrier calls it a landline.")]


def test_unread_counts_for_each_reader_alone(store: Store, cast: Cast) -> None:
    family = home(store, cast)
    family.wrote(NOW - 3 * DAY, "One.")
    family.wrote(NOW - 2 * DAY, "Two.")
    assert row(store, cast.mina, family).unread == 2
    note_look(store, cast.mina.viewer, family.family_id, NOW - timedelta(hours=36))
    family.wrote(NOW - DAY, "Three.")
    assert (row(store, cast.mina, family).unread, row(store, cast.tom, family).unread) == (1, 3)


def test_long_last_words_are_cut_at_a_space(store: Store, cast: Cast) -> None:
    family = home(store, cast)
    family.wrote(NOW - DAY, "word " * 300)
    family_two = home(store, cast, "Novak", "+13035550181")
    family_two.wrote(NOW - DAY, "\U0001f600" * 1600)
    assert row(store, cast.mina, family).last_words == ("word " * 40).strip() + " …"
    assert len(row(store, cast.mina, family_two).last_words) == 202


@pytest.mark.parametrize("sort", ["need", "unread", "name", "", "'; DROP TABLE families"])
def test_sorted_as_asked(store: Store, cast: Cast, past: Past, sort: str) -> None:
    quiet, busy = home(store, cast, "Bello", "+13035550182"), home(store, cast, "Adeyemi", "+13035550183")
    quiet.alarm(NOW - DAY, "He has not come back.")
    for hour in range(3):
        busy.wrote(NOW - timedelta(hours=hour + 1), "Fine.")
    names = [one.name for one in read_caseload(store, cast.mina.viewer, NOW, sort=sort).rows]
    assert names[0] == {"unread": "Adeyemi", "name": "Adeyemi"}.get(sort, "Bello")
    assert sorted(names) == ["Adeyemi", "Bello", "Okafor"]


def test_a_large_agency_shows_the_first_and_finds_the_rest(
    store: Store, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SHOWN == 100
    monkeypatch.setattr(caseload_step, "SHOWN", 2)
    for number in range(4):
        home(store, cast, f"Home {number}", f"+1303555019{number}")
    page = read_caseload(store, cast.tom.viewer, NOW)
    assert (len(page.rows), page.total, page.left_out) == (2, 5, 3)
    assert [one.name for one in read_caseload(store, cast.tom.viewer, NOW, search="home 3").rows] == ["Home 3"]


def test_a_closed_family_and_somebody_elses_are_not_there(store: Store, cast: Cast) -> None:
    closed = home(store, cast)
    with store.write() as session:
        family = session.get(Family, closed.family_id)
        assert family is not None
        family.closed_at = NOW - DAY
    assert [one.name for one in read_caseload(store, cast.mina.viewer, NOW).rows] == ["Okafor"]
    assert read_caseload(store, cast.cal.viewer, NOW).rows == ()
    assert [one.name for one in read_caseload(store, cast.rex.viewer, NOW).rows] == ["Novak"]
