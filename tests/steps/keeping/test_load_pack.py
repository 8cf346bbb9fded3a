"""A pack takes force at once or waits as drafts; the same ids again change only what has changed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from foster_bond.errors import InvalidInput, NotAllowed
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.states import EnrolmentState
from foster_bond.steps.asking.plan_occurrences import plan_occurrences
from foster_bond.steps.keeping.import_families import import_families
from foster_bond.steps.keeping.load_pack import Loaded, load_pack
from foster_bond.steps.keeping.save_pack import save_pack
from foster_bond.store import prompt_versions, prompts
from foster_bond.store.audit import AuditEvent
from foster_bond.store.enrolments import Enrolment, move
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Store
from foster_bond.store.prompts import Schedule
from tests.steps.keeping.conftest import NOW, set_up
from tests.steps.keeping.test_import_families import PACK, content, row


def load(store: Store, viewer: Viewer, text: str = PACK, *, later: timedelta = timedelta(0), **more: Any) -> Loaded:
    return load_pack(store, viewer=viewer, toml_text=text, now=NOW + later, **more)


def schedule(store: Store, viewer: Viewer) -> Schedule:
    with store.read() as session:
        (found,) = prompts.schedules_of(session, viewer.agency_id)
        return found


def slots(store: Store) -> list[str]:
    with store.read() as session:
        query = select(col(Occurrence.due_at)).order_by(col(Occurrence.due_at))
        return [f"{at:%a %H:%M}" for at in session.execute(query).scalars()]


def test_a_pack_takes_force_at_once(store: Store, harbor: Viewer) -> None:
    import_families(store, viewer=harbor, content=content(row()), now=NOW)
    done = load(store, harbor)
    assert (done.prompts_new, done.programmes_new, done.schedules_new) == (["EVE1"], ["evenings"], ["tuesdays"])
    assert done.enrolled == 1
    with store.read() as session:
        prompt = prompts.prompts_of(session, harbor.agency_id)["EVE1"]
        assert (prompt.state, prompt.version, prompt.approved_at) == ("approved", 1, NOW)
        acts = set(session.execute(select(col(AuditEvent.act))).scalars())
    assert {"pack_loaded", "prompt_approved", "schedule_active"} <= acts
    made = schedule(store, harbor)
    assert (made.state, made.starts.isoformat(), made.version) == ("active", "2026-11-03", 1)


def test_the_same_pack_again_changes_nothing(store: Store, harbor: Viewer) -> None:
    import_families(store, viewer=harbor, content=content(row()), now=NOW)
    load(store, harbor)
    plan_occurrences(store, NOW)
    before, first = slots(store), schedule(store, harbor)
    done = load(store, harbor, later=timedelta(days=2))
    assert done == Loaded()
    after = schedule(store, harbor)
    assert (after.version, after.starts, after.seed) == (1, first.starts, first.seed)
    assert slots(store) == before


def test_a_changed_hour_moves_the_slots_to_come(store: Store, harbor: Viewer) -> None:
    import_families(store, viewer=harbor, content=content(row()), now=NOW)
    load(store, harbor)
    plan_occurrences(store, NOW)
    assert slots(store) == ["Wed 02:00"]  # Tuesday 19:00 in Denver
    done = load(store, harbor, PACK.replace("19:00", "18:00"))
    assert (done.schedules_changed, done.enrolled) == (["tuesdays"], 0)
    plan_occurrences(store, NOW)
    assert slots(store) == ["Wed 01:00"] and schedule(store, harbor).version == 2


def test_a_changed_prompt_counts_its_version_up(store: Store, harbor: Viewer) -> None:
    load(store, harbor)
    done = load(store, harbor, PACK.replace("How was tonight?", "How was this evening?"))
    assert (done.prompts_changed, done.schedules_changed, done.programmes_changed) == (["EVE1"], [], [])
    with store.read() as session:
        prompt = prompts.prompts_of(session, harbor.agency_id)["EVE1"]
        assert (prompt.version, prompt.state) == (2, "approved")


def test_another_programme_begins_at_its_beginning(store: Store, harbor: Viewer) -> None:
    import_families(store, viewer=harbor, content=content(row()), now=NOW)
    load(store, harbor)
    _finish(store)
    grown = PACK.replace('prompts = ["EVE1"]', 'prompts = ["EVE1", "S1"]')
    assert load(store, harbor, grown).enrolled == 1
    with store.read() as session:
        enrolment = session.execute(select(Enrolment)).scalar_one()
        assert (enrolment.state, enrolment.position) == ("active", 1), "it goes on with what has been added"
    load(store, harbor, grown.replace('programme = "evenings"', 'programme = "visits-and-hellos"'))
    with store.read() as session:
        enrolment = session.execute(select(Enrolment)).scalar_one()
        assert (enrolment.state, enrolment.position) == ("active", 0)


def _finish(store: Store) -> None:
    with store.write() as session:
        enrolment = session.execute(select(Enrolment)).scalar_one()
        enrolment.position, enrolment.next_due_at = 1, None
        move(enrolment, EnrolmentState.ENDED)


def test_a_narrower_audience_lets_people_go(store: Store, harbor: Viewer) -> None:
    import_families(store, viewer=harbor, content=content(row()), now=NOW)
    load(store, harbor)
    plan_occurrences(store, NOW)
    load(store, harbor, PACK.replace('["foster_parent"]', '{roles = ["foster_parent"], tags = ["east"]}'))
    with store.read() as session:
        assert session.execute(select(Enrolment)).scalar_one().state == "left"
    assert slots(store) == []


def test_drafts_wait_and_nobody_is_enrolled(store: Store, harbor: Viewer) -> None:
    import_families(store, viewer=harbor, content=content(row()), now=NOW)
    done = load(store, harbor, draft=True)
    assert done.enrolled == 0 and schedule(store, harbor).state == "draft"
    with store.read() as session:
        assert prompts.prompts_of(session, harbor.agency_id)["EVE1"].state == "draft"
    put = load(store, harbor)
    assert (put.enrolled, put.prompts_changed, put.schedules_changed) == (1, ["EVE1"], ["tuesdays"])
    assert schedule(store, harbor).state == "active"


def test_a_draft_may_not_change_what_families_get_now(store: Store, harbor: Viewer) -> None:
    load(store, harbor)
    with pytest.raises(InvalidInput, match="needs an id of its own"):
        load(store, harbor, PACK.replace('prompts = ["EVE1"]', 'prompts = ["EVE1", "S1"]'), draft=True)
    done = load(store, harbor, PACK.replace("tonight", "today"), draft=True)
    waits = 'prompts "EVE1": its new words wait for a signature; until then families get version 1.'
    assert (done.prompts_changed, done.notes) == (["EVE1"], [waits])
    with store.read() as session:
        row = prompts.prompts_of(session, harbor.agency_id)["EVE1"]
        assert (row.state, row.version, "tonight" in row.texts["en"]) == ("approved", 1, True)
        assert [one.number for one in prompt_versions.versions_of(session, harbor.agency_id, row.id)] == [2, 1]
    again = load(store, harbor, PACK.replace("tonight", "today"), draft=True)
    assert again.prompts_changed == []
    put = load(store, harbor, PACK.replace("tonight", "today"))
    with store.read() as session:
        row = prompts.prompts_of(session, harbor.agency_id)["EVE1"]
        assert (put.prompts_changed, row.version, "today" in row.texts["en"]) == (["EVE1"], 2, True)


def test_a_dry_run_says_the_same_and_leaves_nothing(store: Store, harbor: Viewer) -> None:
    import_families(store, viewer=harbor, content=content(row()), now=NOW)
    dry = load(store, harbor, dry_run=True)
    with store.read() as session:
        assert prompts.schedules_of(session, harbor.agency_id) == []
    assert load(store, harbor) == dry


def test_every_problem_of_a_pack_is_named_and_nothing_stays(store: Store, harbor: Viewer) -> None:
    off = (
        PACK.replace("FREQ=WEEKLY;BYDAY=TU", "FREQ=HOURLY")
        .replace("level = 1", "level = 9")
        .replace('"19:00"', '"25:00"')
    )
    with pytest.raises(InvalidInput) as refused:
        load(store, harbor, off)
    assert len(refused.value.problems) >= 2
    with store.read() as session:
        assert "EVE1" not in prompts.prompts_of(session, harbor.agency_id)


def test_a_pack_may_build_on_what_is_there(store: Store, harbor: Viewer) -> None:
    only = PACK[PACK.index("[[schedules]]") :].replace('"evenings"', '"first-twelve-weeks"')
    assert load(store, harbor, only).schedules_new == ["tuesdays"]


def test_a_saved_pack_loads_into_another_agency(store: Store, harbor: Viewer) -> None:
    load(store, harbor)
    saved = save_pack(store, viewer=harbor)
    elsewhere = set_up(store, "elsewhere")
    done = load(store, elsewhere, saved)
    assert (done.prompts_new, done.programmes_new, done.schedules_new) == (["EVE1"], ["evenings"], ["tuesdays"])
    assert (done.prompts_changed, done.programmes_changed) == ([], [])
    assert save_pack(store, viewer=elsewhere) == saved


def test_a_caseworker_loads_nothing(store: Store, harbor: Viewer) -> None:
    with pytest.raises(NotAllowed):
        load(store, Viewer("x", harbor.agency_id, Role.CASEWORKER, "Mina"))


def test_every_version_of_a_schedule_is_kept_with_who_made_it(store: Store, harbor: Viewer) -> None:
    load(store, harbor)
    load(store, harbor, PACK.replace('"19:00"', '"18:00"'), later=timedelta(days=1))
    with store.read() as session:
        row = schedule(store, harbor)
        kept = prompts.versions_of(session, harbor.agency_id, row.id)
    assert [(one.number, one.words["at"], one.made_at) for one in kept] == [
        (2, "18:00", NOW + timedelta(days=1)), (1, "19:00", NOW),
    ]  # fmt: skip
    assert row.changed_at == NOW + timedelta(days=1)


def test_a_draft_of_an_active_schedule_waits_beside_it(store: Store, harbor: Viewer) -> None:
    load(store, harbor)
    load(store, harbor, PACK.replace('"19:00"', '"18:00"'), draft=True)
    row = schedule(store, harbor)
    assert (row.state, row.version, str(row.at)) == ("active", 1, "19:00:00")
    assert row.draft is not None and row.draft["words"]["at"] == "18:00"
    load(store, harbor, PACK.replace('"19:00"', '"18:00"'))
    assert (schedule(store, harbor).draft, str(schedule(store, harbor).at)) == (None, "18:00:00")


def test_what_a_schedule_counts_from_and_its_reminders_hour_travel_with_the_pack(store: Store, harbor: Viewer) -> None:
    more = 'nudge_after = "20h"\nnudge_from = "17:00"\nnudge_until = "19:00"\ncounted_from = "joining"\n'
    whole = PACK.replace('programme = "evenings"', f'programme = "evenings"\n{more}')
    whole = whole.replace('prompts = ["EVE1"]', 'prompts = ["EVE1"]\nrepeats = true')
    load(store, harbor, whole)
    saved = save_pack(store, viewer=harbor)
    for line in (*more.splitlines(), "repeats = true"):
        assert line in saved
    assert load(store, harbor, saved).schedules_changed == []
