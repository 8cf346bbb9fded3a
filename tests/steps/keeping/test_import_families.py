"""A families file comes in whole or not at all; twice is once; consent only ever goes up."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import InvalidInput, NotAllowed
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.states import Consent
from foster_bond.steps.keeping.add_staff import add_staff
from foster_bond.steps.keeping.import_families import Imported, import_families
from foster_bond.steps.keeping.load_pack import load_pack
from foster_bond.store import consents, families, outbox
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Family, Member
from foster_bond.store.open_store import Store
from foster_bond.store.outbox import OutboxMessage
from tests.steps.keeping.conftest import NOW

GRACE, BEN = "+13035550111", "+13035550112"
PACK = """
[[prompts]]
id = "EVE1"
technique = "support"
level = 1
target = "self"
reply = "text"
text.en = "How was tonight?"
text.es = "Que tal esta noche?"
[[programmes]]
id = "evenings"
name = "Evenings"
kind = "ordered"
prompts = ["EVE1"]
[[schedules]]
id = "tuesdays"
name = "Tuesdays"
audience = ["foster_parent"]
rule = "FREQ=WEEKLY;BYDAY=TU"
at = "19:00"
programme = "evenings"
"""


def row(**more: str) -> dict[str, str]:
    """Grace Okafor's row, changed where said."""
    return {
        "family": "Okafor", "zone": "America/Denver", "member": "Grace", "role": "foster_parent", "phone": GRACE,
        "language": "en", "consent": "recorded", "consent_wording": "Signed the form of 1 March",
        "consent_date": "2026-10-30", "caseworker_email": "ada@harbor.example", "child_word": "kiddo",
        "tags": "new;west",
    } | more  # fmt: skip


def content(*rows: dict[str, str]) -> bytes:
    names = list(dict.fromkeys(name for one in rows for name in one))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def take_in(
    store: Store, viewer: Viewer, *rows: dict[str, str], later: timedelta = timedelta(0), **more: Any
) -> Imported:
    return import_families(store, viewer=viewer, content=content(*rows), now=NOW + later, **more)


def refused(store: Store, viewer: Viewer, *rows: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(InvalidInput) as off:
        take_in(store, viewer, *rows)
    with store.read() as session:
        assert session.execute(select(Family)).first() is None, "a refused file must leave nothing"
    return off.value.problems


def state(store: Store, viewer: Viewer, number: str) -> Consent:
    with store.read() as session:
        return consents.state_of(session, viewer.agency_id, store.vault.blind_index(viewer.agency_id, number))


def texts(store: Store) -> list[OutboxMessage]:
    with store.read() as session:
        query = select(OutboxMessage).order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
        return list(session.execute(query).scalars())


def test_recorded_consent_is_active_at_once_and_welcomed(store: Store, harbor: Viewer) -> None:
    done = take_in(store, harbor, row())
    assert (done.families_new, done.members_new, done.active, done.asked) == (1, 1, 1, 0)
    assert state(store, harbor, GRACE) is Consent.ACTIVE
    first, second = texts(store)
    assert [first.text_id, second.text_id] == ["W1", "W2"] and {first.kind, second.kind} == {"welcome"}
    assert (first.due_at, second.due_at) == (NOW, NOW + timedelta(seconds=1))
    assert first.not_after == NOW + timedelta(days=7)
    with store.read() as session:
        assert outbox.number_of(session, store.vault, first) == GRACE
        assert outbox.body_of(session, store.vault, first).startswith("Harbor: you're in. Up to 6 ")
        number = consents.of_number(session, harbor.agency_id, first.to_bidx)
        assert number is not None and number.welcomed_at == NOW
        event = session.execute(select(consents.ConsentEvent)).scalar_one()
        assert (event.from_state, event.to_state, event.how) == ("none", "active", "recorded")
        assert event.given_on is not None and event.given_on.isoformat() == "2026-10-30" and event.at == NOW
        assert event.evidence_id == event.id and b"Signed" not in (event.words or b"")
        family = session.execute(select(Family)).scalar_one()
        member = session.execute(select(Member)).scalar_one()
        assert families.name_of(session, store.vault, family) == "Okafor"
        assert families.member_name(session, store.vault, member) == "Grace"
        assert families.member_phone(session, store.vault, member) == GRACE
        assert (member.child_word, member.tags) == ("kiddo", ["new", "west"])


def test_ask_sends_the_opt_in_text_once_ever(store: Store, harbor: Viewer) -> None:
    asked = row(consent="ask", consent_wording="")
    assert take_in(store, harbor, asked).asked == 1
    assert state(store, harbor, GRACE) is Consent.PENDING
    (text,) = texts(store)
    assert (text.kind, text.text_id, text.once_key) == ("consent_ask", "W0", f"ask:{text.to_bidx}")
    assert take_in(store, harbor, asked, later=timedelta(days=90)).asked == 0
    assert len(texts(store)) == 1
    assert take_in(store, harbor, row(), later=timedelta(days=91)).active == 1  # they signed meanwhile
    assert state(store, harbor, GRACE) is Consent.ACTIVE


def test_none_leaves_a_number_as_it_is(store: Store, harbor: Viewer) -> None:
    plain = row(consent="none", consent_wording="", consent_date="")
    take_in(store, harbor, plain)
    assert state(store, harbor, GRACE) is Consent.NONE and texts(store) == []
    take_in(store, harbor, row())
    take_in(store, harbor, plain)
    assert state(store, harbor, GRACE) is Consent.ACTIVE


@pytest.mark.parametrize("standing", [Consent.STOPPED, Consent.HOLD])
def test_an_import_never_opens_a_stopped_number(store: Store, harbor: Viewer, standing: Consent) -> None:
    take_in(store, harbor, row())
    with store.write() as session:
        bidx = store.vault.blind_index(harbor.agency_id, GRACE)
        consents.change(
            session, store.vault, agency_id=harbor.agency_id, to_bidx=bidx, to=standing, at=NOW, how="text"
        )  # fmt: skip
    done = take_in(store, harbor, row(consent_date="2026-11-20"), later=timedelta(days=20))
    assert state(store, harbor, GRACE) is standing
    assert done.active == 0 and len(done.notes) == 1 and done.notes[0].startswith("line 2: this number")


def test_the_same_file_again_doubles_nothing(store: Store, harbor: Viewer) -> None:
    rows = row(), row(member="Ben", phone=BEN)
    take_in(store, harbor, *rows)
    again = take_in(store, harbor, *rows, later=timedelta(days=1))
    assert (again.families_new, again.members_new, again.families_changed, again.members_changed) == (0, 0, 0, 0)
    assert len(texts(store)) == 4


def test_a_reference_keeps_a_member_when_all_else_changes(store: Store, harbor: Viewer) -> None:
    take_in(store, harbor, row(family_ref="F1", member_ref="M1"))
    changed = row(
        family="Okafor-Lane", zone="America/Chicago", member="Grace L.", phone=BEN, language="es", child_word="",
        tags="", family_ref="F1", member_ref="M1",
    )  # fmt: skip
    done = take_in(store, harbor, changed, later=timedelta(days=1))
    assert (done.families_new, done.families_changed, done.members_new, done.members_changed) == (0, 1, 0, 1)
    with store.read() as session:
        family, member = (session.execute(select(table)).scalar_one() for table in (Family, Member))
        assert families.name_of(session, store.vault, family) == "Okafor-Lane" and family.zone == "America/Chicago"
        assert families.member_phone(session, store.vault, member) == BEN
        assert (member.language, member.child_word, member.tags) == ("es", None, [])
    by_state = {text.state for text in texts(store) if text.to_bidx == store.vault.blind_index(harbor.agency_id, GRACE)}
    assert by_state == {"cancelled"}, "what waited for the old number must not leave"
    assert state(store, harbor, BEN) is Consent.ACTIVE


def test_a_missing_column_leaves_what_is_known(store: Store, harbor: Viewer) -> None:
    take_in(store, harbor, row())
    short = {name: value for name, value in row().items() if name not in ("child_word", "tags")}
    take_in(store, harbor, short)
    with store.read() as session:
        member = session.execute(select(Member)).scalar_one()
        assert (member.child_word, member.tags) == ("kiddo", ["new", "west"])


def test_one_phone_in_two_families_is_one_consent(store: Store, harbor: Viewer) -> None:
    second = row(family="Okafor two", family_ref="F2", child_word="little one")
    done = take_in(store, harbor, row(), second)
    assert (done.families_new, done.members_new, done.active) == (2, 2, 1)
    assert done.notes == []
    assert len(texts(store)) == 2
    alike = take_in(store, harbor, row(), second | {"child_word": "kiddo"})
    assert len(alike.notes) == 1 and "different child words" in alike.notes[0]


def test_two_people_on_one_phone_are_marked(store: Store, harbor: Viewer) -> None:
    take_in(store, harbor, row(), row(member="Ben"))
    with store.read() as session:
        assert [one.shared_phone for one in session.execute(select(Member)).scalars()] == [True, True]


def test_three_bad_rows_are_named_and_none_comes_in(store: Store, harbor: Viewer) -> None:
    good = [row(family=f"Family {n}", phone=f"+1303555{1000 + n:04d}") for n in range(60)]
    good[9] = good[9] | {"phone": "12345"}
    good[29] = good[29] | {"zone": "America/Denvr"}
    good[49] = good[49] | {"caseworker_email": "nobody@harbor.example"}
    problems = refused(store, harbor, *good)
    assert [said.partition(":")[0] for said in problems] == ["line 11", "line 31", "line 51"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"caseworker_email": "rex@elsewhere.example"}, "is not staff of this agency"),
        ({"phone": "+13035550100"}, "the agency's own number"),
    ],
)
def test_what_only_the_store_knows_is_named_too(
    store: Store, harbor: Viewer, change: dict[str, str], said: str
) -> None:
    (problem,) = refused(store, harbor, row(**change))
    assert problem.startswith("line 2: ") and said in problem


def test_rows_that_clash_are_named(store: Store, harbor: Viewer) -> None:
    problems = refused(store, harbor, row(), row(), row(member="Ben", zone="America/Chicago"))
    assert problems[0].startswith("line 3: it is the same member as line 2")
    assert problems[1].startswith("line 4: the same family has another zone in line 2")


def test_a_member_stays_in_their_family(store: Store, harbor: Viewer) -> None:
    take_in(store, harbor, row(family_ref="F1", member_ref="M1"))
    with pytest.raises(InvalidInput, match="1 row is off") as off:
        take_in(store, harbor, row(family="Novak", family_ref="F2", member_ref="M1"))
    assert "another family" in off.value.problems[0]


def test_a_phone_of_staff_is_no_familys(store: Store, harbor: Viewer) -> None:
    add_staff(store, viewer=harbor, email="mina@harbor.example", name="Mina", role="caseworker", phone=GRACE, now=NOW)
    assert "belongs to a member of staff" in refused(store, harbor, row())[0]


def test_a_dry_run_says_the_same_and_leaves_nothing(store: Store, harbor: Viewer) -> None:
    dry = take_in(store, harbor, row(), dry_run=True)
    with store.read() as session:
        assert session.execute(select(Family)).first() is None
    assert texts(store) == []
    assert take_in(store, harbor, row()) == dry


def test_only_an_admin_imports(store: Store, harbor: Viewer) -> None:
    with pytest.raises(NotAllowed):
        take_in(store, Viewer("x", harbor.agency_id, Role.SUPERVISOR, "Tom"), row())


@pytest.mark.parametrize("pack_first", [True, False])
def test_schedules_and_families_meet_in_either_order(store: Store, harbor: Viewer, pack_first: bool) -> None:
    rows = row(), row(member="Ben", phone=BEN, role="kin_carer")
    if pack_first:
        load_pack(store, viewer=harbor, toml_text=PACK, now=NOW)
        assert take_in(store, harbor, *rows).enrolled == 1
    else:
        take_in(store, harbor, *rows)
        assert load_pack(store, viewer=harbor, toml_text=PACK, now=NOW).enrolled == 1
    with store.read() as session:
        (enrolment,) = session.execute(select(Enrolment)).scalars()
        assert enrolment.started_on.isoformat() == "2026-11-03"
        assert enrolment.next_due_at is not None  # Tuesday 11:00 in Denver: the same evening is still to come
        assert enrolment.next_due_at.isoformat() == "2026-11-04T02:00:00+00:00"


def test_a_programme_that_counts_from_placement_begins_by_the_file(store: Store, harbor: Viewer) -> None:
    pack = PACK.replace('programme = "evenings"', 'programme = "evenings"\ncounted_from = "placement"')
    load_pack(store, viewer=harbor, toml_text=pack, now=NOW)
    came = NOW.date() - timedelta(days=20)
    take_in(store, harbor, row(placed_on=came.isoformat()), row(member="Ben", phone=BEN))
    assert started_on(store) == {came}
    assert take_in(store, harbor, row(placed_on="")).families_changed == 0, "an empty cell keeps the day that is known"
    later = came + timedelta(days=7)
    assert take_in(store, harbor, row(placed_on=later.isoformat())).families_changed == 1
    assert started_on(store) == {later}


def started_on(store: Store) -> set[date]:
    with store.read() as session:
        return {one.started_on for one in session.execute(select(Enrolment)).scalars()}


def test_a_family_came_on_one_day(store: Store, harbor: Viewer) -> None:
    [said] = refused(store, harbor, row(placed_on="2026-10-01"), row(member="Ben", phone=BEN, placed_on="2026-10-02"))
    assert said.startswith("line 3: the same family has placed_on 2026-10-01 in line 2")


def test_who_changes_role_changes_schedules(store: Store, harbor: Viewer) -> None:
    load_pack(store, viewer=harbor, toml_text=PACK, now=NOW)
    take_in(store, harbor, row())
    take_in(store, harbor, row(role="kin_carer"))
    with store.read() as session:
        assert session.execute(select(Enrolment)).scalar_one().state == "left"
    assert take_in(store, harbor, row()).enrolled == 1
    with store.read() as session:
        assert session.execute(select(Enrolment)).scalar_one().state == "active"
